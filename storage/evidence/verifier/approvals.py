"""Approvals held against what they are about and who gave them: a second reading of the acts, from the layout alone.

An approval speaks of one revision by the digest of its manifest. It counts where the seat that it was given in was open
to who gave it, at that time, in that order; a document may stand approved only where every step of its route is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

from storage.evidence.verifier.findings import Finding, Reason, failed, passed

PREFIX = "approval-"
SUBMITTED, GIVEN, RETURNED = "approval_submitted", "approval_given", "approval_returned"
ABOUT_A_REVISION = frozenset({SUBMITTED, GIVEN, RETURNED})
KINDS = ABOUT_A_REVISION | {"approval_withdrawn", "approval_reopened"}
PEOPLE_KINDS = frozenset({"user_changed", "approval_delegated", "delegation_ended"})
"""Acts of other subjects by which it is told who might approve."""
_TOKYO = timezone(timedelta(hours=9))
_DECISIONS = frozenset({GIVEN, RETURNED})

Act = Mapping[str, Any]
"""The manifest of an act."""
_NO_ACT = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError)
"""What reading a manifest raises that is no act of an approval."""


class Known(Protocol):
    """What an approval is held against."""

    def acts(self, subject_id: str) -> Sequence[Act]:
        """Manifests of the acts that are kept under a subject, in order."""
        ...

    def digest(self, document_id: str, revision: int) -> str | None:
        """SHA-256 (hexadecimal) of a revision's manifest; None where it is not there."""
        ...

    def authors(self, document_id: str, revision: int) -> frozenset[str]:
        """Logins of those who recorded what a document says up to a revision; empty where it cannot be told."""
        ...

    def login(self, act: Act) -> str | None:
        """Login of who did an act; None where its payload is gone or is not there."""
        ...

    @property
    def has_people(self) -> bool:
        """False where acts on accounts were not handed over (a selection): roles and delegations cannot be told."""
        ...


@dataclass(slots=True)
class _Round:
    """One round, as its acts make it."""

    begun: Act
    steps: list[tuple[int, list[str]]]
    """(seats that have to be filled, codes of the seats) in order."""
    given: list[Act] = field(default_factory=list)
    over: bool = False

    @property
    def facts(self) -> Mapping[str, Any]:
        facts: Mapping[str, Any] = self.begun["facts"]
        return facts

    def filled(self, step: int) -> int:
        """Seats of a step (from 0) that are filled: each given once, or carried from an earlier step."""
        _, codes = self.steps[step]
        seats = {int(_fact(act, "seat")) for act in self.given if int(_fact(act, "step")) == step + 1}
        before = {who for act in self.given if int(_fact(act, "step")) <= step for who in _people(act)}
        carried = {
            seat
            for seat, code in enumerate(codes, start=1)
            if _fact(self.begun, "once") is True and code.removeprefix("user:") in before
        }
        return len((seats | carried) & set(range(1, len(codes) + 1)))

    def current(self) -> int | None:
        """The step (from 0) that waits; None where every step is done."""
        return next((n for n, (need, _) in enumerate(self.steps) if self.filled(n) < need), None)


def check_act(known: Known, document_id: str, number: int) -> Iterator[Finding]:
    """One act of an approval: about the revision that it names, and in a seat that was open to who gave it."""
    acts = list(known.acts(f"{PREFIX}{document_id}"))
    subject = f"{PREFIX}{document_id}/a{number:06d}"
    act = next((one for one in acts if one.get("number") == number), None)
    if act is None or str(act.get("kind")) not in ABOUT_A_REVISION:
        return
    try:
        revision, digest = int(_fact(act, "revision")), str(_fact(act, "digest"))
        held = known.digest(document_id, revision)
        if held is None:
            yield failed("approval_digest", Reason.SIGNED_DATA_NOT_FOUND, subject=subject)
        elif digest != f"sha256:{held}":
            yield failed("approval_digest", Reason.HASH_FAILURE, subject=subject)
        else:
            yield passed("approval_digest", subject=subject)
        if act["kind"] in _DECISIONS:
            last = _rounds(acts[: acts.index(act)])
            wrong = _why_not(known, document_id, last[-1] if last else None, act)
            if wrong is not None:
                yield failed("approval_entitled", Reason.SIG_CONSTRAINTS_FAILURE, subject=subject, detail=wrong)
            else:
                yield passed("approval_entitled", subject=subject)
    except _NO_ACT:
        yield failed("approval_steps", Reason.FORMAT_FAILURE, subject=subject)


def check_frozen(known: Known, document_id: str, revision: int, at: str) -> Finding:
    """A revision that stands approved: the one before went through every step of its route, and nothing ended that."""
    try:
        rounds = _rounds([act for act in known.acts(f"{PREFIX}{document_id}") if _by(act, at)])
        last = rounds[-1] if rounds else None
        if last is None or last.over or last.current() is not None or int(last.facts["revision"]) != revision - 1:
            missing = None if last is None or last.over else last.current()
            detail = None if missing is None else f"step {missing + 1}"
            return failed("approval_steps", Reason.SIGNED_DATA_NOT_FOUND, subject=document_id, detail=detail)
    except _NO_ACT:
        return failed("approval_steps", Reason.FORMAT_FAILURE, subject=document_id)
    return passed("approval_steps", subject=document_id)


def _rounds(acts: Sequence[Act]) -> list[_Round]:
    rounds: list[_Round] = []
    for act in acts:
        if act.get("kind") == SUBMITTED:
            rounds.append(_Round(begun=act, steps=_steps(act)))
        elif rounds and act.get("kind") == GIVEN:
            rounds[-1].given.append(act)
        elif rounds and str(act.get("kind")) in KINDS:
            rounds[-1].over = True
    return rounds


def _steps(act: Act) -> list[tuple[int, list[str]]]:
    seats = [str(one).partition(":") for one in _fact(act, "seats")]
    steps = []
    for number, text in enumerate(_fact(act, "steps"), start=1):
        need, count, _ = str(text).split("/")
        codes = [code for step, _, code in seats if step == str(number)]
        if len(codes) != int(count) or not 1 <= int(need) <= len(codes):
            raise ValueError(text)
        steps.append((int(need), codes))
    if not steps:
        raise ValueError(act)
    return steps


def _why_not(known: Known, document_id: str, last: _Round | None, act: Act) -> str | None:
    """Why a decision does not count, in one word; None where it does."""
    step, seat = int(_fact(act, "step")), int(_fact(act, "seat"))
    approver, principal = str(_fact(act, "approver")), act["facts"].get("principal")
    if last is None or last.over or last.current() != step - 1 or _fact(act, "round") != _fact(last.begun, "round"):
        return "order"
    if _fact(act, "revision") != _fact(last.begun, "revision") or _fact(act, "digest") != _fact(last.begun, "digest"):
        return "revision"
    barred = {*(str(one) for one in _fact(last.begun, "barred")), str(_fact(last.begun, "by"))}
    people = {approver} | ({str(principal)} if principal else set())
    login = known.login(act)
    if people & barred or (login is not None and login in known.authors(document_id, int(_fact(act, "revision")))):
        return "entered"
    once = _fact(last.begun, "once") is True
    before = [one for one in last.given if once or int(_fact(one, "step")) == step]
    if people & {who for one in before for who in _people(one)}:
        return "twice"
    code = last.steps[step - 1][1][seat - 1]
    if any((int(_fact(one, "step")), int(_fact(one, "seat"))) == (step, seat) for one in last.given):
        return "seat"
    return _not_seated(known, code, str(principal) if principal else approver, act) or (
        _not_delegated(known, str(principal), approver, act) if principal else None
    )


def _not_seated(known: Known, code: str, user_id: str, act: Act) -> str | None:
    kind, _, rest = code.partition(":")
    if kind == "user":
        return None if rest == user_id else "seat"
    if not known.has_people:
        return None
    role, _, department = rest.partition("@")
    roles, departments = _standing(known, user_id, str(act["recorded_at"]))
    if role not in roles:
        return "role"
    return None if not department or department in departments else "department"


def _standing(known: Known, user_id: str, at: str) -> tuple[frozenset[str], frozenset[str]]:
    """What the log says of somebody's roles and departments at a time."""
    roles: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    disabled = False
    for one in known.acts(user_id):
        if one.get("kind") != "user_changed" or not _by(one, at):
            continue
        roles = frozenset(str(role) for role in one["facts"].get("roles", ()))
        if "departments" in one["facts"]:
            departments = frozenset(str(code) for code in one["facts"]["departments"])
        change = one["facts"].get("change")
        disabled = change == "disabled" or (disabled and change != "enabled")
    return frozenset() if disabled else roles, departments


def _not_delegated(known: Known, principal: str, delegate: str, act: Act) -> str | None:
    """None where the principal let the delegate on that day."""
    if not known.has_people:
        return None
    at, number = str(act["recorded_at"]), act["facts"].get("delegation")
    day = datetime.fromisoformat(at).astimezone(_TOKYO).date().isoformat()
    given = None
    for one in known.acts(f"delegation-{principal}"):
        if not _by(one, at):
            continue
        facts = one["facts"]
        if one.get("kind") == "approval_delegated" and one.get("number") == number:
            given = facts
        elif one.get("kind") == "delegation_ended" and facts.get("number") == number and facts["ended_on"] <= day:
            return "delegation"
    if given is None or given["delegate"] != delegate or not given["first_on"] <= day <= given["last_on"]:
        return "delegation"
    return None


def _by(act: Act, at: str) -> bool:
    return datetime.fromisoformat(str(act.get("recorded_at"))) <= datetime.fromisoformat(at)


def _people(act: Act) -> set[str]:
    principal = act["facts"].get("principal")
    return {str(_fact(act, "approver"))} | ({str(principal)} if principal else set())


def _fact(act: Act, name: str) -> Any:
    return act["facts"][name]
