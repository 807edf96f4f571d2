"""What ``shoko doctor`` says of timestamps: the queue, what nears its end, and who counts as accredited."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.calendar import tokyo_day
from domain.errors import label_of

if TYPE_CHECKING:
    from domain.labels import Label
    from pipeline.steps.trying_authorities import AuthorityTried
    from pipeline.wiring import Shoko
    from storage.evidence.ageing import Ageing
    from storage.evidence.renewal import Renewal


def stamp_facts(shoko: Shoko, *, most: int | None = None) -> dict[str, Any]:
    """For ``--json``; ``most`` tokens that age, for a page."""
    from pipeline.steps.stamps import ageing_tokens, stamp_queue

    queue, now = stamp_queue(shoko), shoko.clock()
    aged = ageing_tokens(shoko, most=most)
    return {
        "stamp_policy": shoko.settings.evidence.policy,
        "authorities": [{"name": one.name, "accredited": one.accredited} for one in shoko.authority.names],
        "trust_list": {
            "version": shoko.trust.version,
            "services": [
                {
                    "id": one.id,
                    "name": one.name,
                    "valid_from": one.valid_from.isoformat(),
                    "valid_to": one.valid_to.isoformat() if one.valid_to else None,
                    "status": one.status,
                    "certificates": len(one.certificate_sha256),
                    "counts_now": one.covers(now) and bool(one.certificate_sha256),
                }
                for one in shoko.trust.services
            ],
        },
        "stamp_queue": {
            "waiting": queue.waiting,
            "due_on": queue.due_on.isoformat() if queue.due_on else None,
            "overdue": queue.overdue,
            "closes_at": queue.closes_at.isoformat() if queue.closes_at else None,
            "failed": queue.failed,
            "last_error": queue.last_error,
        },
        "ageing_tokens": [_plain(one) for one in aged[:most]],
        "ageing_more": most is not None and len(aged) >= most,
    }


def tried_text(one: AuthorityTried) -> str:
    """What an authority answered when it was tried, and what is to be done where its token does not count."""
    if one.error is not None:
        return f"{one.name}: トークンを得られません（{one.error}）"
    facts = (
        f"ポリシー {one.policy_oid}、証明書 {one.certificate_ends_on} まで、時刻の差 {one.skew_seconds:+.1f} 秒、"
        f"証明書の指紋 SHA-256 {one.certificate_sha256}"
    )
    if one.accredited:
        return f"{one.name}: 認定（{one.service}）。{facts}"
    return (
        f"{one.name}: 認定なし。{facts}。総務大臣認定の時刻認証業務であれば、総務省が公表する証明書の指紋と"
        "同じことを確かめて、evidence.trust_list_file の一覧に加えてください"
    )


def stamp_notes(shoko: Shoko, facts: dict[str, Any]) -> list[Label]:
    """What a person has to know or do about timestamps."""
    notes: list[Label] = []
    queue, now = facts["stamp_queue"], shoko.clock().isoformat()
    more, more_en = ("以上", " or more") if facts["ageing_more"] else ("", "")
    if queue["overdue"]:
        due = queue["due_on"]
        notes.append(
            (
                f"入力期限 {due} を過ぎたタイムスタンプ付与待ちがあります。紙の原本を残してください（scan-late）",
                f"Timestamps are overdue since {due}: keep the paper (scan-late)",
            )
        )
    if queue["failed"]:
        many, code = queue["failed"], queue["last_error"]
        when = "できるだけ早く" if queue["overdue"] else "期限までに"
        notes.append(
            (
                f"タイムスタンプの再試行待ち {many} 件（{label_of(code or '')}）。{when}自動で付け直します",
                f"Timestamps to be tried again: {many} ({code}); this happens by itself before the deadline",
            )
        )
    ended = [one for one in facts["ageing_tokens"] if one["ends_at"] <= now]
    if ended:
        many = len(ended)
        notes.append(
            (
                f"証明書の期限が切れたタイムスタンプ {many} 件{more}。更新では戻りません（lt-token-life）",
                f"Timestamps whose certificate ended: {many}{more_en}; renewal brings none back (lt-token-life)",
            )
        )
    soon = [one["ends_at"] for one in facts["ageing_tokens"] if one["ends_at"] > now]
    if soon:
        many, first = len(soon), tokyo_day(datetime.fromisoformat(min(soon))).strftime("%Y/%m/%d")
        notes.append(
            (
                (
                    f"証明書の期限が近いタイムスタンプ {many} 件{more}（最初 {first}）。"
                    "毎晩の処理で更新します（すぐに更新するには shoko doctor --renew）"
                ),
                (
                    f"Timestamps whose certificate ends soon: {many}{more_en} (the first on {first}). "
                    "They are renewed every night (at once with shoko doctor --renew)"
                ),
            )
        )
    if shoko.authority.authority.accredited:
        return notes
    unverified = [one["name"] for one in facts["trust_list"]["services"] if one["status"] == "verify"]
    if unverified and shoko.settings.evidence.authority.kind == "http":
        named = "、".join(unverified)
        notes.append(
            (
                f"認定の一覧に証明書の指紋が未登録です: {named}（evidence.trust_list_file に足してください）",
                f"The trust list has no certificate of {named}: add it to evidence.trust_list_file",
            )
        )
    return notes


def queue_text(facts: dict[str, Any]) -> str:
    """「3 件（入力期限 2026-12-01）」."""
    queue = facts["stamp_queue"]
    return f"{queue['waiting']} 件" + (f"（入力期限 最短 {queue['due_on']}）" if queue["due_on"] else "")


def renewal_text(done: Renewal) -> str:
    """What a renewal did, in Japanese."""
    parts = [f"更新 {done.renewed} 件（タイムスタンプ {len(done.batches)} 個）"]
    if done.too_late:
        parts.append(f"期限切れのため更新できないもの {len(done.too_late)} 件")
    if done.of_no_use:
        parts.append(f"認証局の証明書がまだ新しくなっていないもの {len(done.of_no_use)} 件")
    if done.lost:
        parts.append(f"原本または証拠が失われているため付け直せないもの {len(done.lost)} 件")
    return "  ".join(parts)


def _plain(one: Ageing) -> dict[str, Any]:
    return {
        "name": one.name,
        "authority": one.authority,
        "stamped_on": tokyo_day(one.gen_time).isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "members": one.members,
    }
