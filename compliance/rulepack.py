"""The law as dated data: which rule holds on which day, with its source and how sure that is (law.md §13).

Which day counts is each rule's ``basis`` (law: regime-basis-date): a scan of an old receipt follows the rules of the
day on which it is stored, an electronic transaction those of its own day. Who asks names the day by its basis, and a
rule that goes by another day refuses.

The data stands in several files (``compliance/rules``), read in the order of the days on which they were compiled. A
new law is a new file: it adds rows, and ends earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import BaseModel, ConfigDict

from compliance.packfile import ClassRow, PackFile, PackHead, Row, Rule, parse_pack
from compliance.periods import day_after
from domain.errors import ConfigError
from domain.fields import DocumentType


class RulePack(BaseModel):
    """Everything that the files say together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    packs: tuple[PackHead, ...]
    """The files, oldest first."""
    rule: tuple[Rule, ...]
    document_class: tuple[ClassRow, ...]

    @property
    def id(self) -> str:
        """Name of the newest file: says which law a verdict was made by."""
        return self.packs[-1].id

    @cached_property
    def _rows(self) -> dict[str, tuple[Rule, ...]]:
        by_id: dict[str, list[Rule]] = {}
        for rule in self.rule:
            by_id.setdefault(rule.id, []).append(rule)
        return {rule_id: tuple(rows) for rule_id, rows in by_id.items()}

    def rows(self, rule_id: str) -> tuple[Rule, ...]:
        """Every span of a rule.

        Raises:
            ConfigError: no file knows it.
        """
        found = self._rows.get(rule_id)
        if found is None:
            msg = f"no rule {rule_id} in the rule packs up to {self.id}"
            raise ConfigError(msg, message_ja=f"規則 {rule_id} が規則データ（{self.id} まで）にありません")
        return found

    def find(self, rule_id: str, **on: date) -> Rule | None:
        """The rule as it holds on a day named by its basis, e.g. ``stored_at=day``; None where it does not hold.

        Raises:
            ConfigError: no such rule at all, or it goes by another day than the one named.
        """
        ((basis, day),) = on.items()
        rows = self.rows(rule_id)
        if any(row.basis.value != basis for row in rows):
            msg = f"rule {rule_id} goes by {rows[0].basis}, not by {basis}"
            raise ConfigError(msg, message_ja=f"規則 {rule_id} は {rows[0].basis} で判定します（{basis} ではなく）")
        return next((row for row in rows if row.holds_on(day)), None)

    def holds(self, rule_id: str, **on: date) -> bool:
        """Whether the rule holds on that day."""
        return self.find(rule_id, **on) is not None

    def get(self, rule_id: str, **on: date) -> Rule:
        """The rule as it holds on that day.

        Raises:
            ConfigError: it does not hold on that day, or as in ``find``.
        """
        found = self.find(rule_id, **on)
        if found is None:
            day = next(iter(on.values()))
            msg = f"rule {rule_id} does not hold on {day}"
            raise ConfigError(msg, message_ja=f"{day} の規則 {rule_id} が規則データ（{self.id} まで）にありません")
        return found

    def in_force(self, day: date) -> tuple[Rule, ...]:
        """Rules that hold on a day, each by its own basis, in the order of the files."""
        return tuple(row for row in self.rule if row.holds_on(day))

    def changes(self, *, after: date) -> tuple[tuple[date, Rule, bool], ...]:
        """What is known to change after a day: (first day of the new state, rule, whether it begins), in order."""
        begins = [(row.valid_from, row, True) for row in self.rule if row.valid_from and row.valid_from > after]
        ends = [(day_after(row.valid_to), row, False) for row in self.rule if row.valid_to and row.valid_to >= after]
        return tuple(sorted([*begins, *ends], key=lambda change: (change[0], change[1].id, change[2])))

    def class_row(self, document_type: DocumentType, *, stored_at: date) -> ClassRow | None:
        """The row of the table of document classes that holds on that day."""
        rows = (row for row in self.document_class if row.type is document_type)
        return next((row for row in rows if row.holds_on(stored_at)), None)


def merged(packs: Iterable[PackFile]) -> RulePack:
    """Files to one, in the order of the days on which they were compiled.

    A later file may add rows, and end rows of earlier ones (``[[end]]``).

    Raises:
        ConfigError: two files of one name, rows of one rule that overlap or go by different days, or an end of a row
            that does not exist, that ended before, or that would end before it began.
    """
    rules: list[Row] = []
    heads: list[PackHead] = []
    for pack in sorted(packs, key=lambda p: (p.pack.compiled_on, p.pack.id)):
        if any(head.id == pack.pack.id for head in heads):
            raise _conflict(
                pack, f"a pack of the name {pack.pack.id} was read before", "同じ名前（id）の規則データがもうあります"
            )
        heads.append(pack.pack)
        for end in pack.end:
            rules = _ended(rules, pack, end.id, end.valid_from, end.valid_to)
        added: list[Row] = [*pack.rule, *pack.document_class]
        for row in added:
            _check_against(rules, row, pack)
            rules.append(row)
    if not heads:
        raise ConfigError("no rule pack", message_ja="規則データがありません")
    return RulePack(
        packs=tuple(heads),
        rule=tuple(row for row in rules if isinstance(row, Rule)),
        document_class=tuple(row for row in rules if isinstance(row, ClassRow)),
    )


def _ended(rows: list[Row], pack: PackFile, row_id: str, begins: date | None, last: date) -> list[Row]:
    """The rows with one of them ending earlier."""
    found = next((row for row in rows if row.id == row_id and row.valid_from == begins), None)
    if found is None:
        raise _conflict(
            pack,
            f"it ends {row_id} from {begins or 'ever'}, which no earlier pack has",
            f"[[end]] の {row_id}（開始日 {begins or 'なし'}）は前のデータにありません",
        )
    if found.valid_to is not None and found.valid_to <= last:
        raise _conflict(
            pack,
            f"it ends {row_id} on {last}, which ended on {found.valid_to} already",
            f"[[end]] の {row_id} は {found.valid_to} にもう終わっています",
        )
    if found.valid_from is not None and last < found.valid_from:
        raise _conflict(
            pack,
            f"it ends {row_id} on {last}, before its first day {found.valid_from}",
            f"[[end]] の {row_id} は、始まる日 {found.valid_from} より前の {last} に終わることになります",
        )
    return [row.model_copy(update={"valid_to": last}) if row is found else row for row in rows]


def _check_against(rows: list[Row], new: Row, pack: PackFile) -> None:
    """Rows of one id follow each other and go by the same day."""
    for row in rows:
        if row.id != new.id:
            continue
        if isinstance(row, Rule) and isinstance(new, Rule) and row.basis is not new.basis:
            raise _conflict(
                pack,
                f"its {new.id} goes by {new.basis}, the earlier one by {row.basis}",
                f"{new.id} の basis が {new.basis} ですが、前の行では {row.basis} です",
            )
        if (row.valid_to or date.max) >= (new.valid_from or date.min) and (new.valid_to or date.max) >= (
            row.valid_from or date.min
        ):
            raise _conflict(
                pack,
                f"its {new.id} ({new.span}) overlaps an earlier row ({row.span}); end that one first",
                f"{new.id}（{new.span}）が前の行（{row.span}）と重なります。先に [[end]] で前の行を終わらせてください",
            )


def _conflict(pack: PackFile, why: str, why_ja: str) -> ConfigError:
    return ConfigError(
        f"rule pack {pack.pack.id}: {why}",
        message_ja=f"規則データ {pack.pack.id} が前のデータと合いません: {why_ja}",
        file=pack.pack.id,
    )


def pack_names() -> tuple[str, ...]:
    """Files that come with the program, in the order of their names, which begin with the day of compiling."""
    return tuple(sorted(p.name.removesuffix(".toml") for p in _folder().iterdir() if p.name.endswith(".toml")))


@lru_cache(maxsize=8)
def load_rulepack(upto: date | None = None) -> RulePack:
    """The law as the program knows it; with ``upto`` as it was known on that day.

    Raises:
        ConfigError: a file is not valid, they contradict each other, or none is old enough.
    """
    packs = (
        parse_pack(_folder().joinpath(f"{name}.toml").read_text(encoding="utf-8"), name=f"{name}.toml")
        for name in pack_names()
    )
    return merged(pack for pack in packs if upto is None or pack.pack.compiled_on <= upto)


def _folder() -> Traversable:
    return files("compliance").joinpath("rules")
