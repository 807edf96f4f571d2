"""What every test may ask for: a clock that stands still, sample data, real services; and no network but loopback."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
RUN_FOLDER, RUN_PID = "SHOKO_TEST_RUN_FOLDER", "SHOKO_TEST_RUN_PID"
PROJECT = Path(__file__).parent.parent


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="record engines again and rewrite golden files")


def _is_local(address) -> bool:
    if not isinstance(address, tuple):
        return True  # Unix sockets
    host = str(address[0])
    return host in {"localhost", "::1", ""} or host.startswith("127.")


@pytest.fixture(scope="session", autouse=True)
def _loopback_only():
    """Tests reach nothing outside this machine."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def guarded(self, address, *rest, _original=original):
            if not _is_local(address):
                msg = f"a test tried to reach {address!r}: only loopback is allowed"
                raise PermissionError(msg)
            return _original(self, address, *rest)

        patch.setattr(socket.socket, name, guarded)
    yield
    patch.undo()


@pytest.fixture
def clock():
    """A clock that stands still."""
    return lambda: NOW


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The public sample documents, which are not part of the repository."""
    folder = Path(os.environ.get("SHOKO_SAMPLE_DATA", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the public sample documents are not at {folder} (set SHOKO_SAMPLE_DATA)")
    return folder


# ---------------------------------------------------------------------- real servers, once per run


def _supervise():
    path = Path(__file__).parent / "services" / "supervise.py"
    if "supervise" not in sys.modules:
        spec = importlib.util.spec_from_file_location("supervise", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules["supervise"] = module
        spec.loader.exec_module(module)
    return sys.modules["supervise"]


def pytest_configure(config):
    """The process that runs the tests, or leads the workers that do, makes the run's folder."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="shoko-tests-")
        os.environ[RUN_PID] = str(os.getpid())


def pytest_unconfigure(config):
    """End every server that any worker started."""
    if "PYTEST_XDIST_WORKER" not in os.environ and RUN_FOLDER in os.environ:
        folder = Path(os.environ.pop(RUN_FOLDER))
        _supervise().dismiss(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _service(name: str) -> dict[str, str]:
    supervise = _supervise()
    try:
        return supervise.obtain(name, Path(os.environ[RUN_FOLDER]), watched_pid=int(os.environ[RUN_PID]))
    except supervise.Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name}: {missing}")
        pytest.skip(f"{name}: {missing}")


@pytest.fixture(scope="session")
def s3_service() -> dict[str, str]:
    """A real S3 server: ``endpoint`` (a URL), ``access_key``, ``secret_key``."""
    if endpoint := os.environ.get("SHOKO_TEST_S3_ENDPOINT"):
        return {
            "endpoint": endpoint,
            "access_key": os.environ["SHOKO_TEST_S3_ACCESS_KEY"],
            "secret_key": os.environ["SHOKO_TEST_S3_SECRET_KEY"],
        }
    return _service("ceph")


@pytest.fixture(scope="session")
def postgres_service() -> str:
    """URL of a real PostgreSQL, without a database."""
    return os.environ.get("SHOKO_TEST_POSTGRES_URL") or _service("postgres")["url"]


@pytest.fixture
def postgres_url(postgres_service) -> Iterator[str]:
    """URL of an empty database of this test's own."""
    import psycopg

    name = f"shoko_{secrets.token_hex(6)}"
    admin = f"{postgres_service.replace('postgresql+psycopg', 'postgresql')}/postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{postgres_service}/{name}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
