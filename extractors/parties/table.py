"""The counterparty master as a CSV table: hostile or hasty input read strictly, and the same table written again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.counterparties import Master, PartyFacts, phone_key
from domain.errors import InputError
from domain.fields import BankAccount
from domain.registration import check_digit_ok
from domain.spreadsheets import inert, is_formula
from domain.text import nfkc

MAX_BYTES = 50_000_000
"""A row is some 150 bytes: 200,000 counterparties with room to spare."""
MAX_ROWS = 200_000
MAX_CELL = 500
"""Characters. The longest registered company names have fewer than 150."""
MAX_PROBLEMS = 20
"""Problems told at once."""
SEPARATOR = "|"
"""Between several values of one cell."""

ID, NAME, VARIANTS, NUMBER, PHONE = "取引先ID", "取引先名", "別名", "登録番号", "電話番号"
BANK, BRANCH, TYPE, ACCOUNT, HOLDER = "銀行名", "支店名", "口座種別", "口座番号", "口座名義"
TITLE, CLOSED = "勘定科目", "使用停止"
COLUMNS = (ID, NAME, VARIANTS, NUMBER, PHONE, BANK, BRANCH, TYPE, ACCOUNT, HOLDER, TITLE, CLOSED)
_SAME = {
    "名称": NAME, "名前": NAME, "会社名": NAME, "取引先": NAME, "取引先名称": NAME, "正式名称": NAME,
    "別名称": VARIANTS,    "略称": VARIANTS, "適格請求書発行事業者登録番号": NUMBER, "インボイス登録番号": NUMBER,
    "インボイス番号": NUMBER,
    "電話": PHONE, "tel": PHONE, "銀行": BANK, "支店": BRANCH, "預金種別": TYPE, "名義": HOLDER, "取引先コード": "",
}  # fmt: skip
"""Other headings that mean the same; an empty meaning is a column that is known and not taken."""
_YES, _NO = frozenset({"1", "true", "yes", "はい", "○", "停止"}), frozenset({"", "0", "false", "no", "いいえ"})
_TEXT_FORMULA = re.compile(r'^="([^"]*)"$')
_NUMBER = re.compile(r"T?[0-9]{13}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffd]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyTable:
    """What a table says."""

    facts: tuple[PartyFacts, ...]
    warnings: tuple[str, ...]
    """Japanese, with line and column: columns that were not taken, check digits that do not fit."""


def parse_table(content: bytes, *, known_ids: Iterable[str] = ()) -> PartyTable:
    """Read a table of counterparties, all of it or nothing.

    UTF-8 (with or without a byte order mark), UTF-16 with one, or CP932; a row with an id replaces what is known of
    that counterparty, one without adds to it; further rows of one id or name give further bank accounts.

    Args:
        content: bytes of the file.
        known_ids: ids that a row may name.

    Raises:
        InputError: the message names lines and columns.
    """
    rows = _rows(_decoded(content))
    heading, columns, ignored = _heading(rows)
    known = frozenset(known_ids)
    found: dict[str, PartyFacts] = {}
    problems: list[str] = []
    warnings = [f"1行目「{name}」: 知らない列なので取り込みません" for name in ignored]
    for line, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        reader = _Row(line=line, problems=problems, warnings=warnings)
        if len(cells) > heading:
            reader.problem(None, f"列が {len(cells)} 個あり、見出しの {heading} 個より多くなっています")
            continue
        facts = reader.facts({name: cells[i] for i, name in columns.items() if i < len(cells)}, known)
        if facts is not None:
            key = facts.counterparty_id or f"名 {nfkc(facts.name)}"
            found[key] = _joined(found[key], facts) if key in found else facts
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise _invalid(*problems)
    return PartyTable(facts=tuple(found.values()), warnings=tuple(warnings))


def write_table(master: Master) -> bytes:
    """The master as the table that ``parse_table`` reads: UTF-8 with a byte order mark, for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in master:
        for index, account in enumerate(one.bank_accounts or (BankAccount(),)):
            first = index == 0
            writer.writerow(
                _guarded(cell)
                for cell in (
                    one.counterparty_id,
                    one.name,
                    SEPARATOR.join(one.variants) if first else "",
                    SEPARATOR.join(one.registration_numbers) if first else "",
                    SEPARATOR.join(one.phones) if first else "",
                    account.bank or "",
                    account.branch or "",
                    account.type or "",
                    account.number or "",
                    account.holder or "",
                    (one.account_title or "") if first else "",
                    "1" if one.closed and first else "",
                )
            )
    return out.getvalue().encode("utf-8-sig")


