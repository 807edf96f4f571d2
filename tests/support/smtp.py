"""A mail server on this machine: EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT, DATA; it keeps what it is given."""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "shoko", "himitsu"


def certificate(folder):
    """A certificate of 127.0.0.1 and its key, in PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "mail.pem", folder / "mail.key"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, secret


@dataclass
class MailServer:
    """Starts with ``with``; what comes in stands in ``mails``."""

    certificate: tuple
    tls: bool = False
    mails: list = field(default_factory=list)
    encrypted: list = field(default_factory=list)
    """For each mail, whether it came over TLS."""
    logins: list = field(default_factory=list)
    refuse: bool = False
    """Take no mail."""

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(*self.certificate)
        context = self._context if self.tls else None
        opening = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self):
        self._server.close()
        await self._server.wait_closed()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _serve(self, reader, writer):
        def say(*lines):
            writer.write("".join(f"{line}\r\n" for line in lines).encode())

        say("220 here")
        secure, told = self.tls, False
        while line := (await reader.readline()).decode().strip():
            verb = line.split(" ", 1)[0].upper()
            if verb == "EHLO":
                say("250-here", *(() if secure else ("250-STARTTLS",)), "250 AUTH PLAIN")
            elif verb == "STARTTLS":
                say("220 go")
                await writer.drain()
                await writer.start_tls(self._context)
                secure = True
            elif verb == "AUTH":
                _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                told = (user, password) == (USER, PASSWORD)
                self.logins.append(user)
                say("235 ok" if told else "535 no")
            elif verb == "DATA":
                say("354 go")
                content = bytearray()
                while (got := await reader.readline()) != b".\r\n":
                    content += got[1:] if got.startswith(b"..") else got
                self.mails.append(message_from_bytes(bytes(content), policy=policy.default))
                self.encrypted.append(secure)
                say("250 kept")
            elif verb == "QUIT":
                say("221 bye")
                break
            else:
                say("550 no" if verb == "MAIL" and self.refuse else "250 ok")
            await writer.drain()
        writer.close()
