"""Certificates are checked, and nothing is fetched from a host that cannot show a good one."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.security.conftest import Lab

DAY = timedelta(days=1)
BAD = ("self-signed", "expired", "wrong-host")


class Authority:
    """Signs the certificates of the test's servers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._signed(self.name, self.key, authority=True))

    def context(self, name: str, *, host: str, age: timedelta, own: bool) -> ssl.SSLContext:
        """A server's context for ``host``; ``age`` of a certificate that is good for 30 days;
        ``own``: signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = (subject, key) if own else (self.name, self.key)
        pem = self._signed(subject, key, host=host, age=age, issuer=issuer)
        pem += key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file = self.folder / f"{name}.pem"
        file.write_bytes(pem)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        host: str = "",
        age: timedelta = DAY,
        issuer: tuple[x509.Name, ec.EllipticCurvePrivateKey] | None = None,
        authority: bool = False,
    ) -> bytes:
        by, signing = issuer or (self.name, self.key)
        start = datetime.now(UTC) - age
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(by)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + 30 * DAY)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if host:
            named = x509.DNSName(host) if host[0].isalpha() else x509.IPAddress(IPv4Address(host))
            builder = builder.add_extension(x509.SubjectAlternativeName([named]), critical=False)
        made = builder.sign(signing, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM)


def test_only_good_certificates_are_trusted_and_plain_http_is_no_way_out(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(lab.folder)
    hosts = {
        name: lab.host(tls=authority.context(name, host=host, age=age, own=own))
        for name, host, age, own in (
            ("good", "127.0.0.1", DAY, False),
            ("self-signed", "127.0.0.1", DAY, True),
            ("expired", "127.0.0.1", 60 * DAY, False),
            ("wrong-host", "other.example", DAY, False),
        )
    }
    for name, host in hosts.items():
        address = host.link_feed("/feed", host.url("/a").replace("http:", "https:"))
        lab.outlet(name.replace("-", "_"), address.replace("http:", "https:"))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    guarded = lab.crawl()
    assert "/feed" in hosts["good"].paths()
    for name in BAD:
        status, note = guarded.outcomes[name.replace("-", "_")]
        assert status == "failed"
        assert "TLS certificate is not valid for this host" in note
        assert hosts[name].asked == []
    lab.crawl(DOWNLOAD_VERIFY_CERTIFICATES=False)
    assert all("/feed" in host.paths() for host in hosts.values()), "without the guard"
