"""What people read of a verification, Japanese first."""

from __future__ import annotations

from domain.evidence import Outcome

Label = tuple[str, str]
"""(Japanese, English)"""

OUTCOMES: dict[Outcome, Label] = {
    Outcome.PASSED: ("合格", "Passed"),
    Outcome.FAILED: ("不合格", "Failed"),
    Outcome.INDETERMINATE: ("判定不能", "Indeterminate"),
}
CHECKS: dict[str, Label] = {
    "bag_complete": ("ファイルの過不足と改変", "Files complete and unaltered"),
    "head_present": ("署名済みのログ先頭", "Signed log head"),
    "head_signature": ("ログ先頭の署名", "Signature of the log head"),
    "head_key_trusted": ("ログ署名の鍵が外部の控えと一致", "Log key is the one known from outside"),
    "head_consistent": ("以前のログ先頭からの連続性", "Consistent with earlier log heads"),
    "head_root": ("ログ全体のハッシュ木", "Hash tree over the whole log"),
    "leaf_included": ("ログへの包含証明", "Included in the log"),
    "witness_line": ("ログ先頭の控えの各行", "Lines of the witness"),
    "witness_agrees": ("外部の控えとの一致", "The witness agrees"),
    "leaf_order": ("ログの時刻の順序", "Times of the log in order"),
    "leaf_sequence": ("ログの通し番号", "Log sequence"),
    "export_logged": ("書き出しの記録", "The export is logged"),
    "inventory": ("書き出し一覧との一致", "Files match the inventory"),
    "record_form": ("記録の形式", "Form of the record"),
    "record_logged": ("記録がログのとおりか", "The record is the one in the log"),
    "payload_digest": ("内容が記録のとおりか", "The content is the one in the record"),
    "destroyed": ("承認のうえ廃棄済み（失われたのではない）", "Destroyed, with approval (not lost)"),
    "original_digest": ("原本が受領時のままか", "The original is as received"),
    "unit_agrees": ("入力単位の記録の一致", "The unit agrees with its drop"),
    "lineage": ("切り出し元の有無", "What a unit was taken from is there"),
    "revision_follows": ("版のつながり", "A revision follows the one before"),
    "tile": ("ログのハッシュ木の保存分", "Stored tiles of the log's hash tree"),
    "database_log": ("台帳のログと保管庫のログの一致", "The database's log is the vault's"),
    "database_current": ("台帳が古い状態に戻されていないか", "The database was not put back"),
    "object_known": ("保管庫にあるべきでないもの", "Nothing is in the vault that no act names"),
    "store_sound": ("保管庫の付属ファイル", "Side files of the store"),
    "token_present": ("タイムスタンプの有無", "Timestamp present"),
    "token_form": ("タイムスタンプの形式", "Form of the timestamp"),
    "token_imprint": ("タイムスタンプの対象が原本と一致", "The timestamp is over the original"),
    "token_signature": ("タイムスタンプの署名", "Signature of the timestamp"),
    "token_key_usage": ("タイムスタンプ専用の証明書", "Certificate for time stamping only"),
    "token_chain": ("タイムスタンプの証明書の連なり", "Chain of the timestamp's certificate"),
    "token_revocation": ("タイムスタンプの証明書の失効", "Revocation of the timestamp's certificate"),
    "token_accredited": ("総務大臣認定の時刻認証", "Accredited time-stamping service"),
    "evidence_form": ("証拠記録 (RFC 4998) の形式", "Form of the evidence record"),
    "evidence_hash": ("証拠記録の対象が原本と一致", "The evidence record is over the original"),
    "evidence_chain": ("証拠記録の更新のつながり", "Renewals of the evidence record"),
    "evidence_renewed_in_time": ("更新が期限内か", "Renewed in time"),
    "evidence_manifest": ("証拠記録の一覧との一致", "Files match the container's list"),
    "approval_digest": ("承認の対象が記録された版と一致", "The approval is about the recorded revision"),
    "approval_entitled": ("承認できる人による承認か", "Approved by one who may"),
    "approval_steps": ("承認経路のすべての段階", "Every step of the route of approval"),
    "subject_known": ("対象の有無", "The subject exists"),
}
REASONS: dict[str, Label] = {
    "FORMAT_FAILURE": ("形式が不正です", "It cannot be parsed"),
    "HASH_FAILURE": ("ハッシュ値が一致しません（改変または取り違え）", "A digest does not match"),
    "SIG_CRYPTO_FAILURE": ("署名が正しくありません", "A signature does not verify"),
    "SIG_CONSTRAINTS_FAILURE": ("求める条件を満たしません", "It is not what the policy asks for"),
    "CRYPTO_CONSTRAINTS_FAILURE": ("未対応の暗号方式です", "Unknown algorithm"),
    "CHAIN_CONSTRAINTS_FAILURE": ("証明書の用途が違います", "The certificate may not be used for this"),
    "NO_SIGNING_CERTIFICATE_FOUND": ("署名した証明書がありません", "The signer's certificate is missing"),
    "NO_CERTIFICATE_CHAIN_FOUND": ("指定された根証明書に連なりません", "No chain to the roots given"),
    "EXPIRED": ("トークンの時刻に証明書が期限切れでした", "A certificate had expired at the token's time"),
    "REVOKED": ("時刻認証局の証明書が失効しています", "A certificate of the authority was revoked"),
    "NOT_YET_VALID": ("トークンの時刻に証明書が有効期間前でした", "A certificate was not yet valid"),
    "SIGNED_DATA_NOT_FOUND": ("あるはずのものがありません", "Something is missing"),
    "proof_failure": ("証明がハッシュ木の根に達しません", "A proof does not lead to the root"),
    "unexpected": ("記録にないものがあります", "Something is there that nothing speaks of"),
    "TIMESTAMP_ORDER_FAILURE": (
        "前の記録より古い時刻です（日付の遡り）",
        "It claims to be older than what is before it",
    ),
    "the database was behind": (
        "台帳が署名済みのログより古い状態でした（いま保管庫から補いました）",
        "The database was behind what had been signed; it has been made whole",
    ),
    "perhaps under way": ("書き込みの途中かもしれません", "It may be under way"),
    "trust anchor not supplied": (
        "信頼の起点（根証明書・ログ鍵の控え）が外部から指定されていません",
        "Trust anchor not supplied",
    ),
    "no timestamp yet": ("タイムスタンプ付与待ちです", "No timestamp yet"),
    "not in a signed head yet": ("まだ署名済みのログに含まれていません", "Not in a signed head yet"),
}

