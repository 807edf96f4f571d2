"""Silent errors are shown on the page."""

from pipeline.benchmark.accuracy import DocumentScore, FieldScore, Verdict
from pipeline.benchmark.exact import Cause, Failure
from pipeline.benchmark.report import ReadDocument, summarise
from pipeline.benchmark.understanding.__main__ import silent_pictures


def found(file, *, grouped):
    read = ReadDocument(
        score=DocumentScore(
            file=file, type_right=True, needs_review=False, fields=(FieldScore(field="date", verdict=Verdict.WRONG),)
        ),
        type="invoice",
        damage="skew",
        layout="held_window",
        pages=1,
        seconds={},
        split_right=True,
        silent=(Failure(file=file, field="total_amount", cause=Cause.CHOICE, expected="1", got="[2]"),),
    )
    return summarise("x", "", [read], grouped=grouped)


def test_pictures_of_made_documents_stand_beside_the_page_and_those_of_others_do_not(tmp_path):
    pictures = tmp_path / "kept" / "silent"
    pictures.mkdir(parents=True)
    for name in ("made.jpg", "public.jpg"):
        (pictures / f"{name}.png").write_bytes(name.encode())
    sets = [found("made.jpg", grouped=True), found("public.jpg", grouped=False), found("data.xml", grouped=True)]
    said = silent_pictures(sets, folder=tmp_path / "kept", page=tmp_path / "MEASURED.md")
    assert said == "\n![total_amount: 1 → (2)](MEASURED/made.jpg.png)\n"
    assert [path.name for path in (tmp_path / "MEASURED").iterdir()] == ["made.jpg.png"]
    assert silent_pictures([], folder=tmp_path, page=tmp_path / "NONE.md") == ""
    assert not (tmp_path / "NONE").exists()
