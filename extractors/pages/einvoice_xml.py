"""E-invoice XML: the file itself, or the one inside a PDF (Factur-X, ZUGFeRD); parsed without entities or network."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
from lxml import etree

from domain.errors import DamagedDocument, DocumentTooLarge, UnsupportedMedia

if TYPE_CHECKING:
    from extractors.settings import ExtractorSettings

EMBEDDED_NAMES = frozenset(
    {"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "cii.xml", "ubl.xml", "order-x.xml"}
)
"""File names that the standards give to the embedded invoice (compared in lower case)."""
_INVOICE_ROOTS = frozenset({"Invoice", "CreditNote", "CrossIndustryInvoice", "CrossIndustryDocument"})
_MAX_ATTACHMENTS = 100


def safe_parser() -> etree.XMLParser:
    """A parser for hostile XML: no entities, no DTD, no network, no huge trees."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )


def check_xml(content: bytes, settings: ExtractorSettings) -> None:
    """Refuse XML that is too large, broken, or not an invoice.

    Raises:
        DocumentTooLarge: over the limit.
        DamagedDocument: not well-formed, or it declares entities.
        UnsupportedMedia: some other XML.
    """
    if len(content) > settings.max_xml_bytes:
        raise DocumentTooLarge(f"XML of {len(content)} bytes")
    root = _root(content)
    if root is None:
        raise DamagedDocument(
            "the XML is not well-formed or declares entities",
            message_ja="XMLの形式が正しくないか、使用できない宣言を含むため読み取れません。原本のまま保存しました",
        )
    if etree.QName(root).localname not in _INVOICE_ROOTS:
        raise UnsupportedMedia(
            "XML, but not an invoice",
            message_ja="電子インボイス（UBL・CII）ではないXMLです。原本のまま保存し、確認待ちにします",
        )


def embedded_xml(content: bytes, settings: ExtractorSettings) -> bytes | None:
    """The e-invoice inside a PDF, or None."""
    if b"EmbeddedFile" not in content and b"/ObjStm" not in content:
        return None
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            names = list(document.attachments)[:_MAX_ATTACHMENTS]
            for name in sorted(names, key=lambda n: n.lower() not in EMBEDDED_NAMES):
                if not name.lower().endswith(".xml"):
                    continue
                data = document.attachments[name].get_file().read_bytes()
                root = _root(data) if len(data) <= settings.max_xml_bytes else None
                if root is not None and etree.QName(root).localname in _INVOICE_ROOTS:
                    return bytes(data)
    except (pikepdf.PdfError, ValueError, RuntimeError, OSError, TypeError, KeyError):
        return None
    return None


def _root(content: bytes) -> etree._Element | None:
    try:
        root = etree.fromstring(content, safe_parser())
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        return None
    return root
