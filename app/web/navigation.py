"""Where a person can go: the entries of the menu, in its order."""

from __future__ import annotations

from dataclasses import dataclass

from domain.people import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of the menu."""

    key: str
    """Of the texts."""
    target: str
    """Path; shown as current below it."""
    needed: Permission
    """Shown only to those who may go there."""
    below: tuple[str, ...] = ()
    """Other paths that belong to it."""

    def is_current(self, path: str) -> bool:
        """True where ``path`` belongs to this entry."""
        return any(path == one or path.startswith(f"{one}/") for one in (self.target, *self.below))


PLACES = (
    Place(key="nav_search", target="/search", needed=Permission.DOCUMENTS, below=("/documents",)),
    Place(key="nav_review", target="/review", needed=Permission.REVIEW),
    Place(key="nav_upload", target="/upload", needed=Permission.DROP),
    Place(key="nav_intake", target="/intake", needed=Permission.INTAKE),
    Place(key="nav_law", target="/law", needed=Permission.DOCUMENTS),
    Place(key="nav_papers", target="/papers", needed=Permission.DOCUMENTS),
    Place(key="nav_requests", target="/requests", needed=Permission.REQUESTS),
    Place(key="nav_verify", target="/verify", needed=Permission.VERIFY),
    Place(key="nav_binder", target="/binder", needed=Permission.DOCUMENTS),
    Place(key="people", target="/people", needed=Permission.PEOPLE),
)
