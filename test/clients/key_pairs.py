"""Key pairs of this KMS against python's cryptography package: what one side makes, the other takes."""

import hashlib
import os

import boto3
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

kms = boto3.client("kms")
MESSAGE = b"what is signed, " * 100
DONE = []


def part(work):
    work()
    DONE.append(work.__name__)


def new_key(spec, usage):
    return kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]


def public_key(key):
    return load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "none"


def signs(key, algorithm, verify, digest=None):
    """RAW and DIGEST, verified outside and inside; another message is refused by both."""
    forms = [{"Message": MESSAGE, "MessageType": "RAW"}]
    if digest is not None:
        forms.append({"Message": digest(MESSAGE).digest(), "MessageType": "DIGEST"})
    for form in forms:
        signature = kms.sign(KeyId=key, SigningAlgorithm=algorithm, **form)["Signature"]
        verify(signature, MESSAGE)
        for other in forms:
            assert kms.verify(KeyId=key, SigningAlgorithm=algorithm, Signature=signature, **other)["SignatureValid"]
        try:
            verify(signature, MESSAGE + b"x")
            raise AssertionError("another message was verified")
        except InvalidSignature:
            pass
        wrong = {"Message": MESSAGE + b"x", "MessageType": "RAW"}
        code = code_of(kms.verify, KeyId=key, SigningAlgorithm=algorithm, Signature=signature, **wrong)
        assert code == "KMSInvalidSignatureException", code


HASHES = {256: (hashes.SHA256(), hashlib.sha256), 384: (hashes.SHA384(), hashlib.sha384), 512: (hashes.SHA512(), hashlib.sha512)}


def rsa_signatures():
    key = new_key("RSA_2048", "SIGN_VERIFY")
    public = public_key(key)
    for bits, (name, digest) in HASHES.items():
        pss = padding.PSS(padding.MGF1(name), digest().digest_size)
        signs(key, f"RSASSA_PSS_SHA_{bits}", lambda s, m: public.verify(s, m, pss, name), digest)
        signs(key, f"RSASSA_PKCS1_V1_5_SHA_{bits}", lambda s, m: public.verify(s, m, padding.PKCS1v15(), name), digest)


def ecdsa_signatures():
    for spec, bits in (("ECC_NIST_P256", 256), ("ECC_NIST_P384", 384), ("ECC_NIST_P521", 512), ("ECC_SECG_P256K1", 256)):
        key = new_key(spec, "SIGN_VERIFY")
        public = public_key(key)
        name, digest = HASHES[bits]
        signs(key, f"ECDSA_SHA_{bits}", lambda s, m: public.verify(s, m, ec.ECDSA(name)), digest)


def ed25519_signatures():
    key = new_key("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    public = public_key(key)
    signs(key, "ED25519_SHA_512", public.verify)


def ml_dsa_signatures():
    for spec in ("ML_DSA_44", "ML_DSA_65", "ML_DSA_87"):
        key = new_key(spec, "SIGN_VERIFY")
        public = public_key(key)
        signs(key, "ML_DSA_SHAKE_256", public.verify)
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        prefix = hashlib.shake_256(raw).digest(64) + b"\0\0"
        mu = hashlib.shake_256(prefix + MESSAGE).digest(64)
        form = {"KeyId": key, "SigningAlgorithm": "ML_DSA_SHAKE_256", "Message": mu, "MessageType": "EXTERNAL_MU"}
        public.verify(kms.sign(**form)["Signature"], MESSAGE)


def rsa_encryption():
    for spec in ("RSA_2048", "RSA_3072"):
        key = new_key(spec, "ENCRYPT_DECRYPT")
        public = public_key(key)
        for algorithm, name in (("RSAES_OAEP_SHA_1", hashes.SHA1()), ("RSAES_OAEP_SHA_256", hashes.SHA256())):
            oaep = padding.OAEP(padding.MGF1(name), name, None)
            most = public.key_size // 8 - 2 * name.digest_size - 2
            text = os.urandom(most)
            sealed = public.encrypt(text, oaep)
            opened = kms.decrypt(KeyId=key, CiphertextBlob=sealed, EncryptionAlgorithm=algorithm)
            assert opened["Plaintext"] == text


def key_agreement():
    curves = {"ECC_NIST_P256": ec.SECP256R1(), "ECC_NIST_P384": ec.SECP384R1(), "ECC_NIST_P521": ec.SECP521R1()}
    for spec, curve in curves.items():
        key = new_key(spec, "KEY_AGREEMENT")
        own = ec.generate_private_key(curve)
        spki = own.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        agreed = kms.derive_shared_secret(KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=spki)
        assert agreed["SharedSecret"] == own.exchange(ec.ECDH(), public_key(key))


def ml_kem_pairs():
    """This boto3 need not know Encapsulate: a data key pair shows the same keys."""
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    for spec in ("ML_KEM_768", "ML_KEM_1024"):
        pair = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec)
        private = load_der_private_key(pair["PrivateKeyPlaintext"], None)
        secret, ciphertext = load_der_public_key(pair["PublicKey"]).encapsulate()
        assert private.decapsulate(ciphertext) == secret


