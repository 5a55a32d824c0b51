"""Making the two certificates: the authority's, which every counter trusts once, and the server's, which it signs.

Both by ECDSA on P-256, which every browser of the last ten years takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiosk.authority.names import LOCAL_DOMAIN, LOCAL_NETS, Name, allows, as_name

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No right clock stands before the year in which this program was written. Authorities are valid from here, so that
one made by a clock that ran ahead is as good as any once the clock is right."""
AUTHORITY_LIFE = timedelta(days=3652)
"""Ten years: to trust a new one is work at every counter."""
SERVER_LIFE = timedelta(days=397)
"""Browsers take 398 days at most (CA/Browser Forum, ballot SC-31)."""
BACKDATED = timedelta(days=1)
"""A certificate is valid a day before it is made: the counters' clocks may be late."""
RENEW_BEFORE = timedelta(days=180)
"""A machine may be off for months; renewing costs nothing."""
_LONGEST_NAME = 64
"""X.520's upper bound for a common name and an organisation."""


class AuthorityError(Exception):
    """HTTPS cannot be had; the text says why and what to do."""


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self) -> bytes:
        """Both in one file, so that no reader ever finds one without the other."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return key + self.certificate.public_bytes(serialization.Encoding.PEM)

    @classmethod
    def parse(cls, pem: bytes) -> Pair:
        """Raises ValueError when there are not both, or they do not belong together."""
        key = serialization.load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError("the key does not belong to the certificate")
        return cls(certificate, key)


def make_authority(site: str, organisation: str, names: list[Name], now: datetime) -> Pair:
    """A new authority that may speak for this office only: `names` as far as they are DNS names, what lies below
    .local, and private addresses. A key that is stolen opens nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    known = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # The digits tell an old authority from its successor in a browser's list
    title = f"{site} kiosk CA {known.digest.hex()[:4].upper()}"
    domains = dict.fromkeys([*(name for name in names if isinstance(name, str)), LOCAL_DOMAIN])
    own_nets = [ip_network(name) for name in names if not isinstance(name, str) and not allows((), LOCAL_NETS, name)]
    permitted: list[x509.GeneralName] = [x509.DNSName(domain) for domain in domains]
    permitted += [x509.IPAddress(net) for net in (*LOCAL_NETS, *own_nets)]
    subject = _name(title, organisation)
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(EARLIEST)
        .not_valid_after(now.replace(microsecond=0) + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(known, critical=False)
    )
    return Pair(builder.sign(key, hashes.SHA256()), key)


def make_server(authority: Pair, names: list[Name], now: datetime) -> Pair:
    """A server's certificate for those of `names` that `authority` may speak for: one name too many, and browsers
    refuse the whole certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    start = max(now.replace(microsecond=0) - BACKDATED, issuer.not_valid_before_utc)
    speaks_for = [name for name in names if may_speak_for(issuer, name)]
    builder = (
        x509.CertificateBuilder(
            subject_name=_name("kiosk", ""), issuer_name=issuer.subject, public_key=key.public_key()
        )
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(min(start + SERVER_LIFE, issuer.not_valid_after_utc))
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in speaks_for]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
    )
    return Pair(builder.sign(authority.key, hashes.SHA256()), key)


def may_speak_for(authority: x509.Certificate, name: Name) -> bool:
    """Whether the limits of `authority` take `name` in."""
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    domains = [one.value for one in limits if isinstance(one, x509.DNSName)]
    return allows(domains, [one.value for one in limits if isinstance(one, x509.IPAddress)], name)


def named_in(server: x509.Certificate) -> list[Name]:
    """The names and addresses for which a server's certificate holds."""
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [*map(as_name, names.get_values_for_type(x509.DNSName)), *names.get_values_for_type(x509.IPAddress)]  # type: ignore[list-item]


def signed_by(server: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether `authority` has signed `server`."""
    try:
        server.verify_directly_issued_by(authority)
    except Exception:  # ValueError, TypeError, InvalidSignature: whatever it is, it is no signature of ours
        return False
    return True


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, sixteen groups of four hexadecimal digits, as people can compare them."""
    digits = certificate.fingerprint(hashes.SHA256()).hex().upper()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def title(certificate: x509.Certificate) -> str:
    """What a browser's list calls it."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def der(certificate: x509.Certificate) -> bytes:
    """The file that is given away. In this form the file's own SHA-256 is the fingerprint, so that `sha256sum` and
    `certutil -hashfile` compare it before anybody trusts it."""
    return certificate.public_bytes(serialization.Encoding.DER)


def _name(common: str, organisation: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common[:_LONGEST_NAME])]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:_LONGEST_NAME]))
    return x509.Name(parts)


def _general(name: Name) -> x509.GeneralName:
    return x509.DNSName(name) if isinstance(name, str) else x509.IPAddress(name)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip
