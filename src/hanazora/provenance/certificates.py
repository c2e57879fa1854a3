"""Certificates of the profile that C2PA validators accept (specification 2.2, section 14.5.1).

A leaf needs X.509 v3, the key usage digitalSignature, an authority key identifier and the extended
key usage emailProtection; a validator that knows nothing of us reads such a file as `Valid` with an
unknown signer, one that has our root as `Trusted`. Keys are Ed25519 (RFC 8032), whose signatures
are a function of the key and the message alone, so that the same video is the same file.
"""

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from hanazora.core.errors import UserError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

Algorithm: TypeAlias = Literal["ed25519", "es256", "es384"]
"""Signature algorithms by the names C2PA gives them."""

SignBytes: TypeAlias = Callable[[bytes], bytes]
"""Signs a message; DER or raw for elliptic curves. A key management service is one of these."""

ORGANISATION = "hanazora"
ROOT_DAYS = 3650
LEAF_DAYS = 90
_CLOCK_SLACK = datetime.timedelta(hours=1)  # the clock of another machine may be a little behind
_CURVE_BYTES = {"es256": 32, "es384": 48}
_CURVE_NAMES: dict[str, Algorithm] = {"secp256r1": "es256", "secp384r1": "es384"}


class KeyPair(NamedTuple):
    """A private key and its certificate, both PEM."""

    key_pem: bytes
    certificate_pem: bytes


def make_root() -> KeyPair:
    """Make a self-signed root that may sign leaves and nothing else."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    name = _name("local root")
    builder = _builder(name, name, ROOT_DAYS).public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return _pair(key, builder.add_extension(identifier, critical=False).sign(key, None))


def make_leaf(root: KeyPair) -> KeyPair:
    """Make a signing certificate under a root."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.x509.oid import ExtendedKeyUsageOID

    root_key = load_key(root.key_pem)
    if not isinstance(root_key, Ed25519PrivateKey):
        raise UserError("the root key is not Ed25519", "only a root made here renews its leaves")
    issuer = x509.load_pem_x509_certificate(root.certificate_pem)
    key = Ed25519PrivateKey.generate()
    builder = _builder(_name("signer"), issuer.subject, LEAF_DAYS).public_key(key.public_key())
    for extension, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(signs_certificates=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ):
        builder = builder.add_extension(extension, critical=critical)
    return _pair(key, builder.sign(root_key, None))


def load_key(pem: bytes) -> "PrivateKeyTypes":
    """Read a private key without a password.

    Raises:
        UserError: not a PEM private key, or one with a password.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UserError("the signing key cannot be read", "it must be PEM, no password") from error


def load_chain(pem: bytes) -> "list[x509.Certificate]":
    """Read certificates, the signer's own first.

    Raises:
        UserError: not PEM certificates.
    """
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise UserError("the certificate cannot be read", "it must be PEM") from error


def algorithm_of(certificate: "x509.Certificate") -> Algorithm:
    """Return the C2PA name of the algorithm that a certificate's key signs with."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    public = certificate.public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        return "ed25519"
    if isinstance(public, ec.EllipticCurvePublicKey) and public.curve.name in _CURVE_NAMES:
        return _CURVE_NAMES[public.curve.name]
    raise UserError("the certificate's key cannot sign here", "it must be Ed25519, P-256 or P-384")


def signing_function(key_pem: bytes) -> SignBytes:
    """Return what signs with a private key: deterministic for every algorithm (RFC 8032, 6979)."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    key = load_key(key_pem)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign
    if isinstance(key, ec.EllipticCurvePrivateKey):
        curve_key, wide = key, key.key_size > 256
        digest = hashes.SHA384() if wide else hashes.SHA256()
        return lambda data: curve_key.sign(data, ec.ECDSA(digest, deterministic_signing=True))
    raise UserError("the signing key cannot be used", "it must be Ed25519, P-256 or P-384")


def raw_signature(signature: bytes, algorithm: Algorithm) -> bytes:
    """Return a signature in the form that COSE wants: for elliptic curves r and s, no DER."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    size = _CURVE_BYTES.get(algorithm)
    if size is None or len(signature) == 2 * size:
        return signature
    try:
        r, s = decode_dss_signature(signature)
    except ValueError as error:
        raise UserError(f"the signer returned {len(signature)} bytes", "neither DER nor raw") from (
            error
        )
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def make_stand_in_key(algorithm: Algorithm) -> bytes:
    """Make a key to throw away, where a library wants one before the real signature is made."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if algorithm == "ed25519":
        return _key_pem(ed25519.Ed25519PrivateKey.generate())
    curve = ec.SECP256R1() if algorithm == "es256" else ec.SECP384R1()
    return _key_pem(ec.generate_private_key(curve))


def _name(role: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{ORGANISATION} {role}"),
        ]
    )


def _builder(
    subject: "x509.Name", issuer: "x509.Name", days: float | int
) -> "x509.CertificateBuilder":
    from cryptography import x509

    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SLACK)
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> "x509.KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pair(key: "PrivateKeyTypes", certificate: "x509.Certificate") -> KeyPair:
    from cryptography.hazmat.primitives.serialization import Encoding

    return KeyPair(_key_pem(key), certificate.public_bytes(Encoding.PEM))


def _key_pem(key: "PrivateKeyTypes") -> bytes:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
