"""Signed PDFs, made with the library that checks them and an authority of our own."""

import io

import pikepdf
from asn1crypto import keys, tsp, x509
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