def _guarded(cell: str) -> str:
    """Text that a spreadsheet does not take for a formula, and that keeps its leading zeros."""
    if cell.isdigit() and cell.startswith("0"):
        return f'="{cell}"'
    return f"'{cell}" if cell.startswith("'") else inert(cell)


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _invalid(f"ファイルが大きすぎます（{len(content):,} バイト、上限 {MAX_BYTES:,} バイト）")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _invalid("文字コードを判別できません。UTF-8 か Shift_JIS (CP932) で保存してください")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Lines with their number in the file (a cell may hold line ends: a row is named by its last line)."""
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    out: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if len(out) > MAX_ROWS:
                raise _invalid(f"行が多すぎます（上限 {MAX_ROWS:,} 行）")
            out.append((reader.line_num, cells))
    except csv.Error as error:
        raise _invalid(f"{reader.line_num}行目: CSV として読めません（引用符の対応などを確かめてください）") from error
    if not out:
        raise _invalid("ファイルが空です")
    return out


def _heading(rows: Sequence[tuple[int, list[str]]]) -> tuple[int, dict[int, str], list[str]]:
    """How many columns there are, which of them mean what, and the headings that mean nothing here."""
    columns: dict[int, str] = {}
    ignored: list[str] = []
    for index, cell in enumerate(rows[0][1]):
        plain = "".join(nfkc(cell).split())
        name = _SAME.get(plain.casefold(), plain)
        if name in COLUMNS and name in columns.values():
            raise _invalid(f"1行目「{name}」: 同じ列が2つあります")
        if name in COLUMNS:
            columns[index] = name
        elif plain:
            ignored.append(plain[:30])
    if NAME not in columns.values():
        raise _invalid(f"1行目: 見出しに「{NAME}」がありません。使える見出し: {'、'.join(COLUMNS)}")
    return len(rows[0][1]), columns, ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One line being read."""

    line: int
    problems: list[str]
    warnings: list[str]

    def problem(self, column: str | None, what: str) -> None:
        self.problems.append(f"{self.line}行目{f'「{column}」' if column else ''}: {what}")

    def facts(self, cells: Mapping[str, str], known_ids: frozenset[str]) -> PartyFacts | None:
        before = len(self.problems)
        plain = {name: self._plain(name, cell) for name, cell in cells.items()}

        def several(column: str) -> tuple[str, ...]:
            parts = (" ".join(part.split()) for part in re.split(r"[|\n]", plain.get(column, "")))
            return tuple(dict.fromkeys(part for part in parts if part))

        name = " ".join(plain.get(NAME, "").split())
        if not name:
            self.problem(NAME, "空欄です")
        counterparty_id = plain.get(ID) or None
        if counterparty_id is not None and counterparty_id not in known_ids:
            self.problem(ID, f"「{counterparty_id[:40]}」という取引先はありません。新しい取引先なら空欄にしてください")
        closed = plain.get(CLOSED, "").casefold()
        if closed not in _YES | _NO:
            self.problem(CLOSED, "1（停止）か空欄にしてください")
        numbers = tuple(n for text in several(NUMBER) if (n := self._number(text)) is not None)
        phones = tuple(p for text in several(PHONE) if (p := self._phone(text)) is not None)
        accounts = self._accounts(plain)
        if len(self.problems) > before:
            return None
        return PartyFacts(
            name=name,
            variants=several(VARIANTS),
            registration_numbers=numbers,
            phones=phones,
            bank_accounts=accounts,
            account_title=plain.get(TITLE) or None,
            counterparty_id=counterparty_id,
            closed=closed in _YES,
        )

    def _plain(self, column: str, cell: str) -> str:
        """A cell's text; formulas are never taken for text, but for those that only keep leading zeros."""
        text = nfkc(cell).strip()
        kept = _TEXT_FORMULA.match(text)
        text = kept[1] if kept else text
        if len(text) > MAX_CELL:
            self.problem(column, f"{len(text):,} 文字あります（上限 {MAX_CELL} 文字）")
            return ""
        if _CONTROL.search(text):
            self.problem(column, "使えない文字（制御文字など）が入っています")
            return ""
        if text.startswith("'"):
            return text[1:].strip()
        if is_formula(text) and not (column == PHONE and phone_key(text)):
            self.problem(column, "数式のようなセルは取り込めません。値だけにしてください")
            return ""
        return text

    def _number(self, text: str) -> str | None:
        digits = re.sub(r"[\s\-]", "", text).upper()
        if not _NUMBER.fullmatch(digits):
            self.problem(NUMBER, "T と 13 桁の数字にしてください")
            return None
        number = "T" + digits.removeprefix("T")
        if not check_digit_ok(number):
            self.warnings.append(
                f"{self.line}行目「{NUMBER}」: 検査数字が合いません（個人事業者なら合わないことがあります）"
            )
        return number

    def _phone(self, text: str) -> str | None:
        found = phone_key(text)
        if found is None:
            self.problem(PHONE, "市外局番からの電話番号にしてください（先頭の 0 が消えていないか確かめてください）")
        return found

    def _accounts(self, plain: Mapping[str, str]) -> tuple[BankAccount, ...]:
        bank, branch, kind, number, holder = (plain.get(c) or None for c in (BANK, BRANCH, TYPE, ACCOUNT, HOLDER))
        if number is not None and not re.fullmatch(r"[0-9\-]{1,10}", number):
            self.problem(ACCOUNT, "数字にしてください")
            return ()
        if not (bank or branch or number):
            return ()
        if not (bank and branch and number):
            self.problem(next(c for c in (BANK, BRANCH, ACCOUNT) if not plain.get(c)), "口座の一部だけ空欄です")
            return ()
        return (BankAccount(bank=bank, branch=branch, type=kind, number=number, holder=holder),)


def _joined(first: PartyFacts, further: PartyFacts) -> PartyFacts:
    """Two rows about one counterparty."""

    def both(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*a, *b)))

    return replace(
        first,
        variants=both(first.variants, further.variants),
        registration_numbers=both(first.registration_numbers, further.registration_numbers),
        phones=both(first.phones, further.phones),
        bank_accounts=tuple(dict.fromkeys((*first.bank_accounts, *further.bank_accounts))),
        account_title=first.account_title or further.account_title,
        closed=first.closed or further.closed,
    )


def _invalid(*problems: str) -> InputError:
    more = "（ほかにもある可能性があります）" if len(problems) >= MAX_PROBLEMS else ""
    return InputError(f"{len(problems)} problem(s) in the table", message_ja="\n".join(problems) + more)
