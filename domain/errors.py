"""The one error tree. A foreign exception never crosses a folder border.

    AppError                code (stable, documented), exit_code, retryable = False
      InputError            the document is at fault
        UnsupportedMedia    nothing here can read this kind of file
        EncryptedDocument   a password is needed
        DamagedDocument     broken, truncated or empty
        DocumentTooLarge    over a limit on bytes, pages or pixels
        CorrectionInvalid   what a person typed is no value of the field
        RequestRefused      the state of a request, or who asks, does not allow it
        PaperMustStay       the paper of a scan may not be thrown away
        AccessRefused       an account, a password or a right does not allow it
      EngineError           an engine is at fault
        EngineMissing       not installed or unknown
        EngineCrashed       raised or died
        EngineOutputInvalid answered something that is not an answer
        EngineTimeout       took too long (retryable)
      StorageError          a store or the archive is at fault
        ObjectMissing       no such object or version
        DigestMismatch      the bytes are not the bytes that were put
        RevisionConflict    somebody revised the document first
        AppendOnlyViolation an attempt to change what may only be appended to
        StoreUnavailable    the store does not answer (retryable)
      EvidenceError         evidence is at fault
        EvidenceMalformed   it cannot be parsed
        TimestampRefused    the authority refused, or its token failed a check
        TimestampUnavailable the authority does not answer (retryable)
      MailUnavailable       the mail server does not answer or does not take a mail (retryable)
      ConfigError           a setting is missing or contradicts another

Every error carries what a person needs to act: ``message`` (English, for logs and developers) and ``message_ja``
(Japanese, for users), plus the file and the page where there is one.
"""

from __future__ import annotations

from typing import ClassVar


class AppError(Exception):
    """Root of every error that Shoko raises on purpose."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 10
    retryable: ClassVar[bool] = False
    label_ja: ClassVar[str] = "エラーが発生しました"

    def __init__(
        self,
        message: str,
        *,
        message_ja: str | None = None,
        file: str | None = None,
        page_number: int | None = None,
    ) -> None:
        """Keep the message in both languages and the place it speaks of (``page_number`` counts from 1)."""
        super().__init__(message)
        self.message = message
        self.message_ja = message_ja or self.label_ja
        self.file = file
        self.page_number = page_number

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle across process borders with keyword-only arguments intact."""
        return (_rebuild, (type(self), self.message, self.message_ja, self.file, self.page_number))


def label_of(code: str) -> str:
    """The Japanese label of the error with this code; the code itself where there is none."""
    waiting: list[type[AppError]] = [AppError]
    while waiting:
        kind = waiting.pop()
        if kind.code == code:
            return kind.label_ja
        waiting += kind.__subclasses__()
    return code


def _rebuild(
    kind: type[AppError], message: str, message_ja: str, file: str | None, page_number: int | None
) -> AppError:
    return kind(message, message_ja=message_ja, file=file, page_number=page_number)


class InputError(AppError):
    """The document is at fault; trying again with the same bytes gives the same answer."""

    code = "input_invalid"
    exit_code = 1
    label_ja = "このファイルは処理できません"


class UnsupportedMedia(InputError):
    """Nothing here reads this kind of file. It is preserved as it is."""

    code = "unsupported_media"
    label_ja = "対応していない形式のファイルです。原本のまま保存し、確認待ちにします"


class EncryptedDocument(InputError):
    """A password is needed to read it. It is preserved; the password can come later."""

    code = "encrypted"
    label_ja = (
        "パスワードで保護されています。原本を保存しました。解除したファイルを入れるか、内容を手で入力してください"
    )


class DamagedDocument(InputError):
    """Broken, truncated or empty. It is preserved as it came."""

    code = "damaged"
    label_ja = "ファイルが壊れているか途中で切れています。原本を保存しました。もう一度スキャンしてください"


class DocumentTooLarge(InputError):
    """Over a limit on bytes, pages or pixels."""

    code = "too_large"
    label_ja = "ファイルが大きさの上限を超えています。分割するか解像度を下げてください"


