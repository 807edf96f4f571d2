"""What a person may see: documents of their departments, confidential ones they are named for, an auditor's period.

A document belongs to one department or to none, and may be confidential to a few. Both are said by people (acts), or
follow from the inbox folder of a department. What one may not see does not exist: it is not found, not counted and not
named. The conditions themselves stand in one place, ``storage.archive.seeing``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from domain.acts import ActKind, ActRecord
from domain.errors import AccessRefused
from domain.fields import DocumentType
from domain.ids import department_of_key

if TYPE_CHECKING:
    from domain.people import User

ACCESS_ACTS = frozenset({ActKind.DEPARTMENT_SAID, ActKind.CONFIDENTIAL_SAID})
"""Acts on a document that change who sees it."""
_DEPARTMENT = re.compile(r"(?!usr-)[a-z0-9][a-z0-9-]{0,31}")
MOST_CHOSEN = 500
"""Documents or names of one selection: an auditor with a longer list wants a period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """To which department a document belongs, and to whom it is confidential."""

    department: str | None = None
    """Code of a department; None where it belongs to none."""
    readers: tuple[str, ...] | None = None
    """Codes of departments and ids of people who alone may see it; None where it is not confidential."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What somebody from outside (an auditor) is shown of the archive; all conditions hold together."""

    date_from: date | None = None
    """First day of transaction, inclusive; a document without one counts by its day of receipt."""
    date_to: date | None = None
    """Last day of transaction, inclusive."""
    received_from: date | None = None
    received_to: date | None = None
    document_types: tuple[DocumentType, ...] = ()
    """Any of these; empty means every class."""
    counterparties: tuple[str, ...] = ()
    """Parts of names, any of these; empty means everybody."""
    document_ids: tuple[str, ...] = ()
    """These alone; empty means no such list."""

    @property
    def is_open(self) -> bool:
        """True where it keeps nothing out."""
        return self == Frame()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What an administrator gave a person beside roles and departments."""

    all_departments: bool = False
    """Belongs to departments and yet sees the documents of all."""
    confidential: bool = False
    """Sees confidential documents without being named for them."""
    frame: Frame = field(default_factory=Frame)
    until: date | None = None
    """Last day (Asia/Tokyo) on which the person is let in to anything but the own account; None: no end."""

    def is_over(self, today: date) -> bool:
        """True after its last day."""
        return self.until is not None and today > self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """What who asks may see. Nothing is seen of confidential documents unless it is said here."""

    everything: bool = False
    """The administrator of the machine, and whoever is alone with the page: nothing is kept from them."""
    user_id: str | None = None
    """Named for confidential documents by this id."""
    departments: tuple[str, ...] = ()
    """Whose documents are seen, and for which one may be named; empty with ``all_departments`` for a person of none."""
    all_departments: bool = True
    """Sees every department's documents."""
    confidential: bool = False
    """Sees confidential documents without being named."""
    frame: Frame = field(default_factory=Frame)

    @property
    def sees_all(self) -> bool:
        """True where nothing is kept out, by right of the machine or because all of it was given."""
        return self.everything or (self.all_departments and self.confidential and self.frame.is_open)

    def sees_folder(self, of: Access) -> bool:
        """True where what lies in an inbox folder and is not filed is shown; within a frame only filed things are."""
        mine = self.all_departments or of.department is None or of.department in self.departments
        return self.everything or (mine and self.frame.is_open)


EVERYTHING = Visibility(everything=True)
"""Nothing is kept from whoever works at the machine itself."""
NOTHING = Visibility(all_departments=False, frame=Frame(document_ids=("nothing",)))
"""Of whoever has not logged in: no document has this id."""


def visibility_of(user: User) -> Visibility:
    """What an account may see."""
    return Visibility(
        user_id=user.user_id,
        departments=user.departments,
        all_departments=user.sight.all_departments or not user.departments,
        confidential=user.sight.confidential,
        frame=user.sight.frame,
    )


def check_department(code: str) -> str:
    """The code of a department, if it is one: it stands in the log and names an inbox folder, so it is no name.

    Raises:
        AccessRefused: other characters than a-z, 0-9 and hyphens, or longer than 32.
    """
    if not _DEPARTMENT.fullmatch(code):
        raise AccessRefused(
            "the code of a department has 1 to 32 characters of a-z, 0-9 and -",
            message_ja="部門コードは英小文字・数字・- の 1〜32 文字にしてください（例: keiri）",
        )
    return code


def access_of(acts: Sequence[ActRecord], *, inherited: Access) -> Access:
    """A document's access after the acts on it, in order; what nobody said is inherited."""
    department, readers = inherited.department, inherited.readers
    for act in acts:
        if act.kind is ActKind.DEPARTMENT_SAID:
            said = act.facts.get("department")
            department = said if isinstance(said, str) else None
        elif act.kind is ActKind.CONFIDENTIAL_SAID:
            names = act.facts.get("readers")
            readers = names if isinstance(names, tuple) else None
    return Access(department=department, readers=readers)


def of_drop(inbox_key: str) -> Access:
    """What the folder says into which a file was dropped."""
    return Access(department=department_of_key(inbox_key))


def joined(sources: Iterable[Access]) -> Access:
    """What a document inherits that stands in the place of others: the first department, and every secret."""
    known = tuple(sources)
    secret = [set(one.readers) for one in known if one.readers is not None]
    return Access(
        department=next((one.department for one in known if one.department is not None), None),
        readers=tuple(sorted(set.intersection(*secret))) if secret else None,
    )


def departments_named(acts: Iterable[ActRecord]) -> Mapping[str, str]:
    """Departments by code with their names, from the acts that name them, in order; those ended are left out."""
    found: dict[str, str] = {}
    for act in acts:
        if act.kind is not ActKind.DEPARTMENT_NAMED:
            continue
        code = str(act.facts.get("department"))
        if act.facts.get("stands") is False:
            found.pop(code, None)
        else:
            found[code] = act.personal.get("name", code)
    return found
