"""What a derived PDF says about itself: PDF/A level, title, language, and how its text layer was made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from pikepdf import Array, Dictionary, Name, String
from PIL import ImageCms

if TYPE_CHECKING:
    from datetime import datetime

    import pikepdf

NAMESPACE = "urn:shoko:searchable-pdf:1#"
PRODUCER = "Shoko"
_LANGUAGE = "ja-JP"
_CONDITION = "sRGB IEC61966-2.1"
_ICC_DATE, _ICC_DATE_FIXED = slice(24, 36), bytes([7, 234, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
"""A profile carries the moment of its making: fixed, so that the same document gives the same bytes."""
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Facts for the metadata."""

    title: str
    original_sha256: str
    engines: tuple[str, ...]
    """Who read the pages, with versions."""
    made_at: datetime
    """With time zone."""
    level: str
    """``U`` where all text has Unicode values, otherwise ``B``."""
    pictured: tuple[int, ...]
    """Pages (from 1) that are a picture of the original page."""


def describe(document: pikepdf.Pdf, about: About) -> None:
    """Metadata, output intent, language; whatever the document said before is replaced."""
    root = document.Root
    stream = document.make_stream(_xmp(about).encode("utf-8"))
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    root.Metadata = stream
    profile = document.make_stream(_srgb())
    profile.N = 3
    root.OutputIntents = Array(
        [
            document.make_indirect(
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFA1,
                    OutputConditionIdentifier=String(_CONDITION),
                    RegistryName=String("http://www.color.org"),
                    Info=String(_CONDITION),
                    DestOutputProfile=profile,
                )
            )
        ]
    )
    root.Lang = String(_LANGUAGE)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    if "/Info" in document.trailer:
        del document.trailer.Info


@lru_cache(maxsize=1)
def _srgb() -> bytes:
    """The sRGB profile that LittleCMS makes."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_ICC_DATE] = _ICC_DATE_FIXED
    return bytes(profile)


def _xmp(about: About) -> str:
    moment = about.made_at.isoformat(timespec="seconds")
    pictured = ",".join(map(str, about.pictured))
    own = {
        "originalSHA256": about.original_sha256,
        "layerEngines": "; ".join(about.engines),
        "picturedPages": pictured or "none",
    }
    values = "\n".join(f"   <shoko:{name}>{_text(value)}</shoko:{name}>" for name, value in own.items())
    schema = "\n".join(_property(name, text) for name, text in _MEANINGS.items())
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
    xmlns:shoko="{NAMESPACE}">
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>{about.level}</pdfaid:conformance>
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{_text(about.title)}</rdf:li></rdf:Alt></dc:title>
   <dc:language><rdf:Bag><rdf:li>{_LANGUAGE}</rdf:li></rdf:Bag></dc:language>
   <xmp:CreateDate>{moment}</xmp:CreateDate>
   <xmp:ModifyDate>{moment}</xmp:ModifyDate>
   <xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool>
   <pdf:Producer>{PRODUCER}</pdf:Producer>
{values}
   <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>Searchable PDF of Shoko</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>shoko</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq>
{schema}
    </rdf:Seq></pdfaSchema:property>
   </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


_MEANINGS = {
    "originalSHA256": "SHA-256 of the file from which this copy was made",
    "layerEngines": "Names and versions of the engines that read the text of the layer",
    "picturedPages": "Pages (from 1) that are a picture of the page of the original",
}


def _property(name: str, description: str) -> str:
    return f"""     <rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>{name}</pdfaProperty:name>
      <pdfaProperty:valueType>Text</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>{description}</pdfaProperty:description>
     </rdf:li>"""


def _text(value: str) -> str:
    """Escaped, without what XML cannot carry."""
    return escape("".join(c for c in value if c.isprintable())[:_LONGEST])
