"""Requests: every step from every state, and who may take it."""

from datetime import UTC, datetime

import pytest

from domain.acts import ActKind, ActRecord, check_act
from domain.errors import ObjectMissing, RequestRefused, StorageError
from domain.requests import REQUEST_ACTS, RequestKind, RequestState, check_step, request_of

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
APPROVE, REJECT, BACK, REPORT = (
    ActKind.REQUEST_APPROVED,
    ActKind.REQUEST_REJECTED,
    ActKind.REQUEST_TAKEN_BACK,
    ActKind.REQUEST_REPORTED,
)


def act(number, kind, by, **rest):
    given = {"facts": {"request": "deletion"} if kind is ActKind.REQUESTED else {}, "about": ("doc-1",)} | rest
    return ActRecord(
        client_id="default",
        subject_id="request-1",
        number=number,
        kind=kind,
        personal={"reason": f"{kind.value} by {by}", "slip_number": "A-12"},
        recorded_at=NOW,
        recorded_by=by,
        **given,
    )


def acts(*steps):
    return tuple(act(number + 1, kind, by) for number, (kind, by) in enumerate(steps))


ASKED = ((ActKind.REQUESTED, "sato"),)
APPROVED = (*ASKED, (APPROVE, "tanaka"))
STORIES = {
    RequestState.REQUESTED: ASKED,
    RequestState.APPROVED: APPROVED,
    RequestState.REJECTED: (*ASKED, (REJECT, "tanaka")),
    RequestState.TAKEN_BACK: (*ASKED, (BACK, "sato")),
    RequestState.REPORTED: (*APPROVED, (REPORT, "sato")),
}
ALLOWED = {
    RequestState.REQUESTED: {(APPROVE, "tanaka"), (REJECT, "tanaka"), (BACK, "sato")},
    RequestState.APPROVED: {(REPORT, "tanaka"), (REPORT, "sato")},
}


@pytest.mark.parametrize("state", list(RequestState))
def test_the_state_follows_from_the_acts_and_only_what_is_allowed_goes_on(state):
    story = acts(*STORIES[state])
    assert request_of(story).state is state
    for kind in REQUEST_ACTS:
        for who in ("sato", "tanaka"):
            if (kind, who) in ALLOWED.get(state, set()):
                check_step(story, kind, by=who)
            else:
                with pytest.raises(RequestRefused):
                    check_step(story, kind, by=who)


def test_a_request_says_who_asked_decided_and_reported():
    found = request_of(acts(*STORIES[RequestState.REPORTED]))
    assert (found.kind, found.subjects, found.form) == (RequestKind.DELETION, ("doc-1",), {"slip_number": "A-12"})
    assert [step.by for step in (found.asked, found.decided, found.reported)] == ["sato", "tanaka", "sato"]
    assert found.asked.words == "requested by sato"


@pytest.mark.parametrize("name", ["sato", "SATO", " sato ", "ｓａｔｏ"])
def test_nobody_decides_their_own_request_under_another_spelling(name):
    with pytest.raises(RequestRefused):
        check_step(acts(*ASKED), APPROVE, by=name)


@pytest.mark.parametrize("story", [(), ((APPROVE, "tanaka"),)])
def test_what_nobody_asked_for_is_no_request(story):
    with pytest.raises(ObjectMissing):
        request_of(acts(*story))
    if not story:
        check_step((), ActKind.REQUESTED, by="sato")


def test_an_act_that_cannot_be_is_passed_over():
    assert request_of(acts(*ASKED, (REPORT, "sato"), (APPROVE, "tanaka"))).state is RequestState.APPROVED


@pytest.mark.parametrize(
    "wrong",
    [
        {"facts": {"reason": "二重に届いた"}},
        {"facts": {"reason": "sent twice"}},
        {"facts": {"names": ("ok", "Taro Sato")}},
        {"facts": {"Bad Name": 1}},
        {"facts": {"code": "x" * 201}},
        {"about": ("doc 1",)},
        {"about": ("../doc-1",)},
        {"about": ("Doc-1",)},
    ],
)
def test_names_and_sentences_do_not_get_into_a_manifest(wrong):
    with pytest.raises(StorageError):
        check_act(act(1, ActKind.REQUESTED, "sato", **wrong))


def test_codes_days_numbers_and_digests_do():
    facts = {"request": "deletion", "day": "2026-11-20", "digest": "sha256:" + "a" * 64, "n": 3, "ok": True, "no": None}
    good = act(1, ActKind.REQUESTED, "sato", facts=facts)
    assert check_act(good) == good
