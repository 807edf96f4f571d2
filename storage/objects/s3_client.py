"""The S3 library, set up: connections, time limits, retries; and what its own parsers cannot read."""

from __future__ import annotations

import io
import os
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.error import S3Error
from minio.objectlockconfig import DAYS, ObjectLockConfig
from typing_extensions import Buffer
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from domain.errors import ConfigError
from storage.objects.durable import CHUNK_BYTES, missing
from storage.objects.s3_errors import TRANSIENT_STATUS, code_of, s3_errors, translate
from storage.settings import StoreSettings

LONGEST_BACKOFF_SECONDS = 20.0
NO_LOCK_CODES = frozenset(
    {
        "ObjectLockConfigurationNotFoundError",
        "NoSuchObjectLockConfiguration",
        "InvalidRequest",
        "NotImplemented",
        "MethodNotAllowed",
    }
)
"""What servers answer where a bucket or a version has no lock."""
_BUCKET_THERE = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})
_LOCK_UNKNOWN = frozenset({"NotImplemented", "InvalidRequest", "InvalidArgument", "MethodNotAllowed"})
_AGAIN = frozenset({"NoSuchUpload", "OperationAborted", "ConcurrentModification"})
"""Answers after which the whole step is tried again: an upload that an earlier answer lost, two changes at once."""
_RETENTION_URL_SECONDS = 60
_FRACTION = re.compile(r"\.[0-9]+")
_RETAIN_UNTIL = re.compile(r"<RetainUntilDate>\s*([^<]+?)\s*</RetainUntilDate>")
_MODE = re.compile(r"<Mode>\s*([A-Z]+)\s*</Mode>")

T = TypeVar("T")


