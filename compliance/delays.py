"""Causes of delay: until when late input may still count, if the tax office accepts the cause (law: scan-input-early).

The law says that input follows right after a special cause ended, without a number of days; own negligence is no cause.
So nothing is ever called met here, and who is later than the usual period counted from the end has no excuse left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compliance.deadlines import deadline_for
from compliance.judging import Case
from domain.circumstances import DelayCause
from domain.labels import Label

DISASTER_LAW = "scan-consequence"
"""Relief exists for proven unavoidable causes only."""
_NAMES: dict[DelayCause, Label] = {
    DelayCause.SPECIAL: ("特別な事由", "a special cause"),
    DelayCause.DISASTER: ("災害その他やむを得ない事情", "a disaster or the like"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """What a stated cause means for a document that is late."""

    what: Label
    todo: Label
    due: date | None
    """Last day that can still be called right after the end; None while the cause lasts, or once input is complete."""
    disaster: bool


def excused(case: Case, due: date) -> Excuse | None:
    """What a stated cause means after the deadline; None where there is none, or where it ended too long ago."""
    delay, on = case.facts.delay, case.facts.stamped_on
    if delay is None or (on or case.today) <= due:
        return None
    disaster = delay.cause is DelayCause.DISASTER
    ja, en = _NAMES[delay.cause]
    ended = delay.until
    latest = max(due, deadline_for(ended, settings=case.settings)) if ended is not None else None
    if latest is not None and (on or case.today) > latest:
        return None
    if on is not None:
        what: Label = (
            f"{ja}により期限 {due:%Y/%m/%d} の後に入力（付与 {on:%Y/%m/%d}）。認められるかは税務署の判断です",
            f"Stamped on {on}, after the deadline of {due}, for {en}; the tax office decides",
        )
        todo: Label = (
            "事情と証拠を示せるようにし、紙や元のデータも保存してください",
            "Keep the evidence ready, and the paper or data",
        )
        return Excuse(what=what, todo=todo, due=None, disaster=disaster)
    lasting = ended is None
    what = (
        f"{ja}により期限 {due:%Y/%m/%d} を過ぎています"
        + ("（続いています）" if lasting else f"（{ended:%Y/%m/%d} に解消）"),
        f"Past the deadline of {due} for {en}" + (", which lasts" if lasting else f", which ended on {ended}"),
    )
    todo = (
        (
            "解消したら、その日を記録し、直ちに認定タイムスタンプを付与してください",
            "Say when it ends; then stamp at once",
        )
        if lasting
        else ("直ちに認定タイムスタンプを付与してください", "Have it stamped at once")
    )
    return Excuse(what=what, todo=todo, due=latest, disaster=disaster)
