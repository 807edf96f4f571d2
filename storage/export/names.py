"""File names that are safe on every system; what people called their files is hostile until shown otherwise."""

from __future__ import annotations

import unicodedata

MAX_NAME_BYTES = 150
"""UTF-8 bytes of a name, well below the 255 of file systems and the 260 characters of old Windows paths."""
_FORBIDDEN = frozenset("/\\:*?\"<>|%~$`'")
"""Path separators, what Windows forbids, what a shell would read, and ``%``, which BagIt would escape."""
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))})
_MAX_EXTENSION = 10
_ACTIVE = frozenset(
    [
        "app",
        "bat",
        "chm",
        "cmd",
        "com",
        "cpl",
        "dll",
        "exe",
        "gadget",
        "hta",
        "htm",
        "html",
        "inf",
        "jar",
        "js",
        "jse",
        "lnk",
        "mht",
        "mhtml",
        "msc",
        "msi",
        "msp",
        "pif",
        "ps1",
        "py",
        "reg",
        "scf",
        "scr",
        "sh",
        "shtml",
        "svg",
        "svgz",
        "url",
        "vb",
        "vbe",
        "vbs",
        "wsf",
        "wsh",
        "xht",
        "xhtml",
    ]
)
"""Extensions that a double click would run; they get a trailing ``_``."""


def safe_name(original: str, *, fallback: str = "original") -> str:
    """A single path component that means nothing to a shell, an archiver or Windows; readable where it can be.

    No separators, no leading dots or hyphens, no control or direction characters, NFC, at most 150 bytes; a name that a
    double click would run ends in ``_``.
    """
    kept = "".join(_kept(c) for c in unicodedata.normalize("NFC", original)).strip(" .-_")
    stem, dot, extension = kept.rpartition(".")
    if not dot or len(extension) > _MAX_EXTENSION or not extension.isascii() or not extension.isalnum():
        stem, extension = kept, ""
    stem = stem.strip(" .-") or fallback
    if stem.partition(".")[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"
    suffix = f".{extension}" if extension else ""
    if extension.lower() in _ACTIVE:
        suffix += "_"
    room = MAX_NAME_BYTES - len(suffix)
    stem = stem.encode("utf-8")[:room].decode("utf-8", "ignore").rstrip(" .")
    return stem + suffix


def _kept(character: str) -> str:
    if character in _FORBIDDEN:
        return "_"
    # Controls, formats (direction marks), surrogates, private use, unassigned, line and paragraph separators.
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return ""
    return " " if unicodedata.category(character) == "Zs" else character
