"""A real RFC 3161 authority on this machine, for the embedded default and for tests.

Its tokens verify with any tool, but nobody vouches for its clock or its keys: it is not accredited, and says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from domain.errors import ConfigError, EvidenceMalformed
from domain.evidence import Authority, TimestampToken
from domain.ids import Digest
from storage.evidence import der
from storage.evidence.tokens import (
    HASH_OIDS,
    SHA256_OID,
    SIGNING_CERTIFICATE_V2,
    Demands,
    build_request,
    check_found,
    check_reply,
)

LOCAL_POLICY_OID = "2.25.226770825937678953510106091399252928282"
"""A policy of our own, in the arc for UUIDs (no registration needed)."""
LOCAL_LABEL_JA = "ローカル時刻認証（認定なし）"
ROOT_LIFE = timedelta(days=30 * 365)
SIGNER_LIFE = timedelta(days=11 * 365)
"""As accredited authorities do (law: lt-token-life)."""
BACKDATED = timedelta(days=1)
"""Certificates are valid from a day before, so that a clock set back a little does not stop stamping."""
_GRANTED, _REJECTED = 0, 2
_BAD_ALGORITHM, _BAD_REQUEST, _BAD_DATA_FORMAT = 0, 2, 5
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_IMPRINT_BYTES = {der.oid(dotted): hashlib.new(name).digest_size for name, dotted in HASH_OIDS.items()}


class LocalAuthority:
    """Signs timestamps with a key on this machine. Thread-safe; many processes may open one folder."""

    def __init__(
        self,
        *,
        root: x509.Certificate,
        certificate: x509.Certificate,
        key: ec.EllipticCurvePrivateKey,
        clock: Callable[[], datetime],
        serial: Callable[[], int] = lambda: secrets.randbits(127),
        policy_oid: str = LOCAL_POLICY_OID,
    ) -> None:
        """Hold the certificates and the signing key; ``create_or_open`` is the usual way in."""
        self._policy_oid = policy_oid
        self._root = root
        self._certificate = certificate
        self._key = key
        self._clock = clock
        self._serial = serial

    @classmethod
    def create_or_open(
        cls, folder: Path, *, clock: Callable[[], datetime], policy_oid: str = LOCAL_POLICY_OID
    ) -> LocalAuthority:
        """Open the authority of that folder; the first call makes its root, certificate and keys (0600).

        Raises:
            ConfigError: the folder cannot be written, or what is in it cannot be read.
        """
        try:
            if not folder.exists():
                _create(folder, clock())
            root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
            certificate = x509.load_pem_x509_certificate((folder / "signer.pem").read_bytes())
            key = load_pem_private_key((folder / "signer-key.pem").read_bytes(), password=None)
        except (OSError, ValueError) as error:
            msg = f"local timestamp authority in {folder}: {error}"
            raise ConfigError(msg, message_ja=f"ローカル時刻認証の鍵フォルダ {folder} を使えません: {error}") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ConfigError(f"signer-key.pem in {folder} is not an elliptic-curve key")
        return cls(root=root, certificate=certificate, key=key, clock=clock, policy_oid=policy_oid)

    @property
    def authority(self) -> Authority:
        """Never accredited."""
        return Authority(name="local", accredited=False, label_ja=LOCAL_LABEL_JA)

    @property
    def roots(self) -> tuple[x509.Certificate, ...]:
        """Its own root: keep a copy outside this machine to verify from outside."""
        return (self._root,)

    def stamp(self, imprint: Digest) -> TimestampToken:
        """A token over the digest; the same request, reply and arrival check as over HTTP.

        Raises:
            TimestampRefused: its own certificate has expired, or the clock is far off.
        """
        nonce = secrets.randbits(64)
        reply = self.reply(build_request(imprint, nonce=nonce))
        demands = Demands(
            imprint=imprint,
            nonce=nonce,
            roots=self.roots,
            policy_oids=(self._policy_oid,),
            now=self._clock(),
            clock_tolerance_seconds=300,
        )
        return check_reply(reply, authority=self.authority.name, demands=demands)

    def gave(self, token: TimestampToken) -> bool:
        """Whether a token that was found leads to its root, and says itself what is kept beside it."""
        named = (token.authority, token.accredited) == (self.authority.name, False)
        return named and check_found(token, roots=self.roots, policy_oids=(self._policy_oid,))

    def reply(self, request: bytes) -> bytes:
        """TimeStampResp (DER) to a TimeStampReq (DER); a bad request is answered with a rejection, as RFC 3161 asks."""
        try:
            fields = list(der.parse(request).children())
            if fields.pop(0).integer() != 1:
                return _rejection(_BAD_REQUEST)
            algorithm, digest = fields.pop(0).children()
            hash_oid = algorithm.children()[0].raw
            if hash_oid not in _IMPRINT_BYTES:
                return _rejection(_BAD_ALGORITHM)
            if digest.tag != der.OCTET_STRING or len(digest.content) != _IMPRINT_BYTES[hash_oid]:
                return _rejection(_BAD_DATA_FORMAT)
        except (EvidenceMalformed, ValueError, IndexError):
            return _rejection(_BAD_REQUEST)
        nonces = [field.raw for field in fields if field.tag == der.INTEGER]
        token = self._sign(self._info(hash_oid, digest.content, nonces[0] if nonces else b""))
        return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.integer(_GRANTED)), token)

    def _info(self, hash_oid: bytes, imprint: bytes, nonce: bytes) -> bytes:
        """TSTInfo (RFC 3161 §2.4.2)."""
        algorithm = der.encode(der.SEQUENCE, hash_oid, der.encode(der.NULL))
        return der.encode(
            der.SEQUENCE,
            der.integer(1),
            der.oid(self._policy_oid),
            der.encode(der.SEQUENCE, algorithm, der.encode(der.OCTET_STRING, imprint)),
            der.integer(self._serial()),
            der.generalized_time(self._clock()),
            der.encode(der.SEQUENCE, der.integer(1)),  # accuracy: one second
            nonce,
        )

    def _sign(self, info: bytes) -> bytes:
        """TimeStampToken: CMS SignedData around the TSTInfo (RFC 5652 §5, RFC 5816)."""
        certificate = self._certificate.public_bytes(Encoding.DER)
        sha256 = der.encode(der.SEQUENCE, der.oid(SHA256_OID))
        certificate_id = der.encode(der.SEQUENCE, der.encode(der.OCTET_STRING, hashlib.sha256(certificate).digest()))
        signing_certificate = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, certificate_id))
        attributes = (
            _attribute(_CONTENT_TYPE, der.oid(_TST_INFO)),
            _attribute(_MESSAGE_DIGEST, der.encode(der.OCTET_STRING, hashlib.sha256(info).digest())),
            _attribute(SIGNING_CERTIFICATE_V2, signing_certificate),
        )
        signature = self._key.sign(der.set_of(attributes), ec.ECDSA(hashes.SHA256()))
        signer_info = der.encode(
            der.SEQUENCE,
            der.integer(1),
            der.encode(
                der.SEQUENCE, self._certificate.issuer.public_bytes(), der.integer(self._certificate.serial_number)
            ),
            sha256,
            der.set_of(attributes, tag=der.CONTEXT_0),
            der.encode(der.SEQUENCE, der.oid(_ECDSA_SHA256)),
            der.encode(der.OCTET_STRING, signature),
        )
        content = der.encode(der.CONTEXT_0, der.encode(der.OCTET_STRING, info))
        signed_data = der.encode(
            der.SEQUENCE,
            der.integer(3),
            der.set_of((sha256,)),
            der.encode(der.SEQUENCE, der.oid(_TST_INFO), content),
            der.set_of((certificate, self._root.public_bytes(Encoding.DER)), tag=der.CONTEXT_0),
            der.set_of((signer_info,)),
        )
        return der.encode(der.SEQUENCE, der.oid(_SIGNED_DATA), der.encode(der.CONTEXT_0, signed_data))


def issue_root(name: str, *, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A self-signed root."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    builder = (
        _certificate(subject, subject, key.public_key(), now=now, life=ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(issues=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256()), key


def issue_signer(
    name: str,
    *,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    life: timedelta = SIGNER_LIFE,
    usage: x509.ExtendedKeyUsage | None = None,
    usage_critical: bool = True,
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A timestamping certificate under that root (RFC 3161 §2.3: critical extendedKeyUsage, timeStamping alone)."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _certificate(_name(name), root.subject, key.public_key(), now=now, life=life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(issues=False), critical=True)
        .add_extension(usage or x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=usage_critical)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
    )
    return builder.sign(root_key, hashes.SHA256()), key


def _create(folder: Path, now: datetime) -> None:
    """Make everything in a private folder beside, then move it into place whole; whoever is first wins."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))  # 0700
    try:
        root, root_key = issue_root("Shoko local timestamp root (not accredited)", now=now)
        certificate, key = issue_signer(
            "Shoko local timestamp authority (not accredited)", root=root, root_key=root_key, now=now
        )
        for name, content in (
            ("root.pem", root.public_bytes(Encoding.PEM)),
            ("root-key.pem", _private(root_key)),
            ("signer.pem", certificate.public_bytes(Encoding.PEM)),
            ("signer-key.pem", _private(key)),
        ):
            write_private(fresh / name, content)
        with contextlib.suppress(FileExistsError, OSError):
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads (0600), durably; it must not exist yet."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
    )


def _usage(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _attribute(kind: str, value: bytes) -> bytes:
    return der.encode(der.SEQUENCE, der.oid(kind), der.set_of((value,)))


def _rejection(bit: int) -> bytes:
    """PKIStatusInfo with one failure bit set and no token."""
    width = bit // 8 + 1
    bits = (0x80 >> bit % 8) << 8 * (width - 1 - bit // 8)
    content = bytes([7 - bit % 8]) + bits.to_bytes(width, "big")
    failure = der.encode(der.BIT_STRING, content)
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.integer(_REJECTED), failure))
