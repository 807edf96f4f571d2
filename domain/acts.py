"""Acts of people and of the system: what was done to which drop, unit, document, request or the installation itself.

An act is appended and never changed. Ids, codes, days, numbers and digests (``facts``) stand in its manifest; who did
it and in which words (``personal``) stand in a payload that can be destroyed while the proof of the act stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.errors import StorageError

FactValue = str | int | bool | None | tuple[str, ...]
"""What may stand in a manifest: a code, a number, yes or no, nothing, or several codes."""

INSTALLATION = "installation"
"""Subject of acts that concern the installation as a whole."""

_SUBJECT = re.compile(r"[a-z0-9][a-z0-9-]{0,127}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CODE = re.compile(r"[A-Za-z0-9._:/+@#-]{0,200}")
"""A code has no blanks and nothing beyond ASCII: names and sentences of people do not fit by accident."""
_WORDS_LIMIT = 200_000
"""Characters of one personal value: a form with pages of reasons, or the whole text of a paper that the law wants."""


class ActKind(StrEnum):
    """What was done; also the kind of its log leaf."""

    REQUESTED = "requested"
    REQUEST_APPROVED = "request_approved"
    REQUEST_REJECTED = "request_rejected"
    REQUEST_TAKEN_BACK = "request_taken_back"
    REQUEST_REPORTED = "request_reported"
    RELATED = "related"
    """This document follows another: a corrected paper, an amendment, a part of one invoice."""
    DEFECT_FOUND = "defect_found"
    """Something is wrong with the picture of a paper (law: scan-rescan-defect)."""
    RESCANNED = "rescanned"
    """A new scan stands in the place of the one before, which stays as an earlier revision."""
    SAMENESS_CHECKED = "sameness_checked"
    """同等確認: a person held the paper against the picture (law: scan-paper-disposal)."""
    PAPER_KEPT = "paper_kept"
    PAPER_DISCARDED = "paper_discarded"
    STAMP_DUTY_SAID = "stamp_duty_said"
    PRINTOUT_SAID = "printout_said"
    """The paper is a printout of data, which no scan can stand for (law: regime-split), or it is not after all."""
    DELAY_SAID = "delay_said"
    """Why input could not be in time, with reason and evidence (law: scan-input-early, scan-consequence), or not."""
    CHANNEL_SAID = "channel_said"
    """Through what an electronic document came (law: et-authenticity-choice), or that it did not."""
    LEDGER_LINKED = "ledger_linked"
    """Tied to a number in a book, or no longer (law: scan-book-link)."""
    NO_LEDGER_SAID = "no_ledger_said"
    """Said to have no related entry in the books, or no longer."""
    PAPERS_ISSUED = "papers_issued"
    """An edition of a paper that the law wants, with its text (law: scan-docs)."""
    CHART_TESTED = "chart_tested"
    """The 4-point chart was read on a scanner (law: scan-viewing)."""
    HELD = "held"
    """Kept beyond its period until the hold is lifted (law: ret-other)."""
    HOLD_LIFTED = "hold_lifted"
    RETENTION_EXTENDED = "retention_extended"
    """A fact changed, and what the document consists of is locked until a later day."""
    WITHDRAWN = "withdrawn"
    """A misdirected drop (誤投入): it goes when its provisional lock ends."""
    DESTROYED = "destroyed"
    """Its payloads and originals are removed; leaf, manifest and tokens stay."""
    USER_CHANGED = "user_changed"
    """An account: added, given other roles, another password or second factor, disabled or enabled."""
    SESSIONS_ENDED = "sessions_ended"
    TOKEN_ISSUED = "token_issued"  # noqa: S105  # the name of an act
    TOKEN_REVOKED = "token_revoked"  # noqa: S105  # the name of an act
    DEPARTMENT_NAMED = "department_named"
    """A department of the company got its code and its name, or is no longer one."""
    DEPARTMENT_SAID = "department_said"
    """To which department a document belongs."""
    CONFIDENTIAL_SAID = "confidential_said"
    """To whom a document is confidential, or that it no longer is."""
    PARKED = "parked"
    """Put aside from what waits for review, or taken up again."""
    VIEWED = "viewed"
    """A person whose looking is logged (an auditor) opened a document."""
    LISTED = "listed"
    """A person whose looking is logged asked for a list: a search, a page that names documents."""
    HANDED_OVER = "handed_over"
    """A volume of an exported bundle was taken away by somebody."""
    APPROVAL_SUBMITTED = "approval_submitted"
    """A revision of a document was put on a route of approval."""
    APPROVAL_GIVEN = "approval_given"
    """A person approved a revision, by its digest, in one seat of one step (電子印)."""
    APPROVAL_RETURNED = "approval_returned"
    APPROVAL_WITHDRAWN = "approval_withdrawn"
    APPROVAL_REOPENED = "approval_reopened"
    """An approval was taken back, so that the document can be put right and submitted anew."""
    APPROVAL_ROUTES_SET = "approval_routes_set"
    """The table of routes, whole, as it is in force from here on."""
    APPROVAL_DELEGATED = "approval_delegated"
    """A person lets another approve in their place, from one day to another (代理)."""
    DELEGATION_ENDED = "delegation_ended"
    COMPANY_SAID = "company_said"
    """Facts about the company, from a day on: what the law's dates hang on."""
    DIGEST_SENT = "digest_sent"
    """A person's reminders of a day are handed to the mail server, or could not be."""
    SEAL_CHOSEN = "seal_chosen"
    """What a person's seal looks like from here on."""


