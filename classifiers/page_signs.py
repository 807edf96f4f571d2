"""What a page says about the document that it belongs to: numbers, names, headings, columns, the flow of its text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from classifiers.rules import compact, create, heading_of
from domain.fields import DocumentType
from domain.page import Line, PageText

SEPARATOR = "SHOKO:SPLIT"
"""What the QR code of a separator sheet says, and what is printed under it."""

_PAGE_OF = re.compile(
    r"(?:page|seite|p\.?|頁|ページ|no\.)?:?[(\[]?(\d{1,3})(?:頁|ページ|枚)?目?(?:[/∕]|of|von|van|sur)(?:全)?(\d{1,3})"
    r"(?:頁|ページ|枚)?[)\]]?"
    r"|全?(\d{1,3})(?:頁|ページ|枚)(?:中|目)?\(?[全第]?(\d{1,3})(?:頁|ページ|枚)(?:中|目)?\)?"
)
_PAGE_ALONE = re.compile(
    r"(?:page|seite|p\.?|頁|ページ):?(\d{1,3})|[-‐−–—~〜ー一(\[]+(\d{1,3})[-‐−–—~〜ー一)\]]+"
    r"|第?(\d{1,3})(?:頁|ページ|枚目)|(\d{1,2})"
)
_LIKE_ONE = re.compile(r"(?<![a-z\d])[li|!](?=[/∕]\d)|(?<=[-‐−–—])[li|!](?=[-‐−–—])")
"""What is read for the 1 of 1/2 and of - 1 -."""
"""The whole of a word, or of a row: a date or a price in a row of a table is no page number."""
_PAGE_SAID = re.compile(
    r"(?:page|seite|ページ|頁)[:.]?(\d{1,3})(?:[/∕]|of|von)(\d{1,3})(?!\d)|(?<!\d)(\d{1,3})[/∕](\d{1,3})(?:ページ|頁)"
)
"""A page's number among so many wherever it stands, because it says what it is."""
_PAGE_NAMED = re.compile(r"(?:page|seite|p\.)(\d{1,3})")
"""A page's number wherever it stands: running heads may lie over the rows of a table."""
_NUMBER = re.compile(
    r"(?:番号|no\.?|nr\.?|number|nummer|№) ?[:.]? ?#?"
    r"([a-z0-9][a-z0-9\-/_]{2,}(?:\.[a-z0-9]+)*|[a-z0-9]{1,2}(?:\.[a-z0-9]+){2,})"
)
_CODE = re.compile(r"(?<![a-z0-9,.〒-])([a-z]{1,6}-?\d[\d-]{2,}\d|20\d\d-?\d{3,}|0\d{4,})(?![\d,-])")
"""A document's number where nothing says that it is one."""
_REGISTRATION = re.compile(r"t\d{13}")
_PHONE = re.compile(r"0(?!120|570|800)\d{1,3}[-(（]\d{2,4}[-)）]\d{3,4}")
_COMPANY = re.compile(
    r"(?:株式会社|有限会社|合同会社|\(株\)|\(有\)|㈱|㈲)(?:(?!御中|様|殿|担当)[^\s、。,.()\d:「」]){2,12}|[^\s、。,.()\d:「」]{2,12}(?:株式会社|有限会社|合同会社|\(株\)|\(有\))"
)
_ADDRESSEE = re.compile(r"(?:御中|様|殿)$")
_DAY = re.compile(
    r"(20\d\d)[年/.\-](\d{1,2})[月/.\-](\d{1,2})"
    r"|['’](\d{2})[年/.\-](\d{1,2})[月/.\-](\d{1,2})"
    r"|(?:令和|(?<![a-z])r)(\d{1,2}|元)[年/.\-](\d{1,2})[月/.\-](\d{1,2})"
    r"|令和([元一二三四五六七八九十]{1,3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
    r"|(?<![\d./-])(\d{1,2})[./-](\d{1,2})[./-](20\d\d)(?!\d)"
)
_YEAR_LAST = 15
"""Group of a year that stands behind day and month, as abroad."""
_REIWA, _CENTURY = 2018, 2000
_EDITION = re.compile(r"制定|改[定訂正]|施行|現在|(?:\d|[初改])版$")
"""Of days that say how old a printed form is."""
_MADE = re.compile("作成日")
"""Of the day of a document that has a heading, and of days that say how old a list is."""
_CLAUSE = re.compile(r"^(?:第[0-9一二三四五六七八九十]{1,3}条|[(]?\d{1,2}[).、]|[・●■◆*]).{12,}")
_LEAST_CLAUSES = 3
_END = re.compile(
    r"合計|総額|総計|領収金額|(?:御|ご)請求(?:金)?額|お支払(?:い)?(?:金)?額|total|summe|zahlbetrag|各(?:自)?(?:1|一)通を?保有"
)
_CLOSED = re.compile(r"^以上$|各(?:自)?(?:1|一|壱)通を?保有|記名押印|上記のとおり")
_ONWARD = re.compile(r"(?:次|翌)(?:頁|ページ|葉)|以下次|つづく|続く$|続きます|continued|carried|次ページ")
_BROUGHT = re.compile(r"前(?:頁|ページ|葉)|^\(?(?:続き|続紙|つづき)\)?|broughtforward|(?<!前[月回期])繰越(?:小計|高)?$")
_FROM_BEFORE = re.compile(r"\(?前(?:頁|ページ|葉)(?:より|から|計|小計|繰越)")
_ATTACHED = re.compile(
    r"^(?:別紙|別添|別表|添付|内訳|明細|(?:請求|工事|作業)?(?:内訳)?明細|取引条件|約款|注意事項)"
    r"|(?:明細書?|内訳書?|一覧|約款|取引条[件項]|注意事項|その他の条件|にあたって)(?:\(.*\))?$"
)
_TERMS = re.compile(r"約款|取引(?:基本)?条[件項]|利用規約|注意事項|販売条件")
_GREETING = re.compile(r"^(?:拝[啓呈]|謹[啓呈]|前略|急啓|平素|時下|毎度|いつも|dear|sehrgeehrte)|敬具$|謹言$|草々$")
"""How a letter opens, and how it closes."""
_LETTER = re.compile(r"^.{2,20}の(?:お知らせ|ご案内|お願い|ご?挨拶)状?$")
_NAMED_SO = re.compile(r"以下[、,]?[「『(].{1,6}[」』)]と(?:い|称|呼)")
_BOTH = 2
"""Parties of a contract that its first lines give short names."""
_SIGNED = re.compile(r"代表(?:取締役|者|社員|理事)|取締役社長|理事長|㊞|^[甲乙]{1,2}(?:住所|:.*)?$|記名押印|署名")
_LEAST_SIGNED = 2
"""Marks of signatures from which somebody signs: printed terms may name one representative."""
_PARTIES = re.compile(r"[「(『]?甲[」)』]?.{0,30}乙|記名押印|締結")
ARTICLE = re.compile(r"^第([0-9一二三四五六七八九十]{1,4})条")
_KANJI = {c: n for n, c in enumerate("〇一二三四五六七八九")}
_SURE = 0.8
_SHORT_LINE = 24
_EDGE_LINES = 4
"""Rows at the head and at the foot among which page numbers stand."""
_A4 = 1.41
"""Height to width."""
_TOP = 0.35
"""Share of the page's height that is its head: letterhead, addressee, number and day stand there."""
_SAME_ROW = 0.02
"""Share of the page's height within which two rows stand at the same place."""
_AMOUNT = re.compile(r"[¥\\]\d|\d{1,3}(?:,\d{3})+|\d(?:円|%)")
_FIRST_ROWS, _VERY_FIRST, _LEAST_AMOUNTS = 5, 2, 2
_LEAST_PIECES = 20
_LARGE, _SAME_SIZE = 1.25, 0.2
"""Height of a title's lines against the usual one, and by how much two of them differ."""
_LEAST_LINE = 6
_LEAST_FIGURES = 2
"""In a number of a document: what stands behind "no" may be the rest of a word."""
_NAMED_ROWS = 25
"""Rows from the top in which a number that is called one is the document's."""
_DATED_ROWS = 9
"""Rows from the top in which a day is the document's, however short the page is."""
_CELLS = 3
"""Words in a row from which it is a row of a table."""
_COUNTED = re.compile(r"^[(\[]?(?:no\.?)?(\d{1,3})(?:[)\].、:]+(?=\D)|(?=[^\d\s,./:%\-年月日円個回時]))")
"""The number of a row of a list, or of a clause: a day, a price or a quantity is none."""
_CLOSING = re.compile(
    r"^[<【(\[]?(?:(?:小計|合計|総計|総合計|税抜|税込|消費税|内消費税|税率|軽減税率|(?:10|8)%|値引|調整額|源泉|差引)(?!請求|通知|伝票|明細|書)"
    r"|※|[*]|備考|注(?:記|意)?[:)]|但し|(?:お|ご)?(?:振込先|支払条件)|(?:お|ご)?(?:支払|取引|納入|検収)(?:期限|期日|場所)?[:は]"
    r"|口座名義|以上$|本書に関する|(?:お|ご)問い?合わせ|ご不明|何卒|なお[、,]|上記)"
)
"""With what the end of a document begins: its sums, notes on what stands above, terms of payment, courtesies."""
_LEAST_CLOSING = 2
"""Of a page's first rows, of which the very first counts twice."""
_FIGURES = re.compile(r"\d[\d,./-]*\d")
_SAME_COLUMN = 0.02
"""Share of the page's width within which two columns begin at the same place: about 4 mm on A4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSigns:
    """One page, looked at once."""

    page_index: int
    number: int | None
    total: int | None
    heading: DocumentType | None
    title: str
    """The largest line of its head, compact."""
    clauses: bool
    """It lists clauses."""
    numbers: frozenset[str]
    days: frozenset[str]
    """Days that stand in its head, in one form whatever they were printed in."""
    registrations: frozenset[str]
    phones: frozenset[str]
    companies: frozenset[str]
    addressee: bool
    ended: bool
    """A total or the signatures stand on it."""
    greets: bool
    """It opens or closes as a letter does."""
    signed: bool
    """Two parties, or one with its name and seal, sign it."""
    closed: bool
    onward: bool
    brought: bool
    attached: bool
    """Its first lines name it a list or terms that belong to something."""
    first_article: int | None
    last_article: int | None
    columns: tuple[float, ...]
    """Where the columns of its rows begin, as shares of the page's width."""
    head_rows: frozenset[tuple[str, int]]
    """Compact text and place of the rows at its head, for telling repeated ones."""
    head_words: frozenset[str]
    """Pairs of characters of its head."""
    pieces: frozenset[str]
    """Every three characters that follow each other in a row below its head, for telling the same page again."""
    closing: bool
    """Its first rows are sums, or notes on what stands above: nobody begins a document so."""
    first_count: int | None
    last_count: int | None
    """Numbers of the first and the last row of a list that counts its rows."""
    labels: frozenset[frozenset[str]]
    """Rows of words without digits: heads of tables."""
    first_labels: tuple[frozenset[str], ...]
    """Those of its first rows; empty for a row of another kind."""
    figures: frozenset[str]
    """Numbers of two digits and more, but for its own page's."""
    said: str
    """Its rows, compact."""
    lines: frozenset[str]
    """Each of them, but for the shortest."""
    first_lines: frozenset[str]
    """Those among its first rows."""
    begins_in_table: bool
    """Its first rows are rows of a table with amounts: nobody begins a document so."""
    table_at_top: bool
    table_at_bottom: bool
    shape: float
    """Width to height of the page."""
    print_height: float
    """Usual height of its lines as a share of the page's width."""
    filled: float
    """Share of the page's height down to which it is printed."""
    characters: int
    open_sentence: bool
    """Its last long line does not end a sentence."""
    source: str


