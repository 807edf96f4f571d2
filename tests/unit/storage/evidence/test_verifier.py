"""The second implementation: against the first, against RFC 8785, against real tokens, and standing alone."""

import ast
import hashlib
import json
from pathlib import Path

import pytest
import rfc3161_client
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

import storage.evidence.verifier as package
from domain import merkle
from storage.evidence.certificates import load_roots, to_pem
from storage.evidence.verifier import (
    Anchors,
    Finding,
    Policy,
    Reason,
    RunningRoot,
    Verdict,
    is_canonical,
    overall,
    parse_canonical,
    proves_consistency,
    proves_inclusion,
    verify_token,
)

FOLDER = Path(package.__file__).parent


def test_it_imports_nothing_of_ours():
    allowed = {"storage.evidence.verifier", "cryptography", "__future__"}
    import sys

    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [a.name for a in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                top = name.partition(".")[0]
                assert top in sys.stdlib_module_names or any(name.startswith(a) for a in allowed), (path.name, name)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_canonical_form_is_the_one_of_the_other_library(value):
    content = rfc8785.dumps(value)
    parse_canonical(content)
    loose = json.dumps(value, indent=1).encode()
    assert is_canonical(loose) == (loose == content)


@pytest.mark.parametrize(
    "content", [b'{"a":1,"a":2}', b'{"b":1,"a":2}', b"1.0", b"1e3", b"[1, 2]", b"\xff", b"", b"NaN", b"[" * 5000]
)
def test_not_canonical(content):
    assert not is_canonical(content)


@pytest.mark.parametrize(
    "text", ["1e+21", "1e-7", "0.000001", "123456789012345680000", "5e-324", "1.7976931348623157e+308"]
)
def test_numbers_as_ecmascript_writes_them(text):
    assert is_canonical(text.encode())


@given(st.integers(1, 70), st.data())
def test_paths_agree_with_the_writer(size, data):
    tree = merkle.Tree(merkle.leaf_hash(bytes([i])) for i in range(size))
    running = RunningRoot()
    for i in range(size):
        running.add(tree.leaf(i))
    assert running.root() == tree.root()
    index = data.draw(st.integers(0, size - 1))
    first = data.draw(st.integers(0, size))
    path = tree.inclusion_proof(index)
    assert proves_inclusion(tree.leaf(index), index=index, size=size, path=path, root=tree.root())
    assert not proves_inclusion(tree.leaf(index), index=index, size=size, path=(*path, b"\0" * 32), root=tree.root())
    assert not proves_inclusion(tree.leaf(index), index=index, size=size, path=path, root=b"\0" * 32)
    assert not proves_inclusion(tree.leaf(index), index=size, size=size, path=path, root=tree.root())
    proof = tree.consistency_proof(first)
    roots = {"first_root": tree.root(first), "second_root": tree.root()}
    assert proves_consistency(first=first, second=size, **roots, path=proof)
    assert not proves_consistency(first=first, second=size, **(roots | {"first_root": b"\0" * 32}), path=proof)
    assert not proves_consistency(first=first, second=size, **roots, path=(*proof, b"\0" * 32))
    assert not proves_consistency(first=size + 1, second=size, **roots, path=proof)
    if proof:
        assert not proves_consistency(first=first, second=size, **roots, path=proof[:-1])
        assert not proves_inclusion(tree.leaf(index), index=index, size=size, path=path[:-1], root=tree.root())


def test_empty_log():
    assert RunningRoot().root() == merkle.EMPTY_ROOT


def test_overall():
    def one(verdict):
        return Finding(name="x", verdict=verdict)

    assert overall([]) is Verdict.INDETERMINATE
    assert overall([one(Verdict.PASSED)]) is Verdict.PASSED
    assert overall([one(Verdict.PASSED), one(Verdict.INDETERMINATE)]) is Verdict.INDETERMINATE
    assert overall([one(Verdict.FAILED), one(Verdict.INDETERMINATE)]) is Verdict.FAILED


@pytest.mark.sample_data
@pytest.mark.parametrize(
    ("token", "chain"),
    [
        ("sigstage/response-sha256.tsr", "sigstage/ts_chain.pem"),
        ("sigstage/response-no-embedded-cert.tsr", "sigstage/ts_chain.pem"),
        ("identrust/issue-104.tsr", "identrust/ts_chain.pem"),
    ],
)
def test_tokens_of_other_authorities(sample_data, token, chain):
    folder = sample_data / "timestamps"
    der = rfc3161_client.decode_timestamp_response((folder / token).read_bytes()).time_stamp_token()
    pem = (folder / chain).read_bytes()
    certificates = load_roots(folder / chain)

    def verify(content=b"hello", anchors=None, extra=certificates):
        return verify_token(
            der,
            digest_of=lambda name: hashlib.new(name, content).digest(),
            anchors=anchors or Anchors(roots_pem=(pem,)),
            policy=Policy(),
            subject=token,
            extra_certificates=extra,
        )

    assert overall(verify()) is Verdict.PASSED
    assert overall(verify(anchors=Anchors())) is Verdict.INDETERMINATE
    assert [f.reason for f in verify(b"hullo")] == [Reason.HASH_FAILURE]
    if "no-embedded" in token:
        assert verify(extra=())[-1].reason is Reason.NO_SIGNING_CERTIFICATE_FOUND


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_an_altered_token_is_never_passed_with_another_time_or_imprint(tmp_path):
    """Every byte of a token, altered: an answer each time, never an exception, and no signed byte goes unnoticed."""
    from domain.ids import Digest
    from storage.evidence.local_authority import LocalAuthority
    from tests.conftest import NOW

    authority = LocalAuthority.create_or_open(tmp_path / "tsa", clock=lambda: NOW)
    token = authority.stamp(Digest.of(b"x")).token_der
    anchors = Anchors(roots_pem=(to_pem(authority.roots).encode(),))
    passed = []
    for at in range(len(token)):
        for bit in (0x01, 0x80):
            altered = token[:at] + bytes([token[at] ^ bit]) + token[at + 1 :]
            findings = verify_token(
                altered,
                digest_of=lambda name: hashlib.new(name, b"x").digest(),
                anchors=anchors,
                policy=Policy(),
                subject="x",
            )
            if overall(findings) is Verdict.PASSED:
                passed.append(at)
    info = token.index(b"20261120030000Z")
    assert not [at for at in passed if info - 80 < at < info + 20]
    assert len(passed) < len(token)  # the bag's copy of the root and outer versions are not signed