def data_key_pairs():
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    context = {"who": "python"}
    for spec in ("RSA_2048", "ECC_NIST_P384", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"):
        pair = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec, EncryptionContext=context)
        der, public = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        own = load_der_private_key(pair["PrivateKeyPlaintext"], None)
        assert own.public_key().public_bytes(der, public) == pair["PublicKey"]
        opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"], EncryptionContext=context)
        assert opened["Plaintext"] == pair["PrivateKeyPlaintext"]


def macs():
    for bits in (224, 256, 384, 512):
        key = new_key(f"HMAC_{bits}", "GENERATE_VERIFY_MAC")
        form = {"KeyId": key, "Message": MESSAGE, "MacAlgorithm": f"HMAC_SHA_{bits}"}
        mac = kms.generate_mac(**form)["Mac"]
        assert len(mac) == bits // 8
        assert kms.verify_mac(Mac=mac, **form)["MacValid"]
        assert code_of(kms.verify_mac, Mac=mac[::-1], **form) == "KMSInvalidMacException"


def imported_pairs():
    """A private key of our own, signing outside and inside: each side takes what the other made."""
    own = {
        "RSA_2048": rsa.generate_private_key(65537, 2048),
        "ECC_NIST_P256": ec.generate_private_key(ec.SECP256R1()),
        "ECC_SECG_P256K1": ec.generate_private_key(ec.SECP256K1()),
        "ECC_NIST_EDWARDS25519": ed25519.Ed25519PrivateKey.generate(),
    }
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    uses = {
        "RSA_2048": ("RSASSA_PSS_SHA_256", (pss, hashes.SHA256())),
        "ECC_NIST_P256": ("ECDSA_SHA_256", (ec.ECDSA(hashes.SHA256()),)),
        "ECC_SECG_P256K1": ("ECDSA_SHA_256", (ec.ECDSA(hashes.SHA256()),)),
        "ECC_NIST_EDWARDS25519": ("ED25519_SHA_512", ()),
    }
    for spec, private in own.items():
        key = imported(spec, "SIGN_VERIFY", private)
        algorithm, how = uses[spec]
        outside = private.sign(MESSAGE, *how)
        form = {"KeyId": key, "SigningAlgorithm": algorithm, "Message": MESSAGE}
        assert kms.verify(Signature=outside, **form)["SignatureValid"]
        private.public_key().verify(kms.sign(**form)["Signature"], MESSAGE, *how)
        if spec != "ECC_NIST_EDWARDS25519":
            digest = {**form, "Message": hashlib.sha256(MESSAGE).digest(), "MessageType": "DIGEST"}
            assert kms.verify(Signature=outside, **digest)["SignatureValid"]


def imported(spec, usage, private):
    key = kms.create_key(KeySpec=spec, KeyUsage=usage, Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    assert code_of(kms.get_public_key, KeyId=key) == "KMSInvalidStateException"
    asked = {"WrappingAlgorithm": "RSA_AES_KEY_WRAP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    given = kms.get_parameters_for_import(KeyId=key, **asked)
    pkcs8 = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    ephemeral = os.urandom(32)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    wrapped = load_der_public_key(given["PublicKey"]).encrypt(ephemeral, oaep)
    wrapped += aes_key_wrap_with_padding(ephemeral, pkcs8)
    material = {"ImportToken": given["ImportToken"], "EncryptedKeyMaterial": wrapped}
    kms.import_key_material(KeyId=key, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **material)
    return key


PARTS = [rsa_signatures, ecdsa_signatures, ed25519_signatures, rsa_encryption, key_agreement, data_key_pairs, macs, imported_pairs]
try:
    from cryptography.hazmat.primitives.asymmetric import mldsa

    mldsa.MLDSA44PrivateKey.generate()
    PARTS.append(ml_dsa_signatures)
except Exception:  # an older package, or one over an older OpenSSL
    print("skipped: ml_dsa_signatures")
try:
    from cryptography.hazmat.primitives.asymmetric import mlkem

    mlkem.MLKEM768PrivateKey.generate()
    if "ML_KEM_768" in kms.meta.service_model.shape_for("DataKeyPairSpec").enum:
        PARTS.append(ml_kem_pairs)
    else:
        print("skipped: ml_kem_pairs")
except Exception:
    print("skipped: ml_kem_pairs")

for each in PARTS:
    part(each)
print(f"ok: {len(DONE)} of {len(PARTS)} parts: {', '.join(DONE)}")
