"""Signed PDFs, made with the library that checks them and an authority of our own."""

import io
from datetime import timedelta

import pikepdf
from asn1crypto import keys, tsp, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore


def plain_pdf() -> bytes:
    out = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(out)
    return out.getvalue()


def person(name, house, *, root, root_key, now):
    """(certificate, key) of somebody who signs for a company."""
    key = ec.generate_private_key(ec.SECP256R1())
    usage = {name: name in {"digital_signature", "content_commitment"} for name in (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )}  # fmt: skip
    subject = certificates.Name([
        certificates.NameAttribute(certificates.NameOID.ORGANIZATION_NAME, house),
        certificates.NameAttribute(certificates.NameOID.COMMON_NAME, name),
    ])  # fmt: skip
    builder = (
        certificates.CertificateBuilder(issuer_name=root.subject, subject_name=subject, public_key=key.public_key())
        .serial_number(certificates.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=400))
        .add_extension(certificates.KeyUsage(**usage), critical=True)
    )
    return builder.sign(root_key, hashes.SHA256()), key


class Stamper(TimeStamper):
    def __init__(self, authority):
        super().__init__()
        self._authority = authority

    async def async_request_tsa_response(self, req):
        return tsp.TimeStampResp.load(self._authority.reply(req.dump()))


def signed(content, *, certificate, key, root, authority=None, field="Sig1") -> bytes:
    store = SimpleCertificateStore()
    store.register(x509.Certificate.load(root.public_bytes(Encoding.DER)))
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )
    out = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(content)),
        signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256"),
        signer=signer,
        timestamper=Stamper(authority) if authority else None,
    )
    return out.getvalue()


def stamped(content, authority) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    return signers.PdfTimeStamper(Stamper(authority)).timestamp_pdf(writer, md_algorithm="sha256").getvalue()
