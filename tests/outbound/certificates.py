"""A certificate authority for the hostile web, with a slip for each way in which a certificate can be wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Slip = Literal["none", "expired", "not_yet", "self_signed", "stranger", "other_name", "only_common_name"]


class Authority:
    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SAMPLE authority of a test run")])
        self.certificate = (
            _builder(self._name, self._name, self._key, days=(-10, 10))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")

    def issue(self, host: str, slip: Slip, folder: Path) -> Path:
        """Return a PEM file of the key and the certificate of `host`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
        signer = {"self_signed": key, "stranger": ec.generate_private_key(ec.SECP256R1())}.get(slip, self._key)
        days = {"expired": (-9, -1), "not_yet": (1, 9)}.get(slip, (-1, 9))
        builder = _builder(subject, subject if slip == "self_signed" else self._name, key, days=days)
        if slip != "only_common_name":
            name = "elsewhere.example" if slip == "other_name" else host
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        certificate = builder.sign(signer, hashes.SHA256())
        path = folder / f"{slip}-{host[:100]}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        return path


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: tuple[int, int]
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
    )