ACT_KINDS = frozenset(kind.value for kind in ActKind)


STANDING = frozenset(
    {
        *(ActKind.APPROVAL_ROUTES_SET, ActKind.APPROVAL_DELEGATED, ActKind.DELEGATION_ENDED, ActKind.SEAL_CHOSEN),
        *(ActKind.USER_CHANGED, ActKind.TOKEN_ISSUED, ActKind.TOKEN_REVOKED, ActKind.DEPARTMENT_NAMED),
        *(ActKind.COMPANY_SAID, ActKind.PAPERS_ISSUED, ActKind.CHART_TESTED, ActKind.HANDED_OVER),
    }
)
"""Acts about no document that the evidence of many stands on: who might approve, by which rules, tested how. They are
kept as long as the longest kept document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRecord:
    """One act on one subject."""

    client_id: str
    subject_id: str
    """Under what it is kept: a drop, unit, document or request, or ``INSTALLATION``."""
    number: int
    """From 1 without gaps among the acts of its subject."""
    kind: ActKind
    about: tuple[str, ...] = ()
    """What else it concerns."""
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    """Codes, numbers, days, digests."""
    personal: Mapping[str, str] = field(default_factory=dict)
    """Words and names; empty once its payload is destroyed."""
    recorded_at: datetime
    """UTC."""
    recorded_by: str | None
    """``engine`` or the login of a person; None once its payload is destroyed."""

    def says(self, other: ActRecord) -> bool:
        """True where it is the same act but for its number and time."""
        return (self.subject_id, self.kind, self.about, self.facts, self.personal, self.recorded_by) == (
            other.subject_id,
            other.kind,
            other.about,
            other.facts,
            other.personal,
            other.recorded_by,
        )


def check_act(act: ActRecord) -> ActRecord:
    """The act, if nothing in its manifest could be a name or a sentence.

    Raises:
        StorageError: it could.
    """
    wrong = [one for one in (act.subject_id, *act.about) if not _SUBJECT.fullmatch(one)]
    wrong += [name for name in (*act.facts, *act.personal) if not _NAME.fullmatch(name)]
    for name, value in act.facts.items():
        said = value if isinstance(value, tuple) else (value,)
        wrong += [name for one in said if isinstance(one, str) and not _CODE.fullmatch(one)]
    wrong += [name for name, value in act.personal.items() if len(value) > _WORDS_LIMIT]
    if wrong:
        raise StorageError(
            f"an act of kind {act.kind} cannot be recorded: {wrong[0][:64]!r} is no id, no code, or too long",
            message_ja="記録できない値が含まれています（識別子・コードの形式か、文章の長さを確かめてください）",
        )
    return act
