"""A time-stamping authority of our own on the loopback address: real tokens, made by OpenSSL."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {home}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """A root, a signer under it, and OpenSSL with them; everything lies in `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir()
        root_key, signer_key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        root = certificate("root", root_key, "root", root_key)
        signer = certificate("tsa", signer_key, "root", root_key)
        self.root = self._keep("root.pem", root.public_bytes(serialization.Encoding.PEM))
        self._keep("tsa.pem", signer.public_bytes(serialization.Encoding.PEM))
        self._keep("tsa.key", plain(signer_key))
        self._keep("serial", b"01\n")
        self._keep("tsa.cnf", CONFIG.format(home=home).encode())

    def answer(self, query: bytes) -> bytes:
        """The TimeStampResp to a TimeStampReq."""
        asked = self._keep("query", query)
        command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", asked.name]
        subprocess.run(
            [*command, "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "answer"],
            cwd=self.home,
            check=True,
            capture_output=True,
        )
        return (self.home / "answer").read_bytes()

    def _keep(self, name: str, body: bytes) -> Path:
        path = self.home / name
        path.write_bytes(body)
        return path


def plain(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def certificate(
    subject: str, key: rsa.RSAPrivateKey, issuer: str, signer: rsa.RSAPrivateKey
) -> x509.Certificate:
    now = datetime.now(UTC)
    is_root = subject == issuer
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )
    if not is_root:
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(signer, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Server:
    """The authority as a web server; `spoil` changes its answers, `asked` counts them."""

    def __init__(self, authority: Authority) -> None:
        self.asked = 0
        self.spoil = lambda body: body
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.asked += 1
                query = self.rfile.read(int(self.headers["Content-Length"]))
                body = server.spoil(authority.answer(query))
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/"


@contextmanager
def serving(authority: Authority) -> Iterator[Server]:
    server = Server(authority)
    thread = threading.Thread(target=server.http.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        thread.join()
        server.http.server_close()
