"""PDF pages made for tests: a font whose letters are small boxes and say whatever a test wants."""

import io

import pikepdf
from pikepdf import Dictionary, Name

PT = 200 / 72
"""Pixels per point at the default resolution."""
BOX = b"1000 0 0 0 1000 1000 d1 80 0 840 860 re f"
BLANK = b"1000 0 0 0 1000 1000 d1"


def helvetica():
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def to_unicode(document, mapping):
    """A ToUnicode map from one-byte codes to text."""
    rows = "\n".join(f"<{code:02x}> <{text.encode('utf-16-be').hex()}>" for code, text in mapping.items())
    return document.make_stream(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
            "1 begincodespacerange <00> <ff> endcodespacerange\n"
            f"{len(mapping)} beginbfchar\n{rows}\nendbfchar\nendcmap end end"
        ).encode()
    )


def box_font(document, characters, *, says=None, mapped=True, glyph=BOX):
    """A Type 3 font with one code per character from 33 up; ``says`` is what the layer claims instead."""
    codes = {33 + at: character for at, character in enumerate(dict.fromkeys(characters))}
    names = {code: Name(f"/g{code}") for code in codes}
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=[0, -200, 1000, 1000],
        FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
        CharProcs=Dictionary({str(name): document.make_stream(glyph) for name in names.values()}),
        Encoding=Dictionary(Type=Name.Encoding, Differences=[33, *names.values()] if names else [33, Name("/g33")]),
        FirstChar=33,
        LastChar=32 + len(codes),
        Widths=[1000] * len(codes),
        Resources=Dictionary(),
    )
    if mapped:
        font.ToUnicode = to_unicode(document, {c: (says or {}).get(t, t) for c, t in codes.items()})
    return font, {text: code for code, text in codes.items()}


class Sheet:
    """One page under construction, in points from the top left."""

    def __init__(self, *, width=400, height=300):
        self.document = pikepdf.new()
        self.width, self.height = width, height
        self.page = self.document.add_blank_page(page_size=(width, height))
        self.parts = []
        self.fonts = {}
        self.pictures = {}
        self.properties = {}

    def font(self, font):
        name = f"F{len(self.fonts)}"
        self.fonts["/" + name] = font
        return name

    def boxes(self, text, x, y, *, size=12, down=False, gap=1.0, before="", after="", glyph=BOX, **options):
        """Print text in a box font of its own, from (x, y) on; each character placed by itself."""
        font, codes = box_font(self.document, text, glyph=glyph, **options)
        name = self.font(font)
        out = [before, "BT", f"/{name} {size} Tf"]
        for at, character in enumerate(text):
            step = at * size * gap
            left, top = (x, y + step) if down else (x + step, y)
            out.append(f"1 0 0 1 {left} {self.height - top - size} Tm <{codes[character]:02x}> Tj")
        self.parts.append("\n".join([*out, "ET", after]))
        return self

    def raw(self, content):
        self.parts.append(content)
        return self

    def picture(self, pixels, left, top, width, height):
        name = f"Im{len(self.pictures)}"
        stream = self.document.make_stream(pixels.tobytes())
        stream.Type, stream.Subtype = Name.XObject, Name.Image
        stream.Width, stream.Height = pixels.shape[1], pixels.shape[0]
        stream.ColorSpace, stream.BitsPerComponent = Name.DeviceGray, 8
        self.pictures["/" + name] = stream
        return self.raw(f"q {width} 0 0 {height} {left} {self.height - top - height} cm /{name} Do Q")

    def save(self, *, rotate=0):
        self.page.obj.Contents = self.document.make_stream("\n".join(self.parts).encode())
        self.page.obj.Resources = Dictionary(
            Font=Dictionary(self.fonts), XObject=Dictionary(self.pictures), Properties=Dictionary(self.properties)
        )
        if rotate:
            self.page.obj.Rotate = rotate
        buffer = io.BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()