def signs_of(page: PageText, *, size: tuple[int, int] | None = None) -> PageSigns:
    """Look at one page; ``size`` is its width and height in pixels where known."""
    rows = [line for line in page.rows if line.text.strip()]
    texts = [compact(line.text) for line in rows]
    width, height = size or _extent(rows)
    cut = _TOP * height
    head = [(line, text) for line, text in zip(rows, texts, strict=True) if line.box.top <= cut]
    dated = [text for text in texts[: max(len(head), _DATED_ROWS)] if not _EDITION.search(text)]
    number, total = page_number(rows)
    everything = "\n".join(texts)
    articles = [value for match in map(ARTICLE.match, texts) if match and (value := _value(match[1]))]
    tables = [len(line.words) >= _CELLS for line in rows]
    labels = [_labels(line) if inside else frozenset() for line, inside in zip(rows, tables, strict=True)]
    first_count, last_count = _counts(texts)
    priced = [
        inside and bool(_AMOUNT.search(text))
        for inside, text in zip(tables[:_FIRST_ROWS], texts[:_FIRST_ROWS], strict=True)
    ]
    body = [text for text in texts if len(text) > _SHORT_LINE // 2]
    clauses = sum(bool(_CLAUSE.match(text)) for text in texts) >= _LEAST_CLAUSES
    addressee = any(_ADDRESSEE.search(compact(w.text)) for line, _ in head for w in line.words)
    greets = any(_GREETING.search(text) for text in texts)
    heading = None if _printed_terms(texts) else heading_of(page) or heading_of(_unwrapped(page)) or _slip(page)
    if heading is None and addressee and not clauses and (greets or any(_LETTER.match(text) for _, text in head)):
        heading = DocumentType.OTHER
    if heading is None and articles[:1] == [1] and len(_NAMED_SO.findall("".join(texts))) >= _BOTH:
        heading = DocumentType.CONTRACT
    return PageSigns(
        page_index=page.page_index,
        number=number,
        total=total,
        heading=heading,
        title=_title(head),
        clauses=clauses,
        numbers=_numbers(rows[:_NAMED_ROWS], [line for line, _ in head]),
        days=frozenset(day for text in dated if heading or not _MADE.search(text) for day in _days(text)),
        registrations=frozenset(_REGISTRATION.findall(everything.replace("-", ""))),
        phones=frozenset(_PHONE.findall(everything)),
        companies=frozenset(found for _, text in head for found in _COMPANY.findall(text)),
        addressee=addressee,
        ended=any(_END.search(text) for text in texts),
        greets=greets,
        signed=sum(len(_SIGNED.findall(text)) for text in texts) >= _LEAST_SIGNED,
        closed=any(_CLOSED.search(text) for text in texts),
        onward=any(_ONWARD.search(text) for text in texts[-_EDGE_LINES:]),
        brought=any(_BROUGHT.search(text) for text in texts[:_EDGE_LINES])
        or any(_FROM_BEFORE.match(text) for _, text in head),
        attached=any(len(text) <= _SHORT_LINE and _ATTACHED.search(text) for text in texts[:_EDGE_LINES]),
        first_article=articles[0] if articles else None,
        last_article=articles[-1] if articles else None,
        columns=_columns(rows, tables, width),
        head_rows=frozenset((text, round(line.box.top / (height * _SAME_ROW))) for line, text in head if len(text) > 2),
        head_words=frozenset(text[i : i + 2] for _, text in head for i in range(len(text) - 1)),
        pieces=_pieces(text for line, text in zip(rows, texts, strict=True) if line.box.top > cut) or _pieces(texts),
        closing=sum(bool(_CLOSING.match(text)) for text in (*texts[:1], *texts[:_EDGE_LINES])) >= _LEAST_CLOSING,
        first_count=first_count,
        last_count=last_count,
        labels=frozenset(filter(None, labels)),
        first_labels=tuple(labels[:_FIRST_ROWS]),
        figures=frozenset(one for text in texts if not _of_several(text) for one in _FIGURES.findall(text)),
        said=everything,
        lines=_lines(texts),
        first_lines=_lines(texts[:_FIRST_ROWS]),
        begins_in_table=sum(priced) >= _LEAST_AMOUNTS and any(priced[:_VERY_FIRST]),
        table_at_top=sum(tables[:8]) >= 3,
        table_at_bottom=sum(tables[-8:]) >= 3,
        shape=width / max(height, 1),
        print_height=median([min(line.box.width, line.box.height) for line in rows] or [0]) / max(width, 1),
        filled=max((line.box.bottom for line in rows), default=0) / max(height, 1),
        characters=len(everything),
        open_sentence=bool(body) and not body[-1].endswith(("。", ".", ")", "」")),
        source=page.source,
    )


def is_blank(page: PageText) -> bool:
    """Nothing to read on it."""
    return not any(line.text.strip() for line in page.lines)


def is_separator(page: PageText) -> bool:
    """A sheet that parts documents: by its QR code, or by the same words printed under it."""
    wanted = SEPARATOR.casefold()
    return wanted in {code.strip().casefold() for code in page.codes} or any(
        compact(line.text) == wanted for line in page.rows
    )


def page_number(rows: Sequence[Line]) -> tuple[int | None, int | None]:
    """Number and number of pages as printed at the head or foot, or None for each.

    What several rows carry in the same form is a column of dates.
    """
    edges = [*rows[:_EDGE_LINES], *rows[max(_EDGE_LINES, len(rows) - _EDGE_LINES) :]]
    wholes = [_page_words(line.text) for line in edges]
    pieces = [
        {whole, *(_page_words(word.text) for word in line.words)} for whole, line in zip(wholes, edges, strict=True)
    ]
    said = {pair for whole in wholes for found in _PAGE_SAID.finditer(whole) if (pair := _ordered(found))}
    if len(said) == 1:
        return said.pop()
    rows_alone = [pair for line in rows if (pair := _of_several(_page_words(line.text)))]
    if len(rows_alone) == 1 and any(_of_several(whole) for whole in wholes):
        return rows_alone[0]
    pairs = {pair for row in pieces for piece in row if (pair := _of_several(piece))}
    dates = sum(any(_of_several(compact(word.text)) for word in line.words) for line in rows)
    if len(pairs) == 1 and dates <= 1:
        return pairs.pop()
    # A bare number stands alone at the very edge; elsewhere it is a quantity.
    for place, (whole, row) in enumerate(zip(wholes, pieces, strict=True)):
        outermost = place in {0, len(pieces) - 1}
        for piece in sorted(row):
            alone = _PAGE_ALONE.fullmatch(piece)
            bare = alone is not None and alone[4] is not None
            if alone and (piece == whole or (outermost and alone[2])) and (not bare or (outermost and len(row) == 1)):
                value = int(next(group for group in alone.groups() if group))
                return (value, None) if value else (None, None)
    named = {int(m[1]) for line in rows for word in line.words if (m := _PAGE_NAMED.fullmatch(compact(word.text)))}
    return (named.pop() or None, None) if len(named) == 1 else (None, None)


def _page_words(text: str) -> str:
    return _LIKE_ONE.sub("1", compact(text))


def _of_several(piece: str) -> tuple[int, int] | None:
    match = _PAGE_OF.fullmatch(piece)
    if match is None:
        return None
    swapped = match[3] and int(match[3]) > int(match[4])
    return (int(match[4]), int(match[3])) if swapped else _ordered(match)


def _ordered(match: re.Match[str]) -> tuple[int, int] | None:
    number, total = (int(group) for group in match.groups() if group)
    return (number, total) if 1 <= number <= total else None


def _numbers(named: Sequence[Line], head: Sequence[Line]) -> frozenset[str]:
    """Numbers of documents. Words are kept apart: a page's number beside one is no part of it."""
    found = {m[1] for line in named for m in _NUMBER.finditer(_apart(line))}
    plain = [line for line in head if not _AMOUNT.search(compact(line.text))]
    found |= {code for line in plain for code in _CODE.findall(_PHONE.sub(" ", _apart(line)))}
    long = {one for one in found if sum(map(str.isdecimal, one)) >= _LEAST_FIGURES}
    return frozenset(one for one in long if not _REGISTRATION.match(one.replace("-", "")))


def _apart(line: Line) -> str:
    return " ".join(compact(word.text) for word in line.words)


def _extent(rows: Sequence[Line]) -> tuple[int, int]:
    """Width and height where nobody knows them: at least an A4 page as wide as its print."""
    right = max((line.box.right for line in rows), default=1)
    return right, max(max((line.box.bottom for line in rows), default=1), round(_A4 * right))


def _title(head: Sequence[tuple[Line, str]]) -> str:
    large = max(head, key=lambda pair: (min(pair[0].box.width, pair[0].box.height), -pair[0].box.top), default=None)
    return large[1][:_SHORT_LINE] if large else ""


def _days(text: str) -> Iterator[str]:
    for found in _DAY.finditer(text):
        year, month, day = (_value(part) if part != "元" else 1 for part in found.groups() if part)
        if found[_YEAR_LAST]:
            yield f"{day}-{month}-{year}"
            continue
        era = 0 if found[1] else _CENTURY if found[4] else _REIWA
        yield f"{year + era}-{month}-{day}"


def _columns(rows: Sequence[Line], tables: Sequence[bool], width: int) -> tuple[float, ...]:
    """Left and right ends of words that several table rows share."""
    edges = sorted(
        side / max(width, 1)
        for line, inside in zip(rows, tables, strict=True)
        if inside
        for word in line.words
        for side in (word.box.left, word.box.right)
    )
    found: list[float] = []
    group: list[float] = []
    for edge in edges:
        if group and edge - group[0] > _SAME_COLUMN:
            if len(group) >= _CELLS:
                found.append(sum(group) / len(group))
            group = []
        group.append(edge)
    if len(group) >= _CELLS:
        found.append(sum(group) / len(group))
    return tuple(found)


def _labels(line: Line) -> frozenset[str]:
    words = frozenset(compact(word.text) for word in line.words)
    return words if len(words) >= _CELLS and not any(c.isdecimal() for word in words for c in word) else frozenset()


def _lines(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(text for text in texts if len(text) >= _LEAST_LINE and not text.isdecimal())


def _counts(texts: Sequence[str]) -> tuple[int | None, int | None]:
    """Number of the first counted row, and of the last of several that are counted one after the other."""
    found = [int(match[1]) for match in map(_COUNTED.match, texts) if match]
    runs: list[list[int]] = []
    for number in found:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    last = runs[-1][-1] if runs and len(runs[-1]) > 1 else None
    return (found[0], last) if found else (None, None)


def _pieces(texts: Iterable[str]) -> frozenset[str]:
    """Every three characters that follow each other; none where they are too few to tell anything."""
    found = frozenset(text[i : i + 3] for text in texts for i in range(len(text) - 2))
    return found if len(found) >= _LEAST_PIECES else frozenset()


def _value(digits: str) -> int:
    """An article's number, in Arabic or kanji digits; 0 where it is none."""
    plain = unicodedata.normalize("NFKC", digits)
    if plain.isdecimal():
        return int(plain)
    tens, found, ones = plain.partition("十")
    try:
        if found:
            return 10 * (_KANJI[tens] if tens else 1) + (_KANJI[ones] if ones else 0)
        return int("".join(str(_KANJI[c]) for c in plain))
    except (KeyError, ValueError):
        return 0


def _printed_terms(texts: Sequence[str]) -> bool:
    """Terms printed for everybody: they name no parties, and belong to what they stand behind."""
    named = any(len(text) <= _SHORT_LINE and _TERMS.search(text) for text in texts[:_EDGE_LINES])
    return named and not any(_PARTIES.search(text) for text in texts)


def _unwrapped(page: PageText) -> PageText:
    """The page with large lines joined to those that they go on in: a title that was too long for its place."""
    usual = median([line.box.height for line in page.lines] or [0])
    lines: list[Line] = []
    for line in page.lines:
        size = line.box.height
        if lines and size > usual * _LARGE and abs(lines[-1].box.height - size) < size * _SAME_SIZE:
            lines[-1] = replace(lines[-1], words=(*lines[-1].words, *line.words))
        else:
            lines.append(replace(line, row=None))
    return replace(page, lines=tuple(lines), tables=())


def _slip(page: PageText) -> DocumentType | None:
    """A till slip needs no heading to be a receipt of its own."""
    found = create().classify((page,))
    sure = found.label is DocumentType.RECEIPT and found.confidence >= _SURE
    return DocumentType.RECEIPT if sure else None
