"""Somebody changes who asked, who approved, what for or when, after the fact. Verification notices."""

import json

import pytest

from domain.acts import ActKind
from domain.evidence import Outcome
from storage.evidence.verify import verify_all, verify_document
from tests.support.evidence import make_world

REQUEST = "request-1"


@pytest.fixture
def world(tmp_path):
    world = make_world(tmp_path, stamped=False)
    document = world.documents[1]
    asked = {"about": (document,), "facts": {"request": "deletion"}, "personal": {"reason": "二重"}}
    world.archive.record_act(ActKind.REQUESTED, REQUEST, recorded_by="sato", **asked)
    world.archive.record_act(ActKind.REQUEST_APPROVED, REQUEST, recorded_by="tanaka", about=(document,))
    world.archive.record_act(ActKind.DEFECT_FOUND, document, recorded_by="sato", facts={"found_on": "2026-11-20"})
    world.stamp()
    world.publish()
    return world


def key(number, suffix=".json"):
    return f"default/acts/{REQUEST}/a{number:06d}{suffix}"


def content(world, number, suffix=".json"):
    return world.vault.get("vault", key(number, suffix))


def rewrite(world, name, change):
    path = world.vault_file(name.removeprefix("default/"))
    before = path.read_bytes()
    path.parent.chmod(0o755)
    path.chmod(0o644)
    path.write_bytes(change(before))
    assert path.read_bytes() != before


def remove(world, name):
    path = world.vault_file(name.removeprefix("default/"))
    path.parent.chmod(0o755)
    path.unlink()


def caught(world, *names, document=True):
    reports = [verify_all(world.archive, world.vault, roots=world.roots)]
    if document:
        reports.append(verify_document(world.archive, world.vault, world.documents[1], roots=world.roots))
    for report in reports:
        assert set(names) & {check.name for check in report.checks if check.outcome is Outcome.FAILED}


def test_untouched_passes(world):
    for report in (
        verify_all(world.archive, world.vault, roots=world.roots),
        verify_document(world.archive, world.vault, world.documents[1], roots=world.roots),
    ):
        assert report.outcome is Outcome.PASSED, [c for c in report.checks if c.outcome is not Outcome.PASSED]


def test_another_approver(world):
    rewrite(world, key(2, ".payload.json"), lambda c: c.replace(b'"tanaka"', b'"suzuki"'))
    caught(world, "payload_digest")


def test_another_reason(world):
    rewrite(world, key(1, ".payload.json"), lambda c: c.replace("二重".encode(), "誤り".encode()))
    caught(world, "payload_digest")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"request_approved"', b'"request_rejected"'),
        (b'"recorded_at":"2026', b'"recorded_at":"2025'),
        (b'"recorded_by_engine":false', b'"recorded_by_engine":true'),
    ],
)
def test_another_decision_day_or_hand(world, before, after):
    rewrite(world, key(2), lambda c: c.replace(before, after))
    caught(world, "record_logged")


def test_a_request_for_another_document(world):
    rewrite(world, key(1), lambda c: c.replace(world.documents[1].encode(), world.documents[2].encode()))
    caught(world, "record_logged")


@pytest.mark.parametrize(("suffix", "name"), [(".json", "record_logged"), (".payload.json", "payload_digest")])
def test_an_approval_that_is_gone(world, suffix, name):
    remove(world, key(2, suffix))
    caught(world, name)


def test_an_approval_that_nobody_gave(world):
    forged = json.loads(content(world, 2)) | {"number": 3}
    world.vault.put_named("vault", key(3), json.dumps(forged).encode(), media_type="application/json")
    caught(world, "record_form", "object_known")
    world.vault.put_named("vault", key(4), content(world, 2), media_type="application/json")
    caught(world, "record_logged", "object_known")


def test_an_approval_moved_to_another_request(world):
    world.vault.put_named(
        "vault", "default/acts/request-2/a000002.json", content(world, 2), media_type="application/json"
    )
    caught(world, "record_logged", "object_known", document=False)


def test_acts_in_another_order(world):
    first, second = content(world, 1), content(world, 2)
    rewrite(world, key(1), lambda _: second)
    rewrite(world, key(2), lambda _: first)
    caught(world, "record_logged")


def test_an_act_of_another_kind_in_the_log(world):
    leaf = world.archive.leaves_of(REQUEST)[1]
    name = f"default/log/leaves/{leaf.sequence:012d}.json"
    rewrite(world, name, lambda c: c.replace(b'"request_approved"', b'"request_rejected"'))
    everything = verify_all(world.archive, world.vault, roots=world.roots)
    assert everything.outcome is Outcome.FAILED
    document = verify_document(world.archive, world.vault, world.documents[1], roots=world.roots)
    assert "leaf_included" in {check.name for check in document.checks if check.outcome is Outcome.FAILED}
