"""Identities, geometry, codec and errors."""

import pickle
from decimal import Decimal

import pytest

from domain import codec
from domain.errors import AppError, DamagedDocument, InputError
from domain.evidence import Check, Outcome, Report
from domain.fields import FIELDS, DocumentType, Field, FieldSet, FieldStatus, Money, Text, fields_for, value_to_plain
from domain.geometry import Box, quarter_turn
from domain.ids import Digest, Origin, check_client_id, document_id_for, drop_id_for, origin_from_key, unit_id_for
from domain.page import EngineId

ENGINE = EngineId(name="test", version="1")


@pytest.mark.parametrize(
    ("key", "origin"),
    [
        ("paper/2026-11-20/scan0001.pdf", Origin.PAPER_RECEIVED),
        ("paper-issued/a.pdf", Origin.PAPER_ISSUED_COPY),
        ("electronic/a.pdf", Origin.ELECTRONIC_RECEIVED),
        ("electronic-sent/a.pdf", Origin.ELECTRONIC_SENT),
        ("internal/a.pdf", Origin.SELF_GENERATED),
        ("paper", Origin.UNKNOWN),
        ("misc/a.pdf", Origin.UNKNOWN),
    ],
)
def test_the_first_path_part_declares_the_origin(key, origin):
    assert origin_from_key(key) is origin


def test_ids_are_functions_of_what_they_name():
    digest = Digest.of(b"x")
    unit = unit_id_for(client_id="default", origin=Origin.PAPER_RECEIVED, digest=digest)
    assert unit == unit_id_for(client_id="default", origin=Origin.PAPER_RECEIVED, digest=digest)
    assert unit != unit_id_for(client_id="default", origin=Origin.ELECTRONIC_RECEIVED, digest=digest)
    assert unit != unit_id_for(client_id="other", origin=Origin.PAPER_RECEIVED, digest=digest)
    assert document_id_for(unit_id=unit, ordinal=0) != document_id_for(unit_id=unit, ordinal=1)
    # Parts are framed: moving a character between parts gives another id.
    assert drop_id_for(client_id="a", store="b", key="cd", version_id="e") != drop_id_for(
        client_id="a", store="b", key="c", version_id="de"
    )
    # A name that is not UTF-8 still names a drop.
    assert drop_id_for(client_id="a", store="b", key="\udcff.pdf", version_id="1").startswith("drop-")


@pytest.mark.parametrize("bad", ["", "A", "a/b", "..", "a" * 64])
def test_a_client_id_is_a_safe_prefix(bad):
    with pytest.raises(ValueError, match="client_id"):
        check_client_id(bad)


def test_a_digest_prints_and_parses():
    digest = Digest.of(b"abc")
    assert Digest.parse(str(digest)) == digest
    with pytest.raises(ValueError):
        Digest.parse("md5:" + "0" * 32)
    with pytest.raises(ValueError):
        Digest(value="ABC")


def test_four_quarter_turns_are_the_identity():
    width, height = 300, 500
    box = Box(left=10, top=20, right=110, bottom=70)
    turned = box
    for _ in range(4):
        turned = quarter_turn(90, width_px=width, height_px=height).box(turned)
        width, height = height, width
    assert turned == box
    assert quarter_turn(90, width_px=300, height_px=500).box(box) == Box(left=430, top=10, right=480, bottom=110)


def test_a_text_that_looks_like_a_number_survives_json():
    fields = FieldSet(
        fields=(
            Field(
                name="document_number", value=Text(text="0012"), status=FieldStatus.FOUND, confidence=1, engine=ENGINE
            ),
            Field(
                name="total_amount",
                value=Money(amount=Decimal("12.30"), currency="EUR"),
                status=FieldStatus.FOUND,
                confidence=0.5,
                engine=ENGINE,
            ),
        )
    )
    again = codec.load(FieldSet, codec.dump(fields))
    assert again == fields
    assert value_to_plain(again.value("document_number")) == "0012"
    assert value_to_plain(again.value("total_amount")) == "12.30"


def test_canonical_json_ignores_key_order():
    assert codec.canonical({"b": 1, "a": "あ"}) == codec.canonical({"a": "あ", "b": 1}) == '{"a":"あ","b":1}'.encode()


def test_loading_something_else_is_a_value_error():
    with pytest.raises(ValueError, match="FieldSet"):
        codec.load(FieldSet, b'{"fields": 3}')


def test_errors_cross_process_borders_with_what_they_say():
    error = pickle.loads(pickle.dumps(DamagedDocument("no", message_ja="だめ", file="a.pdf", page_number=2)))
    assert isinstance(error, InputError)
    assert (error.message, error.message_ja, error.file, error.page_number) == ("no", "だめ", "a.pdf", 2)


def test_every_error_has_its_own_code_and_japanese_words():
    def walk(kind):
        yield kind
        for sub in kind.__subclasses__():
            yield from walk(sub)

    kinds = list(walk(AppError))
    assert len({k.code for k in kinds}) == len(kinds)
    assert all(k.label_ja for k in kinds)


def test_a_report_is_passed_only_when_everything_passed():
    good = Check(name="a", outcome=Outcome.PASSED)
    unsure = Check(name="b", outcome=Outcome.INDETERMINATE)
    bad = Check(name="c", outcome=Outcome.FAILED)
    assert Report(checks=()).outcome is Outcome.INDETERMINATE
    assert Report(checks=(good,)).outcome is Outcome.PASSED
    assert Report(checks=(good, unsure)).outcome is Outcome.INDETERMINATE
    assert Report(checks=(good, unsure)).joined(Report(checks=(bad,))).outcome is Outcome.FAILED


def test_every_class_has_the_legal_fields():
    for document_type in DocumentType:
        assert {"transaction_date", "total_amount", "counterparty"} <= set(fields_for(document_type))
    assert "parties" in fields_for(DocumentType.CONTRACT)
    assert "parties" not in fields_for(DocumentType.INVOICE)
    assert all(spec.label_ja for spec in FIELDS.values())
