"""Goals beside measurements."""

from rich.console import Console

from pipeline.benchmark.accuracy import DocumentScore, FieldScore, Verdict
from pipeline.benchmark.exact import JudgedField
from pipeline.benchmark.report import ReadDocument, summarise
from pipeline.benchmark.understanding.targets import lines, targets_table


def document(number, *, right, damage, review=False):
    verdict = Verdict.RIGHT if right else Verdict.WRONG
    fields = (FieldScore(field="date", verdict=verdict),)
    return ReadDocument(
        score=DocumentScore(file=str(number), type_right=True, needs_review=review, fields=fields),
        type="invoice",
        damage=damage,
        layout="held_window",
        pages=1,
        seconds={},
        split_right=True,
        judged=(JudgedField(field="transaction_date", verdict=verdict, confidence=0.9),),
    )


def test_each_condition_is_held_against_its_own_goal():
    scans = [document(n, right=n != 0, damage="skew", review=n == 0) for n in range(60)]
    photos = [document(n, right=n > 1, damage="photo", review=n < 2) for n in range(100, 140)]
    found = summarise("x", "", [*scans, *photos], grouped=True)
    reached = {(line.what, line.condition): line.reached for line in lines(found)}
    assert reached["取引年月日", "200dpi 傷み"]  # 59 of 60, and 98 % are asked for
    assert reached["取引年月日", "写真"]
    assert reached["確認なしで通過", "全体"]
    assert reached["黙った誤り", "全体"]
    assert not reached["確信度の較正誤差: 取引年月日", "全体"]  # 0.9 claimed, more are right
    assert ("取引年月日", "電子") not in reached


def test_a_silent_error_misses_the_goal_and_the_table_says_so():
    found = summarise("x", "", [document(n, right=n != 0, damage="skew") for n in range(20)], grouped=True)
    silent = next(line for line in lines(found) if line.what == "黙った誤り")
    assert not silent.reached
    assert silent.measured.startswith("1/20 ")
    with (console := Console(width=160)).capture() as said:
        console.print(targets_table(found))
    assert "1/20" in said.get()
    assert "≤ 0.3%" in said.get()
