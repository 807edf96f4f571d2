"""File names that are safe on every system; what people called their files is hostile until shown otherwise."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path

MAX_NAME_BYTES = 150
"""UTF-8 bytes of a name, well below the 255 of file systems and the 260 characters of old Windows paths."""
_FORBIDDEN = frozenset("/\\:*?\"<>|%~$`'")
"""Path separators, what Windows forbids, what a shell would read, and ``%``, which BagIt would escape."""
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))})
_MAX_EXTENSION = 10
_SUFFIXES = {
    "application/pdf": ".pdf",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "message/rfc822": ".eml",
}
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


_SHORT_FORMS = (
    *(("株式会社", "㈱"), ("有限会社", "㈲"), ("合資会社", "㈾"), ("合名会社", "㈴")),
    *(("(株)", "㈱"), ("(有)", "㈲"), ("(資)", "㈾"), ("(名)", "㈴")),  # as NFKC writes the signs themselves
)
_MAX_PARTY_CHARACTERS = 30
"""Of a counterparty in a file name: enough to know it again; the index has it whole."""


def law_name(day: date | None, party: str | None, amount: Decimal | None, currency: str | None) -> str:
    """The regular name 取引年月日_取引先_取引金額, as in ``20210131_㈱霞商店_110000`` (law: search-alternatives).

    Blank values say so in words, so that they are found too (law: search-fields). Without extension.
    """
    name = unicodedata.normalize("NFKC", party or "").replace("_", "-")
    for long, short in _SHORT_FORMS:
        name = name.replace(long, short)
    name = safe_stem("".join(name.split()).replace(".", "-"))[:_MAX_PARTY_CHARACTERS]
    money = "金額なし" if amount is None else f"{amount:f}" if currency in {None, "JPY"} else f"{amount:f}{currency}"
    return f"{day:%Y%m%d}_{name or '取引先なし'}_{money}" if day else f"日付なし_{name or '取引先なし'}_{money}"


def safe_stem(text: str) -> str:
    """Part of a file name without anything that could mean more; empty where nothing is left."""
    return "".join(_kept(c) for c in unicodedata.normalize("NFC", text)).strip(" .-_")


def suffix_of(original_name: str, media_type: str) -> str:
    """The extension for bytes of this type: the one of the type where it is known, else the original's, made safe."""
    known = _SUFFIXES.get(media_type)
    return known if known is not None else Path(safe_name(original_name)).suffix
