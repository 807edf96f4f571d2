"""Rules of PDF/A-2 (ISO 19005-2) checked on a file, for those that a writer of text layers can break."""

import io
import re
import struct
from xml.etree import ElementTree as ET

import pikepdf
from pikepdf import Name

PREDEFINED = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://purl.org/dc/elements/1.1/",
    "http://ns.adobe.com/xap/1.0/",
    "http://ns.adobe.com/pdf/1.3/",
    "http://www.aiim.org/pdfa/ns/id/",
    "http://www.aiim.org/pdfa/ns/extension/",
}
FORBIDDEN_IN_CATALOG = ("/OpenAction", "/AA", "/Names", "/AcroForm", "/OCProperties", "/Perms", "/Requirements")


def broken_rules(content):
    """Clause numbers of the rules that the file breaks."""
    out = set()
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", content):
        out.add("6.1.2")
    with pikepdf.open(io.BytesIO(content)) as document:
        if "/ID" not in document.trailer or document.is_encrypted:
            out.add("6.1.3")
        if document.get_warnings() or document.check_pdf_syntax():
            out.add("syntax")
        if any(key in document.Root for key in FORBIDDEN_IN_CATALOG):
            out.add("6.5")
        out |= _intent(document) | _metadata(document)
        for item in document.objects:
            if isinstance(item, pikepdf.Stream) and "/LZWDecode" in str(item.get("/Filter", "")):
                out.add("6.1.7.2")
        for page in document.pages:
            low, high = min(map(float, page.mediabox[2:])), max(map(float, page.mediabox[2:]))
            if low < 3 or high > 14400:
                out.add("6.1.13")
            if "/Annots" in page.obj or "/AA" in page.obj:
                out.add("6.3")
            for font in _fonts(page.obj.get("/Resources")):
                out |= _font(font)
        if b"<pdfaid:conformance>B<" in document.Root.Metadata.read_bytes():
            out.discard("6.2.11.7.2")  # asked of level U only
    return out


def _fonts(resources):
    if resources is None:
        return
    for key in resources.get("/Font", {}):
        yield resources.Font[key]
    for key in resources.get("/XObject", {}):
        yield from _fonts(resources.XObject[key].get("/Resources"))


def _intent(document):
    intents = document.Root.get("/OutputIntents", [])
    if len(intents) != 1 or intents[0].S != Name.GTS_PDFA1:
        return {"6.2.3"}
    profile = intents[0].DestOutputProfile
    data = profile.read_bytes()
    right = (
        profile.N == 3 and data[12:16] == b"mntr" and data[16:20] == b"RGB " and data[8] < 5 and data[36:40] == b"acsp"
    )
    return set() if right and struct.unpack(">I", data[:4])[0] == len(data) else {"6.2.3"}


def _metadata(document):
    if "/Metadata" not in document.Root or document.Root.Metadata.get("/Subtype") != Name.XML:
        return {"6.6.2.1"}
    text = document.Root.Metadata.read_bytes().decode("utf-8")
    tree = ET.fromstring(re.sub(r"<\?xpacket.*?\?>", "", text).strip("\ufeff\n "))
    described, used = set(), set()
    for element in tree.iter():
        space = element.tag[1:].partition("}")[0]
        if element.tag.endswith("schema#}namespaceURI"):
            described.add(element.text)
        elif not space.startswith(
            ("adobe:ns:meta", "http://www.aiim.org/pdfa/ns/schema", "http://www.aiim.org/pdfa/ns/property")
        ):
            used.add(space)
    out = set() if used <= PREDEFINED | described else {"6.6.2.3.1"}
    part = tree.find(".//{http://www.aiim.org/pdfa/ns/id/}part")
    level = tree.find(".//{http://www.aiim.org/pdfa/ns/id/}conformance")
    if part is None or part.text != "2" or level is None or level.text not in {"B", "U"}:
        out.add("6.6.4")
    return out


def _font(font):
    if font.Subtype != Name.Type0:
        descriptor = font.get("/FontDescriptor", {})
        embedded = any(k in descriptor for k in ("/FontFile", "/FontFile2", "/FontFile3"))
        return set() if embedded or font.Subtype == Name.Type3 else {"6.2.11.4.1"}
    out = set()
    descendant = font.DescendantFonts[0]
    if not any(k in descendant.FontDescriptor for k in ("/FontFile2", "/FontFile3")):
        return {"6.2.11.4.1"}
    if descendant.Subtype == Name.CIDFontType2 and "/CIDToGIDMap" not in descendant:
        out.add("6.2.11.3.2")
    if "/ToUnicode" not in font:
        return out | {"6.2.11.7.2"}
    for value in re.findall(rb"<[0-9a-f]{4}> <([0-9a-f]+)>", font.ToUnicode.read_bytes()):
        if value in {b"0000", b"feff", b"fffe"}:
            out.add("6.2.11.7.2")
    if "/FontFile2" in descendant.FontDescriptor and isinstance(descendant.CIDToGIDMap, pikepdf.Stream):
        out |= _widths(descendant)
    return out


def _widths(descendant):
    """Widths of the dictionary are those of the font program (6.2.11.5)."""
    program = descendant.FontDescriptor.FontFile2.read_bytes()
    count = struct.unpack(">H", program[4:6])[0]
    tables = {}
    for at in range(count):
        tag, _, start, size = struct.unpack(">4sIII", program[12 + 16 * at : 28 + 16 * at])
        tables[tag] = program[start : start + size]
    per_em = struct.unpack(">H", tables[b"head"][18:20])[0]
    metrics = struct.unpack(">H", tables[b"hhea"][34:36])[0]
    advance = [struct.unpack(">H", tables[b"hmtx"][4 * g : 4 * g + 2])[0] * 1000 / per_em for g in range(metrics)]
    widths = {}
    entries = list(descendant.get("/W", []))
    while entries:
        first, following = int(entries.pop(0)), entries.pop(0)
        for at, width in enumerate(following):
            widths[first + at] = float(width)
    glyphs = descendant.CIDToGIDMap.read_bytes()
    for code in range(len(glyphs) // 2):
        glyph = struct.unpack(">H", glyphs[2 * code : 2 * code + 2])[0]
        if abs(widths.get(code, float(descendant.DW)) - advance[glyph]) > 1:
            return {"6.2.11.5"}
    return set()
