import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509 import AuthorityKeyIdentifier, ExtendedKeyUsage, KeyUsage
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hanazora.core.errors import UserError
from hanazora.provenance.certificates import (
    LEAF_DAYS,
    algorithm_of,
    load_chain,
    load_key,
    make_leaf,
    make_root,
    make_stand_in_key,
    raw_signature,
    signing_function,
)


def test_a_leaf_has_the_profile_that_validators_ask_for():
    root = make_root()
    leaf = load_chain(make_leaf(root).certificate_pem)[0]
    leaf.verify_directly_issued_by(load_chain(root.certificate_pem)[0])
    extensions = leaf.extensions
    usage = extensions.get_extension_for_class(KeyUsage).value
    assert (usage.digital_signature, usage.key_cert_sign) == (True, False)
    purposes = extensions.get_extension_for_class(ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    assert extensions.get_extension_for_class(AuthorityKeyIdentifier)
    assert leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "hanazora"
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == LEAF_DAYS
    assert algorithm_of(leaf) == "ed25519"


@pytest.mark.parametrize("algorithm", ["ed25519", "es256", "es384"])
def test_signing_twice_gives_the_same_bytes(algorithm):
    sign = signing_function(make_stand_in_key(algorithm))
    assert sign(b"petal") == sign(b"petal") != sign(b"snow")


def test_a_signature_is_turned_into_the_form_of_cose():
    pem = make_stand_in_key("es256")
    der = signing_function(pem)(b"petal")
    raw = raw_signature(der, "es256")
    r, s = decode_dss_signature(der)
    assert raw == r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert raw_signature(raw, "es256") == raw
    with pytest.raises(InvalidSignature):
        load_key(pem).public_key().verify(der, b"snow", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(UserError, match="neither DER nor raw"):
        raw_signature(b"nonsense", "es256")


def test_what_is_no_key_is_refused_in_one_line():
    with pytest.raises(UserError, match="it must be PEM"):
        load_key(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    with pytest.raises(UserError, match="it must be PEM"):
        load_chain(b"nothing")
