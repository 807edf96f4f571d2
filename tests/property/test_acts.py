"""Acts: what can be recorded comes back as it was; requests and books never reach a state that nobody allowed."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain import codec
from domain.acts import ActKind, ActRecord, check_act
from domain.errors import ObjectMissing, RequestRefused
from domain.paperwork import LedgerRef, books_of
from domain.requests import REQUEST_ACTS, RequestState, check_step, request_of
from storage.archive import manifests

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PEOPLE = ("sato", "tanaka", "suzuki")
CODES = st.from_regex(r"[A-Za-z0-9._:/+@#-]{0,40}", fullmatch=True)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,40}", fullmatch=True)
VALUES = st.one_of(CODES, st.integers(-(2**53) + 1, 2**53 - 1), st.booleans(), st.none(), st.lists(CODES).map(tuple))


def made(number, kind, by, **rest):
    known = {"client_id": "default", "subject_id": "request-1", "recorded_at": NOW}
    return ActRecord(number=number, kind=kind, recorded_by=by, **(known | rest))


@given(
    kind=st.sampled_from(ActKind),
    subject=IDS,
    about=st.lists(IDS, max_size=3),
    facts=st.dictionaries(NAMES, VALUES, max_size=4),
    personal=st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))),
)
def test_an_act_comes_back_from_its_payload_and_its_manifest_tells_nothing_personal(
    kind, subject, about, facts, personal
):
    act = check_act(made(1, kind, "山田太郎", subject_id=subject, about=tuple(about), facts=facts, personal=personal))
    payload = manifests.payload("act", act, salt=b"x")
    assert manifests.act_of(payload, key="k") == act
    assert codec.load(ActRecord, codec.dump(act)) == act
    manifest = manifests.act_manifest(act, manifests.Digest.of(payload), None)
    assert "山田太郎".encode() not in manifest
    assert manifests.act_manifest(act, manifests.Digest.of(payload), None) == manifest


@given(st.lists(st.tuples(st.sampled_from(sorted(REQUEST_ACTS)), st.sampled_from(PEOPLE)), max_size=12))
def test_no_order_of_steps_lets_anybody_approve_their_own_request(steps):
    acts: list[ActRecord] = []
    for kind, by in steps:
        try:
            check_step(acts, kind, by=by)
        except (RequestRefused, ObjectMissing):
            continue
        facts = {"request": "deletion"} if kind is ActKind.REQUESTED else {}
        acts.append(made(len(acts) + 1, kind, by, facts=facts, about=("doc-1",)))
    if not acts:
        return
    found = request_of(acts)
    assert len(acts) <= 3
    if found.state in {RequestState.APPROVED, RequestState.REJECTED, RequestState.REPORTED}:
        assert found.decided.by != found.asked.by
    if found.state is RequestState.TAKEN_BACK:
        assert found.decided.by == found.asked.by


@given(st.lists(st.tuples(st.sampled_from(["link", "none"]), st.sampled_from("ABC"), st.booleans())))
def test_the_books_say_what_was_said_last(said):
    acts, refs, none = [], {}, False
    for what, number, stands in said:
        if what == "link":
            acts.append(made(1, ActKind.LEDGER_LINKED, "sato", facts={"stands": stands}, personal={"number": number}))
            refs[number] = stands
            none = none and not stands
        else:
            acts.append(made(1, ActKind.NO_LEDGER_SAID, "sato", facts={"stands": stands}))
            none = stands
    found = books_of(acts)
    assert found.none_said is none
    assert set(found.refs) == {LedgerRef(book="", number=number) for number, stands in refs.items() if stands}