class S3Client:
    """One library client per process, made on first use: connections must not be shared across a fork."""

    def __init__(self, settings: StoreSettings) -> None:
        """Check the settings; no connection is made.

        Raises:
            ConfigError: no endpoint or no credentials.
        """
        self._settings = settings
        parts = urlsplit(settings.endpoint)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
            msg = "the S3 endpoint must be a URL like https://s3.example.jp"
            raise ConfigError(msg, message_ja="保存先の endpoint は https://s3.example.jp のような URL にしてください")
        self._host, self._secure = parts.netloc, parts.scheme == "https"
        self._access_key, self._secret_key = settings.access_key.get_secret_value(), _secret(settings)
        self._lock = threading.Lock()
        self._made: tuple[int, Minio, urllib3.PoolManager] | None = None

    @property
    def api(self) -> Minio:
        """The library's client for this process."""
        return self._parts()[0]

    def attempt(self, what: str, action: Callable[[], T]) -> T:
        """Run a step; a connection that broke half-way through a body, or two changes at once, run it again.

        Whole requests are sent again further down, in the connection pool.
        """
        for left in reversed(range(self._settings.attempts)):
            try:
                return action()
            except HTTPError as error:
                if not left or getattr(error, "reason", None) is not None:  # the pool has tried already
                    raise translate(error, what) from error
            except S3Error as error:
                if not left or code_of(error) not in _AGAIN:
                    raise translate(error, what) from error
            except Exception as error:
                with s3_errors(what):
                    raise error from error.__cause__
        raise missing(what)  # unreachable: the last attempt returned or raised

    def make_bucket(self, name: str, *, object_lock: bool) -> None:
        """Make it where it is missing; a server that knows no lock makes it without one."""
        api = self.api
        if api.bucket_exists(name):
            return
        try:
            api.make_bucket(name, object_lock=object_lock)
        except S3Error as error:
            if error.code in _BUCKET_THERE:
                return
            if not (object_lock and error.code in _LOCK_UNKNOWN):
                raise
            api.make_bucket(name)  # this server has no lock: the traits will say so

    def lock_by_default(self, name: str) -> None:
        """Some servers drop the lock of a multipart upload without a word; the bucket's own default holds there too."""
        days = self._settings.default_retention_days
        now = self.api.get_object_lock_config(name)
        if days and (now.mode != COMPLIANCE or now.duration_unit != DAYS or (now.duration or 0) < days):
            self.api.set_object_lock_config(name, ObjectLockConfig(COMPLIANCE, days, DAYS))

    def retention(self, bucket: str, key: str, *, version_id: str | None) -> datetime | None:
        """Until when the version is locked in COMPLIANCE mode, as the server says it now.

        The version's own headers say it; servers that leave them out are asked by a signed URL, since the library's
        parser refuses dates with nanoseconds.
        """
        headers = self.api.stat_object(bucket, key, version_id=version_id).metadata or {}
        until, mode = headers.get("x-amz-object-lock-retain-until-date"), headers.get("x-amz-object-lock-mode")
        if until and mode:
            return parse_instant(until) if mode == COMPLIANCE else None
        return self._asked_retention(bucket, key, version_id=version_id)

    def _asked_retention(self, bucket: str, key: str, *, version_id: str | None) -> datetime | None:
        try:
            found = self.api.get_object_retention(bucket, key, version_id=version_id)
        except S3Error as error:
            if error.code in NO_LOCK_CODES:
                return None
            raise
        except ValueError:
            return self._signed_retention(bucket, key, version_id=version_id)
        if found is None or found.mode != COMPLIANCE:
            return None
        return found.retain_until_date.replace(tzinfo=UTC)

    def _signed_retention(self, bucket: str, key: str, *, version_id: str | None) -> datetime | None:
        query: dict[str, Any] = {"retention": ""}
        url = self.api.get_presigned_url(
            "GET",
            bucket,
            key,
            expires=timedelta(seconds=_RETENTION_URL_SECONDS),
            version_id=version_id,
            extra_query_params=query,
        )
        answer = self._parts()[1].request("GET", url)
        text = answer.data.decode("utf-8", "replace")
        until, mode = _RETAIN_UNTIL.search(text), _MODE.search(text)
        if answer.status != 200 or until is None or mode is None or mode.group(1) != COMPLIANCE:
            return None
        return parse_instant(until.group(1))

    def _parts(self) -> tuple[Minio, urllib3.PoolManager]:
        with self._lock:
            if self._made is None or self._made[0] != os.getpid():
                pool = self._pool()
                api = Minio(
                    self._host,
                    access_key=self._access_key,
                    secret_key=self._secret_key,
                    secure=self._secure,
                    region=self._settings.region,
                    http_client=pool,
                )
                self._made = (os.getpid(), api, pool)
            return self._made[1], self._made[2]

    def _pool(self) -> urllib3.PoolManager:
        settings = self._settings
        retries = urllib3.Retry(
            total=settings.attempts - 1,
            backoff_factor=settings.backoff_seconds / 2,  # the library doubles before it waits the first time
            backoff_max=LONGEST_BACKOFF_SECONDS,
            backoff_jitter=settings.backoff_seconds,
            status_forcelist=TRANSIENT_STATUS,
            allowed_methods=None,  # every request may be sent again: objects are named by content or looked at after
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        tls: dict[str, Any] = {"cert_reqs": "CERT_REQUIRED"}
        if settings.ca_file is not None:
            tls["ca_certs"] = str(settings.ca_file)
        timeout = urllib3.Timeout(connect=settings.connect_timeout_seconds, read=settings.read_timeout_seconds)
        return urllib3.PoolManager(maxsize=settings.connections, timeout=timeout, retries=retries, **tls)


class S3Body(io.RawIOBase):
    """An object's bytes as they come; a connection that breaks is StoreUnavailable, never a short read."""

    def __init__(self, response: BaseHTTPResponse, *, what: str) -> None:
        """Take over the response; ``close`` gives its connection back."""
        self._response = response
        self._what = what

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill the buffer as far as bytes are there."""
        view = memoryview(buffer)
        with s3_errors(self._what):
            piece = self._response.read(min(len(view), CHUNK_BYTES))
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Drop what was not read, and the connection with it."""
        if not self.closed:
            self._response.close()
            self._response.release_conn()
        super().close()


def parse_instant(text: str) -> datetime:
    """An ISO instant in UTC with any number of decimals (RGW gives nine).

    Raises:
        ValueError: not an instant.
    """
    whole = _FRACTION.sub("", text.strip()).replace("Z", "+00:00")
    found = datetime.fromisoformat(whole)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _secret(settings: StoreSettings) -> str:
    secret = settings.secret_key.get_secret_value()
    if not secret and settings.secret_key_file is not None:
        try:
            secret = settings.secret_key_file.read_text().strip()
        except OSError as error:
            msg = f"cannot read secret_key_file: {error.strerror}"
            raise ConfigError(
                msg, message_ja=f"シークレットキーのファイルを読めません: {settings.secret_key_file}"
            ) from error
    if not secret or not settings.access_key.get_secret_value():
        msg = "the S3 store needs access_key and secret_key (or secret_key_file)"
        raise ConfigError(
            msg,
            message_ja="S3 のアクセスキーとシークレットキーがありません。環境変数かファイルで渡してください",
        )
    return secret
