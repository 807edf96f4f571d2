"""What every test may ask for: a clock that stands still, sample data, real services; and no network but loopback."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PROJECT = Path(__file__).parent.parent


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
