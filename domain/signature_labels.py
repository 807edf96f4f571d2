"""What is said of the signatures that came with a PDF (law: lt-pades)."""

from __future__ import annotations

from domain.evidence import PdfSignature, SignatureKind
from domain.labels import Label

SIGNATURE_KINDS: dict[SignatureKind, Label] = {
    SignatureKind.SIGNATURE: ("PDFの電子署名", "Signature in the PDF"),
    SignatureKind.DOCUMENT_TIMESTAMP: ("PDFの文書タイムスタンプ", "Document timestamp in the PDF"),
    SignatureKind.UNREADABLE: ("PDFの電子署名（読めません）", "Signature in the PDF (cannot be read)"),
}
_HOLDS = (
    "署名した内容は変わっておらず、証明書は指定された根証明書に連なります",
    "What was signed has not changed, and the certificate leads to a root that was given",
)
_ENDED = (
    "証明書が期限切れで、期限内の署名を示す時刻がありません",
    "The certificate ended, and nothing proves an earlier time",
)
_REVOKED = ("証明書が失効しています", "The certificate was revoked")
_WEAK = ("署名の計算方法が今では弱すぎます", "The algorithms are too weak by now")
_REVOCATION_OLD = ("失効情報が古すぎます", "The revocation data are too old")
SIGNATURE_REASONS: dict[str, Label] = {
    "HASH_FAILURE": ("署名の後に内容が変わっています", "The content changed after it was signed"),
    "SIG_CRYPTO_FAILURE": ("署名が正しくありません", "The signature does not verify"),
    "SIG_CONSTRAINTS_FAILURE": (
        "署名の範囲、または後からの変更が認められません",
        "What it covers, or what was added since, is not allowed",
    ),
    "FORMAT_FAILURE": ("形式を読み取れません", "It cannot be parsed"),
    "NO_SIGNING_CERTIFICATE_FOUND": ("署名者の証明書がありません", "The signer's certificate is not there"),
    "NO_CERTIFICATE_CHAIN_FOUND": ("指定された根証明書に連なりません", "No chain to the roots given"),
    "CHAIN_CONSTRAINTS_FAILURE": ("証明書の用途が違います", "The certificate may not be used for this"),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": (
        "証明書のつながりを確かめられません",
        "The chain of certificates cannot be checked",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE": _WEAK,
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": _WEAK,
    "EXPIRED": ("証明書が期限切れです", "The certificate has ended"),
    "NOT_YET_VALID": ("証明書の有効期間より前の署名です", "It was signed before the certificate began"),
    "OUT_OF_BOUNDS_NO_POE": _ENDED,
    "OUT_OF_BOUNDS_NOT_REVOKED": _ENDED,
    "NO_POE": ("期限内の署名を示す時刻がありません", "Nothing proves when it was signed"),
    "REVOKED": _REVOKED,
    "REVOKED_NO_POE": _REVOKED,
    "REVOKED_CA_NO_POE": ("認証局の証明書が失効しています", "The authority's certificate was revoked"),
    "REVOCATION_OUT_OF_BOUNDS_NO_POE": _REVOCATION_OLD,
    "TRY_LATER": ("失効情報がまだありません", "Revocation data is not there yet"),
    "TIMESTAMP_ORDER_FAILURE": ("タイムスタンプの時刻の順序が合いません", "The times of its timestamps do not fit"),
    "SIGNED_DATA_NOT_FOUND": ("署名の対象が見つかりません", "What was signed is not there"),
    "POLICY_PROCESSING_ERROR": ("署名の方針を読み取れません", "The signature policy cannot be read"),
    "SIGNATURE_POLICY_NOT_AVAILABLE": ("署名の方針が手元にありません", "The signature policy is not here"),
    "GENERIC": ("確かめられませんでした", "It could not be checked"),
    "trust anchor not supplied": (
        "信頼する根証明書が設定されていないため、署名者を確かめられません（evidence.signature_roots_file）",
        "No root to trust is set, so the signer cannot be told (evidence.signature_roots_file)",
    ),
}
"""Sub-indications of ETSI EN 319 102-1, as the PDF's own signatures give them."""


def signature_reason(one: PdfSignature) -> Label:
    """Why it stands as it does, in words; what no word is known for is never shown as good."""
    if one.reason is None:
        return _HOLDS
    return SIGNATURE_REASONS.get(one.reason, SIGNATURE_REASONS["GENERIC"])
