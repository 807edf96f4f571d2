"""The S3 library's errors in our words: what is missing, what is refused, what is down, what is set up wrongly."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError

from domain.errors import AppError, ConfigError, StorageError, StoreUnavailable
from storage.objects.durable import missing

_MISSING = frozenset(
    {"NoSuchKey", "NoSuchVersion", "NoSuchObject", "NoSuchUpload", "ResourceNotFound", "MethodNotAllowed"}
)
"""MethodNotAllowed is the answer to reading a delete marker."""
_REFUSED = frozenset(
    {
        "AccessDenied",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "AuthorizationHeaderMalformed",
        "ExpiredToken",
        "InvalidToken",
        "RequestTimeTooSkewed",
    }
)
_BUSY = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "TooManyRequests"})
FOREIGN_ERRORS = (MinioException, HTTPError, OSError, ParseError)
TRANSIENT_STATUS = frozenset({429, 500, 502, 503, 504})


@contextmanager
def s3_errors(what: str) -> Iterator[None]:
    """Translate.

    Raises:
        ObjectMissing: no such object or version.
        StoreUnavailable: no connection, or the server says that it is overloaded or broken.
        ConfigError: the bucket is missing, or the credentials are not accepted.
        StorageError: the server refused for another reason.
    """
    try:
        yield
    except FOREIGN_ERRORS as error:
        raise translate(error, what) from error


def translate(error: Exception, what: str) -> AppError:
    """The error of ours that says the same."""
    if isinstance(error, S3Error):
        return _of_code(error, what)
    status = _status(error)
    if status is not None and status not in TRANSIENT_STATUS and status < 500:
        return _unexpected(f"HTTP {status}", what)
    return _unavailable(_reason(error, status), what)


def code_of(error: Exception) -> str | None:
    """S3's error code, where the server gave one."""
    return error.code if isinstance(error, S3Error) else None


def _of_code(error: S3Error, what: str) -> AppError:
    code = error.code or "unknown"
    if code in _MISSING:
        return missing(what)
    if code in _BUSY or error.response.status in TRANSIENT_STATUS:
        return _unavailable(code, what)
    if code == "NoSuchBucket":
        return ConfigError(
            f"{what}: the bucket does not exist",
            message_ja="保存先のバケットがありません。shoko doctor を実行し、bucket_prefix の設定を確かめてください",
            file=what,
        )
    if code in _REFUSED:
        return ConfigError(
            f"{what}: the server refused ({code})",
            message_ja=f"保存先のサーバーに拒否されました({code})。"
            "アクセスキー・権限・このマシンの時計を確かめてください",
            file=what,
        )
    return _unexpected(code, what)


def _unexpected(code: str, what: str) -> StorageError:
    return StorageError(
        f"{what}: the server answered {code}",
        message_ja=f"保存先のサーバーが予期しない応答を返しました({code})。サーバーの記録を確かめてください",
        file=what,
    )


def _unavailable(reason: str, what: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"{what}: the object store does not answer ({reason})",
        message_ja=f"保存先のサーバーに接続できません({reason})。何も失われていません。自動的に再試行します",
        file=what,
    )


def _status(error: Exception) -> int | None:
    if isinstance(error, ServerError):
        return error.status_code
    if isinstance(error, InvalidResponseError):
        return error._code  # noqa: SLF001  # the library shows it in no other way
    return None


def _reason(error: Exception, status: int | None) -> str:
    if status is not None:
        return f"HTTP {status}"
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, type(error).__name__)
    inner = getattr(error, "reason", None)
    return type(inner if isinstance(inner, Exception) else error).__name__
