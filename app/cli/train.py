"""``shoko train``: learn from corrections, and refuse to get worse."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json
from app.cli.output import err, out, print_json, table

if TYPE_CHECKING:
    from pipeline.steps.train import TrainResult

_COLUMNS = (("分類モデル", "left"), ("今まで", "right"), ("新しいもの", "right"))


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("train", help="訂正から学習します（悪くなるモデルは採用しません） / learn from corrections")
    def train_verb(
        papers: Annotated[
            int | None, typer.Option("--papers", min=50, help="作る書類の例の数 / generated papers")
        ] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from classifiers.training.train import COUNT
        from pipeline.steps.train import train_models

        with err.status("学習の準備をしています…") as status:
            result = train_models(open_home(home), papers=papers or COUNT, say=lambda what: status.update(f"{what}…"))
        if json:
            print_json(asdict(result))
        else:
            _print(result)
        if not result.accepted:
            raise typer.Exit(1)


def _print(result: TrainResult) -> None:
    before, after = result.before, result.after
    rows = (
        ("評価用の書類で正しく分類", _share(before.right, before.documents), _share(after.right, after.documents)),
        ("確信して誤ったもの", f"{before.sure_and_wrong} 件", f"{after.sure_and_wrong} 件"),
        ("確認なしで通るもの", _share(before.sure, before.documents), _share(after.sure, after.documents)),
        ("確信度の誤差", f"{before.calibration_error:.3f}", f"{after.calibration_error:.3f}"),
        (
            f"訂正された書類 {result.lessons} 件",
            f"{result.lessons_right_before} 件",
            f"{result.lessons_right_after} 件",
        ),
        ("モデル", result.old_model, result.new_model),
    )
    out.print(table("学習の結果（評価用の書類は学習に使いません）", _COLUMNS, rows))
    if not result.accepted:
        out.print("新しいモデルのほうが悪いため採用しませんでした。今までのモデルを使い続けます", style="yellow")
    elif result.new_model == result.old_model:
        out.print("新しく学ぶことはありませんでした")
    else:
        out.print("新しいモデルを採用しました。次に起動した読み取りから使われます")
    out.print(f"同じ様式の書類に生かされる訂正: {result.habits} 件")


def _share(count: int, total: int) -> str:
    return f"{count}/{total}（{100 * count / max(total, 1):.1f} %）"
