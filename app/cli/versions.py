"""``shoko tombstone``, ``rescan``, ``relate`` and ``received``: what people do to a document beside its values."""

from __future__ import annotations

import getpass
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_home, settings_for
from app.cli.ingest import deposit_all
from app.cli.options import By, Home, Json, parse_day
from app.cli.output import out, print_json
from domain.errors import CorrectionInvalid
from domain.labels import DOCUMENT_STATES, RELATIONS
from domain.query import MAX_LIMIT
from domain.relations import Relation

if TYPE_CHECKING:
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

DocumentId = Annotated[str, typer.Argument(help="書類ID / document id")]


def register(cli: typer.Typer) -> None:
    """Add the verbs."""
    _register_tombstone(cli)
    _register_rescan(cli)

    @cli.command("relate", help="書類どうしを関連付けます（訂正後の書類・変更契約など） / relate documents")
    def relate_verb(
        document_id: DocumentId,
        relation: Annotated[Relation, typer.Argument(help="関係 / corrects, amends, supplements")],
        to_id: Annotated[str, typer.Argument(help="もとの書類ID / the other document")],
        reason: Annotated[str, typer.Option("--reason", help="理由 / why")] = "",
        ends: Annotated[bool, typer.Option("--end", help="関連付けを解除する / take it back")] = False,
        by: By = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.relations import relate

        who = by or getpass.getuser()
        links = relate(open_home(home), document_id, relation, to_id, by=who, reason=reason, ends=ends)
        if json:
            print_json(*({"document": one.document_id, "is": one.relation.value, "of": one.to_id} for one in links))
            return
        for one in links:
            out.print(f"{one.document_id} は {one.to_id} の{RELATIONS[one.relation][0]}")

    @cli.command("received", help="受領日を確認します（まとめて可） / confirm the day of receipt")
    def received_verb(
        document_ids: Annotated[
            list[str] | None, typer.Argument(help="書類ID（複数可。省略時は未確認の一覧） / document ids")
        ] = None,
        on: Annotated[
            str | None, typer.Option("--on", help="受領日 2026-11-02（省略時は仮の日付のとおり） / day")
        ] = None,
        by: By = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.receipt import confirm_received, unconfirmed

        shoko = open_home(home)
        if not document_ids:
            hits = unconfirmed(shoko, limit=MAX_LIMIT)
            days = [{"document_id": hit.document_id, "assumed": hit.received_on.isoformat()} for hit in hits.hits]
            if json:
                print_json(*days)
                return
            for day in days:
                out.print(f"{day['document_id']}  {day['assumed']}（仮）")
            out.print(f"受領日が未確認の書類: {hits.total} 件")
            return
        confirmed = confirm_received(shoko, document_ids, by=by or getpass.getuser(), on=parse_day(on, "--on"))
        if json:
            print_json(*({"document_id": r.document_id, "received_on": r.received_on.isoformat()} for r in confirmed))
            return
        out.print(f"受領日を確認した書類: {len(confirmed)} 件（指定 {len(document_ids)} 件）")


def _register_tombstone(cli: typer.Typer) -> None:
    @cli.command("tombstone", help="書類を削除扱いにします（版と内容は残ります） / delete logically")
    def tombstone_verb(
        document_id: DocumentId,
        reason: Annotated[str, typer.Option("--reason", help="理由（申請があれば省略可） / why")] = "",
        request: Annotated[
            str | None, typer.Option("--request", help="承認済みの申請ID（電子取引で必要） / approved request")
        ] = None,
        by: By = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.deletion import delete_document

        shoko = open_home(home)
        record = delete_document(shoko, document_id, by=by or getpass.getuser(), reason=reason, request_id=request)
        _print(shoko, record, json=json)


def _register_rescan(cli: typer.Typer) -> None:
    @cli.command("rescan", help="読み取り直した画像に差し替えます（元の画像は前の版に残ります） / scan again")
    def rescan_verb(
        document_id: DocumentId,
        new_id: Annotated[
            str | None, typer.Argument(help="取込済みの再読み取り分の書類ID / document of the new scan")
        ] = None,
        file: Annotated[
            Path | None, typer.Option("--file", help="再読み取りしたファイル（ここで取り込む） / file to take in")
        ] = None,
        found_on: Annotated[str | None, typer.Option("--found-on", help="不備に気付いた日 / day of discovery")] = None,
        reason: Annotated[str, typer.Option("--reason", help="不備の内容 / what is wrong")] = "読み取りの不備",
        by: By = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.rescan import note_defect, rescan

        who, day = by or getpass.getuser(), parse_day(found_on, "--found-on")
        if day is None:
            raise CorrectionInvalid("no day of discovery", message_ja="--found-on で不備に気付いた日を指定してください")
        shoko = open_home(home)
        if file is not None:
            new_id = _taken_in(shoko, document_id, file, home)
        if new_id is None:
            act = note_defect(shoko, document_id, found_on=day, by=who, reason=reason)
            if json:
                print_json({"document_id": document_id, "defect_found_on": act.facts["found_on"]})
            else:
                out.print(
                    f"書類 {document_id} の不備（{day} 発見）を記録しました。読み取り直したら rescan で差し替えます"
                )
            return
        record = rescan(shoko, document_id, new_id, found_on=day, by=who, reason=reason)
        _print(shoko, record, json=json)


def _taken_in(shoko: Shoko, document_id: str, file: Path, home: Path | None) -> str:
    """Take a file in by the ordinary way; gives the one document that came of it."""
    from pipeline.batch import Resident, open_batch, run_plain
    from pipeline.reading_pool import ReadingPool
    from pipeline.steps.intake import something_waits
    from pipeline.steps.relations import known_document

    record = known_document(shoko, document_id)
    day = None if record.received_on_assumed else record.received_on
    with ReadingPool(settings=settings_for(home)) as pool:
        rows = deposit_all(shoko, [file], origin=record.origin, received_on=day)
        resident = Resident(shoko=shoko, pool=pool)
        while something_waits(shoko):  # a file in a folder counts once it has been still for a moment
            if not run_plain(open_batch(resident)):
                time.sleep(shoko.settings.intake.still_seconds / 4 + 0.05)
    found = [
        document
        for row in rows
        if not isinstance(row, dict) and (status := shoko.archive.drop_status(row.drop_id)) is not None
        for document in status.documents
    ]
    if len(found) != 1:
        raise CorrectionInvalid(
            f"{len(found)} documents came of the file",
            message_ja=f"再読み取りのファイルから {len(found)} 件の書類ができました。1件の書類だけを含めてください"
            "（取り込んだ書類は確認待ちに残っています）",
        )
    return found[0]


def _print(shoko: Shoko, record: ArchiveRecord, *, json: bool) -> None:
    from app.cli.show import document_plain

    if json:
        print_json(document_plain(shoko, record))
        return
    out.print(f"書類 {record.document_id} 第{record.revision}版（{DOCUMENT_STATES[record.state][0]}）")
