"""A certification authority that can revoke: a root, a timestamp certificate, lists and OCSP answers about it."""

import base64
from datetime import timedelta
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from storage.evidence.local_authority import issue_root
from tests.support.records import NOW

CRL, OCSP = "http://ca.example.jp/tsa.crl", "http://ca.example.jp/ocsp"
DAY = timedelta(days=1)


class Authorities:
    """A double of a certification authority: a root, a timestamp certificate, lists and OCSP answers about it."""

    def __init__(self, folder):
        self.root, self.root_key = issue_root("ca", now=NOW)
        self.signer, key = self.issue("tsa", ExtendedKeyUsageOID.TIME_STAMPING, critical=True)
        folder.mkdir(parents=True)
        for name, content in (("root", self.root), ("signer", self.signer)):
            (folder / f"{name}.pem").write_bytes(content.public_bytes(Encoding.PEM))
        for name, private in (("root-key", self.root_key), ("signer-key", key)):
            (folder / f"{name}.pem").write_bytes(
                private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            )
        self.answers = {"crl": self.crl(), "ocsp": self.ocsp()}
        self.asked = []

    def issue(self, name, usage, *, critical=False, days=3650):
        key = ec.generate_private_key(ec.SECP256R1())
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(CRL)], None, None, None)
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(OCSP))
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.root.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 10 * DAY)
            .not_valid_after(NOW + days * DAY)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=critical)
            .add_extension(x509.CRLDistributionPoints([point]), critical=False)
            .add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        )
        return builder.sign(self.root_key, hashes.SHA256()), key

    def crl(self, since=None, reason=None, *, at=NOW, key=None, extension=None):
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.root.subject)
        builder = builder.last_update(at).next_update(at + 7 * DAY)
        if since is not None:
            entry = x509.RevokedCertificateBuilder().serial_number(self.signer.serial_number).revocation_date(since)
            entry = entry if reason is None else entry.add_extension(x509.CRLReason(reason), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        if extension is not None:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(key or self.root_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def ocsp(self, since=None, reason=None, *, about=None, by=None, at=NOW, algorithm=None):
        responder, key = by or (self.root, self.root_key)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=about or self.signer,
            issuer=self.root,
            algorithm=algorithm or hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.GOOD if since is None else ocsp.OCSPCertStatus.REVOKED,
            this_update=at,
            next_update=at + DAY,
            revocation_time=since,
            revocation_reason=reason,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder)
        builder = builder if by is None else builder.certificates([responder])
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    def says(self):
        return (("crl", self.crl), ("ocsp", self.ocsp))

    def fetch(self, url):
        self.asked.append(url)
        if url == CRL:
            return self.answers["crl"]
        question = ocsp.load_der_ocsp_request(base64.b64decode(unquote(url.removeprefix(f"{OCSP}/"))))
        assert question.serial_number == self.signer.serial_number
        return self.answers["ocsp"]
