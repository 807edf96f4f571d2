"""``shoko doctor``: what is in force, what is missing, and what it means in law; repair by rebuilding the index."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import opened, settings_for
from app.cli.options import Home, Json
from app.cli.output import DONE, OUTCOME_JA, SOMETHING_WRONG, err, out, print_json, table, tenths
from app.cli.stamp_facts import queue_text, renewal_text, stamp_facts, stamp_notes, tried_text
from domain.calendar import tokyo_time
from domain.evidence import Outcome, Report
from domain.finding_labels import detail_label, finding_label, finding_todo
from domain.labels import DOCUMENT_STATES, DOCUMENT_TYPES, DROP_STATES

if TYPE_CHECKING:
    from domain.labels import Label
    from pipeline.settings import ShokoSettings
    from pipeline.wiring import Shoko
    from storage.evidence.renewal import Renewal


COUNTS_JA = {
    "drops": "受け付けたファイル",
    "drops_by_state": "ファイルの状態",
    "units": "入力単位",
    "stamped_units": "タイムスタンプ付与済み",
    "pending_stamps": "タイムスタンプ付与待ち",
    "documents": "書類",
    "documents_by_state": "書類の状態",
    "documents_by_type": "書類の種類",
    "revisions": "版",
    "log_size": "ログの件数",
    "indexed": "検索できる書類",
}
LOOKS_JA = {
    "store_tested": "保存先の試験",
    "reconciled": "突き合わせ",
    "witnessed": "控えとの照合",
    "stamping_watched": "タイムスタンプの受け取り",
}


class HashAgain(StrEnum):
    """Functions that evidence can be hashed again by."""

    SHA384 = "sha384"
    SHA512 = "sha512"


YES_NO = {True: "あり", False: "なし"}


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("doctor", help="設定と状態を点検します。--rebuild で台帳を保管庫から作り直します / check and repair")
    def doctor_verb(
        rebuild: Annotated[
            bool,
            typer.Option(
                "--rebuild", help="データベースを保管庫だけから作り直す / rebuild the database from the vault"
            ),
        ] = False,
        reconcile: Annotated[
            bool, typer.Option("--reconcile", help="保管庫と台帳を突き合わせる / reconcile stores and archive")
        ] = False,
        new: Annotated[
            bool,
            typer.Option("--new", help="前回より後の記録だけを突き合わせる / only what is new since the last look"),
        ] = False,
        deep: Annotated[
            bool,
            typer.Option(
                "--deep", help="全件を読み、台帳を作り直して見比べる / read everything, compare with a rebuild"
            ),
        ] = False,
        repair: Annotated[
            bool,
            typer.Option(
                "--repair", help="突き合わせの前に、残っているものから直す / repair from what remains, then look"
            ),
        ] = False,
        self_test: Annotated[
            bool, typer.Option("--self-test", help="保存先が書換え・削除を拒むか実際に試す / try the store")
        ] = False,
        renew: Annotated[
            bool,
            typer.Option(
                "--renew", help="証明書の期限が近いタイムスタンプをまとめて更新する / renew ageing timestamps"
            ),
        ] = False,
        hash_again: Annotated[
            HashAgain | None,
            typer.Option(
                "--hash-again", help="すべての証拠を別のハッシュ関数で付け直す / renew hash trees by another function"
            ),
        ] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.health import try_store
        from pipeline.steps.maintenance import rebuild_archive, reconcile_archive, repair_archive
        from pipeline.steps.people import accounts_on
        from pipeline.steps.trying_authorities import try_authorities
        from pipeline.steps.verify import publish

        settings = settings_for(home)
        if rebuild:
            counts = rebuild_archive(settings, progress=tenths("検索の索引を作り直しています"))
            if json:
                print_json(counts)
            else:
                out.print(
                    "台帳を保管庫から作り直しました: "
                    + "  ".join(f"{COUNTS_JA.get(k, k)} {v}" for k, v in counts.items())
                )
            shoko = opened(settings)
            if accounts_on(shoko) and not shoko.people.users():
                err.print(
                    "注意: 利用者の登録は保管庫にありません。"
                    "shoko users add で管理者を登録するまで、Web画面にはだれも入れません",
                    style="yellow",
                )
            return
        shoko = opened(settings)
        report = Report(checks=())
        repaired = repair_archive(shoko) if repair else ()
        if reconcile or new or deep or repair:
            report = report.joined(reconcile_archive(shoko, new_only=new, deep=deep))
        tried = try_authorities(shoko) if self_test else ()
        if self_test:
            bad = tuple(one.check() for one in tried if one.outcome is Outcome.FAILED)
            report = report.joined(try_store(shoko)).joined(Report(checks=bad))
        renewals = _renewals(shoko, renew=renew, again=hash_again)
        if report.checks or any(done.batches for done in renewals):
            publish(shoko)
        facts = facts_of(shoko)
        if json:
            print_json(
                {
                    **facts,
                    "renewed": sum(done.renewed for done in renewals),
                    "repaired": [{"name": one.name, "subject": one.subject} for one in repaired],
                    **({"authorities_tried": [one.plain() for one in tried]} if tried else {}),
                    "checks": [{"name": c.name, "outcome": c.outcome.value, "detail": c.detail} for c in report.checks],
                }
            )
        else:
            _print(facts, report)
            for asked in tried:
                out.print(f"  時刻認証局 {tried_text(asked)}", style=None if asked.accredited else "yellow")
            for done in renewals:
                out.print(renewal_text(done))
            for one in repaired:
                out.print(f"  修復: {one.subject}: {finding_ja(one.name)} → 直しました")
        raise typer.Exit(SOMETHING_WRONG if report.outcome is Outcome.FAILED else DONE)


def _renewals(shoko: Shoko, *, renew: bool, again: HashAgain | None) -> tuple[Renewal, ...]:
    from pipeline.steps.stamps import hash_again, renew_ageing

    done = [renew_ageing(shoko)] if renew else []
    if again is not None:
        done.append(hash_again(shoko, "sha384" if again is HashAgain.SHA384 else "sha512"))
    return tuple(done)


def facts_of(shoko: Shoko, *, most: int | None = None, counts: Any = None) -> dict[str, Any]:
    """Settings in force (secrets left out), counts, and honest words about the law.

    Args:
        shoko: the installation.
        most: tokens that age, for a page that cannot wait; None lists them all.
        counts: how much there is (``counts_of``), where that is known.
    """
    from pipeline.steps.people import accounts_on

    traits = shoko.store.traits("vault")
    authority = shoko.authority.authority
    notes: list[Label] = []
    if not authority.accredited:
        notes.append(
            (
                (
                    "総務大臣認定の時刻認証業務が設定されていません。スキャナ保存の要件は満たしません"
                    "（規則2⑥二ロ / scan-timestamp, scan-timestamp-substitute）"
                ),
                (
                    "No accredited timestamp authority is set: the rules for scans are not met "
                    "(scan-timestamp, scan-timestamp-substitute)"
                ),
            )
        )
    if traits.advisory_retention or not traits.object_lock:
        notes.append(
            (
                "保存先は書換え・削除を技術的に禁止していません（フォルダの所有者は書き換えや削除ができます）",
                "The store does not prevent changes (the owner of the folder can change and delete)",
            )
        )
    if not shoko.company.names:
        notes.append(
            (
                "自社名が未設定です。取引先の判定に使います（company.names）",
                "The company has no name yet; it tells who of two parties is the counterparty (company.names)",
            )
        )
    stamps = stamp_facts(shoko, most=most)
    notes += stamp_notes(shoko, stamps)
    if not accounts_on(shoko):
        notes.append(
            (
                (
                    "利用者が登録されていません（1人モード）。操作した人は自己申告です。shoko users add で登録すると、"
                    "Web画面はログインを求め、共有パスワード SHOKO_WEB_TOKEN は無効になります"
                ),
                (
                    "Nobody has an account: who acts is their own statement. After shoko users add the page asks for "
                    "a login, and the shared password SHOKO_WEB_TOKEN counts no more"
                ),
            )
        )
    return {
        "people": len(shoko.people.users()),
        "settings": settings_plain(shoko.settings),
        "authority": {"name": authority.name, "accredited": authority.accredited, "label": authority.label_ja},
        "vault": {
            "versioned": traits.versioned,
            "object_lock": traits.object_lock,
            "advisory_retention": traits.advisory_retention,
        },
        "log_key_sha256": shoko.signer.fingerprint,
        "counts": counts_of(shoko) if counts is None else counts,
        "last_looks": last_looks(shoko),
        **stamps,
        "notes": [note[0] for note in notes],
        "notes_en": [note[1] for note in notes],
    }


def last_looks(shoko: Shoko) -> list[dict[str, Any]]:
    """What the last looks at store, archive, witnesses and timestamps said, from the log."""
    from pipeline.steps.health import KINDS, last_health

    found = (last_health(shoko, kind) for kind in KINDS)
    return [
        {
            "kind": health.kind,
            "recorded_at": health.recorded_at.isoformat(),
            "log_size": health.log_size,
            "outcome": health.report.outcome.value,
            "failed": [check.name for check in health.report.checks if check.outcome is Outcome.FAILED],
        }
        for health in found
        if health is not None
    ]


def count_rows(counts: dict[str, Any]) -> list[tuple[str, str]]:
    """Counts in Japanese; what is counted by state or class is spelled out."""
    labels = {
        s.value: pair[0] for table_ in (DROP_STATES, DOCUMENT_STATES, DOCUMENT_TYPES) for s, pair in table_.items()
    }
    rows = []
    for name, value in counts.items():
        text = "  ".join(f"{labels.get(k, k)} {n}" for k, n in value.items()) if isinstance(value, dict) else str(value)
        rows.append((COUNTS_JA.get(name, name), text))
    return rows


def settings_plain(settings: ShokoSettings) -> dict[str, Any]:
    """Settings without secrets."""
    plain: dict[str, Any] = settings.model_dump(mode="json")
    plain["database_url"] = "（環境変数）" if settings.database_url else "sqlite"
    return plain


def _when(look: dict[str, Any]) -> str:
    return tokyo_time(datetime.fromisoformat(look["recorded_at"]))[:16]


def finding_ja(name: str) -> str:
    """What a finding of any look says."""
    return finding_label(name)[0]


def counts_of(shoko: Shoko) -> Any:
    """How much there is of everything."""
    from domain.codec import to_plain

    return to_plain(shoko.archive.counts())


def _detail_ja(detail: str | None) -> str:
    return detail_label(detail or "")[0]


def _print_todo(name: str) -> None:
    todo = finding_todo(name)
    if todo is not None:
        out.print(f"    → {finding_ja(name)}: {todo[0]}")


def _print(facts: dict[str, Any], report: Report) -> None:
    authority = facts["authority"]
    vault = facts["vault"]
    rows = [
        ("時刻認証", authority["label"]),
        (
            "保管庫",
            f"版管理 {YES_NO[vault['versioned']]} / 書換え禁止（Object Lock） "
            + ("なし（フォルダのため助言的）" if vault["advisory_retention"] else YES_NO[vault["object_lock"]]),
        ),
        ("ログ公開鍵の指紋", facts["log_key_sha256"]),
        *count_rows(facts["counts"] | {"pending_stamps": queue_text(facts)}),
        ("利用者", f"{facts['people']} 人" if facts["people"] else "未登録（1人モード）"),
        *(
            (LOOKS_JA[look["kind"]], f"{OUTCOME_JA[Outcome(look['outcome'])]}（{_when(look)}）")
            for look in facts["last_looks"]
        ),
    ]
    out.print(table("Shoko の状態", (("項目", "left"), ("内容", "left")), rows))
    for note in facts["notes"]:
        out.print(f"  注意: {note}", style="yellow")
    for look in facts["last_looks"]:
        for name in () if report.checks else look["failed"]:
            out.print(f"  警報: {finding_ja(name)}（{LOOKS_JA[look['kind']]} {_when(look)}）", style="red")
            _print_todo(name)
    for check in report.checks:
        if check.outcome is not Outcome.PASSED:
            subject = f"{check.subject}: " if check.subject else ""
            said = f"{OUTCOME_JA[check.outcome]} {subject}{finding_ja(check.name)} {_detail_ja(check.detail)}"
            out.print(f"  {said}", style="red")
    for name in dict.fromkeys(check.name for check in report.checks if check.outcome is Outcome.FAILED):
        _print_todo(name)
    if report.checks:
        out.print(f"点検: {OUTCOME_JA[report.outcome]}（{len(report.checks)} 項目）")
