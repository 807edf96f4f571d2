"""Whatever is done to a bucket in whatever order, the folder store answers as a plain dictionary would."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from domain.errors import AppendOnlyViolation
from domain.ids import Digest
from storage.objects import FolderStore

PART = st.sampled_from(["a", "b~", "%7E", ".c", "a.b", "請求", "000001-00000000", "\udc90"])
KEYS = st.lists(PART, min_size=1, max_size=3).map("/".join)
CONTENT = st.binary(max_size=3)
START = datetime(2026, 11, 20, tzinfo=UTC)


class StoreMachine(RuleBasedStateMachine):
    """The store beside a model: key → versions, oldest first, each with bytes and retention."""

    versions = Bundle("versions")

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.now = START
        self.store = FolderStore(Path(self.folder.name), clock=lambda: self.now)
        self.store.ensure_bucket("vault", versioned=True, object_lock=True)
        self.model: dict[str, list[list]] = {}

    def teardown(self):
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @rule(target=versions, key=KEYS, content=CONTENT, if_absent=st.booleans(), days=st.none() | st.integers(1, 9))
    def put(self, key, content, if_absent, days):
        until = None if days is None else self.now + timedelta(days=days)
        ref = self.store.put_named(
            "vault", key, content, media_type="text/plain", retain_until=until, if_absent=if_absent
        )
        known = self.model.setdefault(key, [])
        if not (if_absent and known):
            known.append([ref.version_id, content, None])
        newest = known[-1]
        if until is not None:
            newest[2] = max(until, newest[2] or until)
        assert (ref.version_id, ref.digest) == (newest[0], Digest.of(newest[1]))
        return key, ref.version_id

    @rule(version=consumes(versions))
    def delete(self, version):
        key, version_id = version
        entry = next((v for v in self.model.get(key, []) if v[0] == version_id), None)
        if entry is not None and entry[2] is not None and entry[2] > self.now:
            with pytest.raises(AppendOnlyViolation):
                self.store.delete_version("vault", key, version_id=version_id)
            return
        self.store.delete_version("vault", key, version_id=version_id)
        if entry is not None:
            self.model[key].remove(entry)

    @rule(version=versions, days=st.integers(1, 9))
    def extend(self, version, days):
        key, version_id = version
        entry = next((v for v in self.model.get(key, []) if v[0] == version_id), None)
        if entry is None:
            return
        until = self.now + timedelta(days=days)
        entry[2] = max(until, entry[2] or until)
        assert self.store.extend_retention("vault", key, version_id=version_id, until=until) == entry[2]

    @rule(days=st.integers(1, 5))
    def wait(self, days):
        self.now += timedelta(days=days)

    @invariant()
    def same_as_the_model(self):
        if not hasattr(self, "model"):
            return
        expected = {key: versions for key, versions in self.model.items() if versions}
        ordered = sorted(expected, key=lambda key: key.encode("utf-8", "surrogateescape"))
        assert [v.key for v in self.store.list_latest("vault")] == ordered
        listed = [(v.key, v.version_id, v.is_latest) for v in self.store.list_versions("vault")]
        assert listed == [
            (key, entry[0], entry is expected[key][-1]) for key in ordered for entry in reversed(expected[key])
        ]
        for key, entries in expected.items():
            for version_id, content, until in entries:
                assert self.store.get("vault", key, version_id=version_id) == content
                assert self.store.retention("vault", key, version_id=version_id) == until


StoreMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
TestStoreMachine = StoreMachine.TestCase
