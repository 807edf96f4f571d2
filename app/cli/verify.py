"""``shoko verify``: one document, a period, everything, or an exported bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json, Roots, parse_day
from app.cli.output import DONE, OUTCOME_JA, SOMETHING_WRONG, counted, exit_code_of, out, print_json, table
from domain.codec import to_plain
from domain.evidence import Outcome, Report

if TYPE_CHECKING:
    from app.objections import Objection
    from storage.evidence.proofs import ConsistencyProof, InclusionProof

_SHOWN = 3
"""Subjects and details shown of each objection; ``--json`` lists a hundred."""


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("verify", help="タイムスタンプ・ログ・原本を検証します（一括検証） / verify the evidence")
    def verify_verb(
        document_ids: Annotated[list[str] | None, typer.Argument(help="書類ID（省略時は全件） / document ids")] = None,
        date_from: Annotated[str | None, typer.Option("--from", help="保存日 から / recorded from day")] = None,
        date_to: Annotated[str | None, typer.Option("--to", help="保存日 まで / recorded to day")] = None,
        bundle: Annotated[
            Path | None, typer.Option("--bundle", help="書き出した監査用フォルダを検証 / verify an exported bundle")
        ] = None,
        evidence: Annotated[
            Path | None,
            typer.Option("--evidence", help="他で作られた証拠記録 (RFC 4998・ASiC) を検証 / a foreign evidence record"),
        ] = None,
        data: Annotated[
            Path | None, typer.Option("--data", help="その証拠記録の対象のファイル / the file that it is over")
        ] = None,
        roots: Roots = None,
        log_key: Annotated[
            str | None, typer.Option("--log-key", help="ログ公開鍵の指紋 (SHA-256) / log key fingerprint from outside")
        ] = None,
        earlier_head: Annotated[
            list[str] | None,
            typer.Option("--earlier-head", help="以前に控えたログ先頭 件数:ルート / earlier log head SIZE:ROOT"),
        ] = None,
        witness: Annotated[
            Path | None,
            typer.Option("--witness", help="外部に控えたログ先頭のファイルと照合 / heads that a witness kept"),
        ] = None,
        consistency: Annotated[
            str | None,
            typer.Option("--consistency", help="件数:件数 のログの連続性の証明 / consistency proof A:B (RFC 9162)"),
        ] = None,
        inclusion: Annotated[
            str | None,
            typer.Option("--inclusion", help="番号:件数 のログへの包含証明 / inclusion proof N:SIZE (RFC 9162)"),
        ] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.verify import (
            anchors_from,
            prove_consistency,
            prove_inclusion,
            publish,
            verify_bundle_folder,
            verify_documents,
            verify_everything,
            verify_range,
            with_witness,
        )
        from storage.evidence.verify import verify_foreign

        if consistency or inclusion:
            shoko = open_home(home)
            proof = prove_consistency(shoko, consistency) if consistency else prove_inclusion(shoko, inclusion or "")
            print_proof(proof, json=json)
            raise typer.Exit(DONE if proof.holds else SOMETHING_WRONG)
        anchors = anchors_from(roots, log_key, tuple(earlier_head or ()))
        lines = Report(checks=())
        if witness is not None:
            anchors, lines = with_witness(anchors, witness)
        if bundle is not None:
            report = verify_bundle_folder(bundle, anchors)
        elif evidence is not None:
            report = verify_foreign(evidence, data, roots=anchors)
        else:
            shoko = open_home(home)
            publish(shoko)
            first, last = parse_day(date_from, "--from"), parse_day(date_to, "--to")
            if document_ids:
                report = verify_documents(shoko, tuple(document_ids), anchors)
            elif first or last:
                report = verify_range(shoko, first, last, anchors)
            else:
                with counted("検証", "記録") as show:
                    report = verify_everything(shoko, anchors, progress=show)
        report = report.joined(lines)
        print_report(report, json=json)
        raise typer.Exit(exit_code_of(report))


def print_proof(proof: ConsistencyProof | InclusionProof, *, json: bool) -> None:
    """One JSON line, or a row for each part."""
    plain = to_plain(proof)
    if json:
        print_json(plain)
        return
    rows = [(name, "\n".join(value) if isinstance(value, list) else value) for name, value in plain.items()]
    out.print(table("RFC 9162 の証明", (("項目", "left"), ("値", "left")), rows))
    out.print("成り立ちます" if proof.holds else "成り立ちません", style="green" if proof.holds else "red")


def check_label(name: str) -> str:
    """Japanese name of a check, with its code."""
    from storage.evidence.labels import CHECKS

    return f"{CHECKS[name][0]}（{name}）" if name in CHECKS else name


def print_report(report: Report, *, json: bool) -> None:
    """What did not pass as JSON, what passed as counts; for people with the reason and what to do about it."""
    from app.objections import objections

    if json:
        print_json(*(to_plain(c) for c in (*report.checks, *report.more)), {"outcome": report.outcome.value})
        return
    rows = [(check_label(name), OUTCOME_JA[outcome], n) for (name, outcome), n in sorted(report.counts.items())]
    out.print(table("検証結果", (("検査", "left"), ("結果", "left"), ("件数", "right")), rows))
    for objection in objections(report):
        _print_objection(objection)
    style = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.INDETERMINATE: "yellow"}[report.outcome]
    out.print(f"総合判定: {OUTCOME_JA[report.outcome]}", style=style)


def _print_objection(objection: Objection) -> None:
    """What, where, why; and what to do."""
    style = "red" if objection.outcome is Outcome.FAILED else "yellow"
    reason = objection.reason
    said = f"{objection.means[0]}（{reason}）" if objection.means[0] != reason else reason
    out.print(f"{OUTCOME_JA[objection.outcome]}: {check_label(objection.name)} — {objection.count} 件", style=style)
    out.print(f"  理由: {'  '.join(filter(None, (said, *list(objection.details)[:_SHOWN])))}")
    if objection.subjects:
        more = f" ほか {objection.count - _SHOWN} 件" if objection.count > _SHOWN else ""
        out.print(f"  対象: {'、'.join(objection.subjects[:_SHOWN])}{more}")
    if objection.todo:
        out.print(f"  対処: {objection.todo[0]}")