_RESTORE = (
    "控え（バックアップ、書き出した監査用フォルダ）から同じハッシュ値のものを戻し、誰がいつ触れたかを保存先の記録で確かめてください",
    "Restore the same digest from a backup or an exported bundle, and look in the store's records who touched it",
)
_REWRITTEN = (
    "ログが書き換えられています。書き込みを止め、保管庫の写しと外に控えたログ先頭を保全してから調べてください",
    "The log was rewritten: stop writing, preserve a copy of the vault and the heads kept outside, then investigate",
)
_AUTHORITY = (
    "どの時刻認証局のトークンかを証明書で確かめ、正しい局でもう一度付与を受けてください（元のトークンは残します）",
    "See from the certificate whose token it is, and have it stamped again by the right authority",
)
WHAT_TO_DO: dict[str, Label] = {
    "FORMAT_FAILURE": _RESTORE,
    "HASH_FAILURE": _RESTORE,
    "SIGNED_DATA_NOT_FOUND": _RESTORE,
    "SIG_CRYPTO_FAILURE": _REWRITTEN,
    "proof_failure": _REWRITTEN,
    "TIMESTAMP_ORDER_FAILURE": (
        "機械の時計が戻されていないか、その時刻に誰が操作したかを確かめてください",
        "Find out whether the machine's clock was put back, and who worked at that time",
    ),
    "unexpected": (
        "中身を確かめ、心当たりがなければ消さずに写しを取って調べてください（全件は shoko doctor --reconcile）",
        "Look at it; where nobody knows of it keep a copy and investigate (shoko doctor --reconcile lists all)",
    ),
    "SIG_CONSTRAINTS_FAILURE": (
        "控えた鍵の指紋や認定の一覧が古くないか確かめ、合っているなら別の鍵・別の局で作られたものです",
        "Check the fingerprint and the list that you brought; if they are right, another key or authority made this",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE": (
        "openssl ts -verify など別の道具でも確かめてください",
        "Try another tool as well, such as openssl ts -verify",
    ),
    "CHAIN_CONSTRAINTS_FAILURE": _AUTHORITY,
    "NO_SIGNING_CERTIFICATE_FOUND": (
        "時刻認証局の証明書を --roots のファイルに加えて、もう一度検証してください",
        "Add the authority's certificates to the file given with --roots, and verify again",
    ),
    "NO_CERTIFICATE_CHAIN_FOUND": _AUTHORITY,
    "EXPIRED": _AUTHORITY,
    "REVOKED": _AUTHORITY,
    "NOT_YET_VALID": _AUTHORITY,
    "trust anchor not supplied": (
        "外に控えたものを渡してください: --roots 根証明書 --log-key ログ鍵の指紋 --witness ログ先頭の控え",
        "Bring what you keep outside: --roots, --log-key, and --witness or --earlier-head",
    ),
    "no timestamp yet": (
        "次の付与を待つか shoko doctor で期限を確かめてください",
        "Wait for the next stamping, or see with shoko doctor when it is due",
    ),
    "not in a signed head yet": (
        "もう一度 shoko verify を実行すると、いまのログ全体に署名してから検証します",
        "Run shoko verify again: it signs the whole log first",
    ),
    "perhaps under way": (
        "取り込みが終わってから、もう一度検証してください",
        "Verify again when filing is over",
    ),
    "the database was behind": (
        "データベースを控えから戻した覚えがなければ、誰が戻したかを調べてください",
        "If nobody restored the database from a backup, find out who put it back",
    ),
}
"""Reason → what a person does about it."""
