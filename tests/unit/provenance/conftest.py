"""Small real files and one set of keys for all tests of the room."""

import datetime

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hanazora.media.encode import write_video
from hanazora.media.pictures import write_png
from hanazora.provenance import certificates
from hanazora.provenance.certificates import KeyPair, load_key
from hanazora.provenance.keys import load_keys
from hanazora.provenance.manifest import Generation

GENERATION = Generation(
    model="petal",
    model_sha256="ab" * 32,
    version="0.1.0",
    prompt_hash="cd" * 32,
    checks={"prompt_filter": "passed"},
    mark_id="00c0ffee00",
    fingerprint="ef" * 32,
)


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    return load_keys(tmp_path_factory.mktemp("signer") / "keys")


@pytest.fixture
def generation():
    return GENERATION


@pytest.fixture(scope="session")
def media(tmp_path_factory):
    """A video and a picture without a manifest."""
    directory = tmp_path_factory.mktemp("media")
    t, y, x = np.mgrid[0:6, 0:32, 0:48]
    frames = np.stack([x * 5 + t * 9, y * 7, 128 + 0 * t], axis=-1).astype(np.uint8)
    write_video(directory / "a.mp4", frames, fps=6)
    write_png(directory / "a.png", frames[0])
    return directory


@pytest.fixture
def self_signed():
    """Return a function that makes a leaf that is Trusted where it is itself the anchor."""

    def make(algorithm):
        pem = certificates.make_stand_in_key(algorithm)
        key, now = load_key(pem), datetime.datetime.now(datetime.UTC)
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "operator")])
        builder = x509.CertificateBuilder(name, name, key.public_key(), 1)
        builder = builder.not_valid_before(now - datetime.timedelta(hours=1))
        builder = builder.not_valid_after(now + datetime.timedelta(days=1))
        for extension in (
            certificates._usage(signs_certificates=False),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
        ):
            builder = builder.add_extension(
                extension, critical=isinstance(extension, x509.KeyUsage)
            )
        certificate = builder.sign(key, hashes.SHA256())
        return KeyPair(pem, certificate.public_bytes(Encoding.PEM))

    return make
