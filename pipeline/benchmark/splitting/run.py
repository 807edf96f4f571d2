"""The benchmark's section on stacks: made, read by the shipped path, judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from rich.table import Table

from domain.errors import ConfigError
from pipeline.benchmark.rates import Rate
from pipeline.benchmark.splitting.making import stacks
from pipeline.benchmark.splitting.measure import SplitStack, Splitting, measure
from pipeline.steps.read import Reader

_APART = 10_000
"""Between the first documents of two seeds, so that each seed has documents of its own. The fit takes those below."""
_LABELS = {
    "born_digital": "電子",
    "scan200": "200dpi",
    "skew": "傾き",
    "duplex": "両面",
    "bleed": "裏写り",
    "noise": "汚れ",
}


def run_splitting(
    *,
    reader: Reader,
    today: date,
    count: int,
    seed: int,
    held_back: bool,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
) -> Splitting:
    """Make ``count`` stacks and read them.

    Raises:
        ConfigError: no browser to draw them with.
    """
    from playwright.sync_api import Error as BrowserError  # noqa: PLC0415 - the generator's alone

    from samples.generator.printer import Printer  # noqa: PLC0415
    from samples.generator.stacks import make_members  # noqa: PLC0415

    parties = []
    try:
        with Printer() as printer:
            for number in range(count):
                parties.append(make_members(_APART * seed + number, held_back=held_back, printer=printer))
                progress("draw", number + 1, count)
    except BrowserError as error:
        raise ConfigError(
            "the generator of stacks needs Chromium (Debian package chromium)",
            message_ja="測定用の書類を作るには Chromium が必要です(Debian のパッケージ chromium を入れてください)",
        ) from error
    done: list[SplitStack] = []

    def heard(one: SplitStack) -> None:
        done.append(one)
        progress("split", len(done), count)

    made = stacks([party for party in parties if party], seed=seed, count=count)
    return measure(made, held_back=held_back, reader=reader, today=today, heard=heard)


def splitting_table(found: Splitting) -> Table:
    """Rates for a terminal, in Japanese."""
    title = "束の分割（測定用の様式）" if found.held_back else "束の分割（開発用の様式）"
    made = Table(title=title, caption="区間は95%信頼区間")
    for name in ("条件", "すべての境界が正しいファイル", "誤りに気づけないファイル"):
        made.add_column(name)
    for condition in found.conditions:
        label = _LABELS.get(condition.name, condition.name)
        made.add_row(label, _shown(condition.files_right), _shown(condition.wrong_unseen))
    made.add_row("全体", _shown(found.files_right), _shown(found.wrong_unseen))
    return made


def _shown(rate: Rate) -> str:
    share = f"{100 * rate.share:.1f}%" if rate.share is not None else "—"
    return f"{rate.hits}/{rate.of} {share} ({100 * rate.low:.1f}-{100 * rate.high:.1f})"