class CorrectionInvalid(InputError):
    """What a person typed is not a value of the field; nothing was changed."""

    code = "correction_invalid"
    exit_code = 2
    label_ja = "入力された値を読み取れません。何も変更していません"


class RequestRefused(InputError):
    """The state of a request, or who wants to take the step, does not allow it; nothing was changed."""

    code = "request_refused"
    exit_code = 2
    label_ja = "この申請の操作はできません。何も変更していません"


class PaperMustStay(InputError):
    """The paper of a scan may not be thrown away (law: scan-paper-disposal); nothing was recorded."""

    code = "paper_must_stay"
    label_ja = "この書類の紙は廃棄できません。何も記録していません"


class AccessRefused(InputError):
    """An account, a password or a right does not allow it; nothing was changed."""

    code = "access_refused"
    exit_code = 2
    label_ja = "この操作は許可されていません。何も変更していません"


class EngineError(AppError):
    """A reading engine is at fault."""

    code = "engine_failed"
    exit_code = 11
    label_ja = "読み取りエンジンで問題が起きました"


class EngineMissing(EngineError):
    """Unknown name, or not installed."""

    code = "engine_missing"
    label_ja = "読み取りエンジンが見つかりません"


class EngineCrashed(EngineError):
    """It raised, or its process died."""

    code = "engine_crashed"
    label_ja = "読み取りエンジンが異常終了しました。確認待ちにします"


class EngineOutputInvalid(EngineError):
    """It answered something that is not an answer."""

    code = "engine_output_invalid"
    label_ja = "読み取りエンジンの出力が不正です。確認待ちにします"


class EngineTimeout(EngineError):
    """It took longer than the page limit."""

    code = "engine_timeout"
    retryable = True
    label_ja = "読み取りが制限時間を超えました。確認待ちにします"


class StorageError(AppError):
    """A store or the archive is at fault."""

    code = "storage_failed"
    exit_code = 12
    label_ja = "保存先で問題が起きました"


class ObjectMissing(StorageError):
    """No object under this key, or not in this version."""

    code = "object_missing"
    label_ja = "保存されているはずのファイルが見つかりません"


class DigestMismatch(StorageError):
    """The bytes read are not the bytes that were stored."""

    code = "digest_mismatch"
    label_ja = "保存データのハッシュ値が一致しません。改変または破損の疑いがあります"


class RevisionConflict(StorageError):
    """Only the newest revision may be revised, and it was no longer the newest."""

    code = "revision_conflict"
    label_ja = "他の人が先に訂正しました。最新の内容を確かめてからやり直してください"


class AppendOnlyViolation(StorageError):
    """The archive only grows; this would have changed or removed something."""

    code = "append_only"
    label_ja = "保存済みの記録は変更も削除もできません"


class StoreUnavailable(StorageError):
    """The store does not answer; nothing is lost, the step is retried."""

    code = "store_unavailable"
    retryable = True
    label_ja = "保存先に接続できません。自動的に再試行します"


class EvidenceError(AppError):
    """Evidence is at fault."""

    code = "evidence_failed"
    exit_code = 13
    label_ja = "証拠データで問題が起きました"


class EvidenceMalformed(EvidenceError):
    """It cannot be parsed."""

    code = "evidence_malformed"
    label_ja = "証拠データの形式が不正です"


class TimestampRefused(EvidenceError):
    """The authority refused the request, or the token it gave failed a check on arrival."""

    code = "timestamp_refused"
    label_ja = "タイムスタンプが拒否されたか、検査に通りませんでした"


class TimestampUnavailable(EvidenceError):
    """The authority does not answer; the request stays queued."""

    code = "timestamp_unavailable"
    retryable = True
    label_ja = "タイムスタンプ局に接続できません。付与待ちのまま自動的に再試行します"


class MailUnavailable(AppError):
    """The mail server does not answer, or does not take a mail."""

    code = "mail_unavailable"
    exit_code = 15
    retryable = True
    label_ja = "メールサーバーに送れませんでした。翌日の処理で改めて送ります"


class ConfigError(AppError):
    """A setting is missing or contradicts another."""

    code = "config_invalid"
    exit_code = 2
    label_ja = "設定に誤りがあります"
