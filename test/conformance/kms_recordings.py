"""Plays every recorded KMS scenario with boto3 and prints the answers, masked as the recordings are, as one JSON object.

Each function is named by its scenario and gives what the recording holds. Ids and ARNs become the recording's masks;
names of members that are newer than a recording are left out where `NEWER` says so.
"""

import hashlib
import json
import sys
import uuid

import boto3
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

REGION, ELSEWHERE = "us-east-1", "eu-west-1"
kms = boto3.client("kms", region_name=REGION)
account = boto3.client("sts", region_name=REGION).get_caller_identity()["Account"]
DATES = {"CreationDate"}
# Present in today's service model, absent from answers that were recorded before they came.
NEWER = {"KeyMaterialId", "SourceKeyMaterialId", "DestinationKeyMaterialId"}


def answer(call, newer=False, **arguments):
    """The answer or the refusal, in boto3's own shape."""
    try:
        given = call(**arguments)
    except ClientError as error:
        given = error.response
    given["ResponseMetadata"] = {"HTTPHeaders": {}, "HTTPStatusCode": given["ResponseMetadata"]["HTTPStatusCode"]}
    return {name: value for name, value in given.items() if not (newer and name in NEWER)}


def masked(value, masks):
    """Every text with its masks put in; dates and the account as the recorder masked them."""
    if isinstance(value, dict):
        return {k: "datetime" if k in DATES else masked(v, masks) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(each, masks) for each in value]
    if isinstance(value, bytes):
        raise TypeError("name the mask of a blob")
    if not isinstance(value, str):
        return value
    for text, mask in masks.items():
        value = value.replace(text, mask)
    return value.replace("arn:aws:", "arn:<partition>:").replace(account, "111111111111")


def new_key(client=kms, **arguments):
    return client.create_key(**arguments)["KeyMetadata"]


def masks_of(metadata, region=REGION, region_mask="<region>"):
    masks = {metadata["KeyId"]: "<key-id:1>", f":kms:{region}:": f":kms:{region_mask}:"}
    if "CurrentKeyMaterialId" in metadata:
        masks[metadata["CurrentKeyMaterialId"]] = "<current-key-material-id:1>"
    return masks


def tags(*keys):
    return [{"TagKey": key, "TagValue": "value"} for key in keys]


def test_create_alias():
    return {"create_alias": answer(kms.create_alias, AliasName="invalid", TargetKeyId=new_key()["KeyId"])}


def test_create_key():
    made = new_key(Description="test key 123")
    return masked({"describe-key": kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"]}, masks_of(made))


def create_key_with_tag(key):
    return {"invalid-tag-key": answer(kms.create_key, Tags=tags(key))}


def test_create_key_with_too_many_tags_raises_error():
    return {"invalid-tag-key": answer(kms.create_key, Tags=tags(*(f"key{count}" for count in range(51))))}


def test_describe_with_alias_arn():
    made = new_key(Description="test - description")
    name = f"alias/described-{uuid.uuid4()}"
    kms.create_alias(AliasName=name, TargetKeyId=made["KeyId"])
    described = answer(kms.describe_key, KeyId=f"arn:aws:kms:{REGION}:{account}:{name}")
    return masked({"created-key": made, "describe-key": described}, masks_of(made))


def plaintext_size(spec, algorithm, limit):
    key_id = new_key(KeyUsage="ENCRYPT_DECRYPT", KeySpec=spec)["KeyId"]
    fits = kms.encrypt(KeyId=key_id, Plaintext=b"p" * limit, EncryptionAlgorithm=algorithm)
    assert fits["CiphertextBlob"]
    too_long = {"KeyId": key_id, "Plaintext": b"p" * (limit + 1), "EncryptionAlgorithm": algorithm}
    return {"generate-random-exc": answer(kms.encrypt, **too_long)}


def generate_random(count):
    return {"result_length": len(kms.generate_random(NumberOfBytes=count)["Plaintext"])}


def test_generate_random_invalid_number_of_bytes():
    return {"generate-random-exc": answer(kms.generate_random)}


def test_get_key_does_not_exist():
    key_id, mrk = str(uuid.uuid4()), f"mrk-{uuid.uuid4().hex}"
    arn = f"arn:aws:kms:{REGION}:{account}:key/"
    masks = {arn + key_id: "<key-arn>", arn + mrk: "<mrk-key-arn>"}
    return masked(
        {
            "describe-nonexistent-key-with-id": answer(kms.describe_key, KeyId=key_id),
            "describe-nonexistent-with-arn": answer(kms.describe_key, KeyId=arn + key_id),
            "describe-key-with-valid-id-mrk": answer(kms.describe_key, KeyId=mrk),
        },
        masks,
    )


def test_get_key_in_different_region():
    elsewhere = boto3.client("kms", region_name=ELSEWHERE)
    made = new_key(elsewhere, Description="test key 123")
    by_id, by_arn = {"KeyId": made["KeyId"]}, {"KeyId": made["Arn"]}
    masks = masks_of(made) | {ELSEWHERE: "<secondary-region>"}
    return masked(
        {
            "describe-key-diff-region-with-id": answer(kms.describe_key, **by_id),
            "describe-key-diff-region-with-arn": answer(kms.describe_key, **by_arn),
            "describe-key-same-specific-region-with-id": answer(elsewhere.describe_key, **by_id),
            "describe-key-same-specific-region-with-arn": answer(elsewhere.describe_key, **by_arn),
        },
        masks,
    )


def test_get_key_invalid_uuid():
    invalid = {"": "fake-key-id", "-2": "134f2428cec14b25a1ae9048164dba47", "-mrk": "mrk-fake-key-id"}
    return {f"describe-key-with-invalid-uuid{end}": answer(kms.describe_key, KeyId=id_) for end, id_ in invalid.items()}


def test_plaintext_size_for_encrypt():
    too_long = {"KeyId": new_key()["KeyId"], "Plaintext": b"p" * 4097}
    return {"invalid-plaintext-size-encrypt": answer(kms.encrypt, **too_long)}


def re_encrypt(spec, algorithm):
    keys = [new_key(KeyUsage="ENCRYPT_DECRYPT", KeySpec=spec) for _ in range(2)]
    source, destination = keys
    sealed = kms.encrypt(KeyId=source["KeyId"], Plaintext=b"message", EncryptionAlgorithm=algorithm)
    moved = answer(
        kms.re_encrypt,
        newer=True,
        SourceKeyId=source["KeyId"],
        DestinationKeyId=destination["KeyId"],
        CiphertextBlob=sealed["CiphertextBlob"],
        SourceEncryptionAlgorithm=algorithm,
        DestinationEncryptionAlgorithm=algorithm,
    )
    opening = {"KeyId": destination["KeyId"], "EncryptionAlgorithm": algorithm}
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], **opening)["Plaintext"] == b"message"
    moved["CiphertextBlob"] = "ciphertext-blob"
    return {"test_re_encrypt": masked(moved, {source["Arn"]: "<key-arn>", destination["Arn"]: "<key-id:1>"})}


HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


def sign_verify(spec, algorithm):
    made = new_key(KeyUsage="SIGN_VERIFY", KeySpec=spec)
    digest = HASHES[algorithm[-3:]](b"test message 123!@#").digest()
    asked = {"KeyId": made["KeyId"], "SigningAlgorithm": algorithm, "MessageType": "DIGEST"}
    signed = answer(kms.sign, Message=digest, **asked)
    signature, signed["Signature"] = signed["Signature"], "<signature>"
    broken = bytes([signature[0] ^ 1]) + signature[1:]
    return masked(
        {
            "signature": signed,
            "verification": answer(kms.verify, Message=digest, Signature=signature, **asked),
            "bad-signature": answer(kms.verify, Message=digest, Signature=broken, **asked),
            "bad-digest": answer(kms.sign, Message=digest + b"x", **asked),
        },
        {made["Arn"]: "<key-id:1>"},
    )


def sign_verify_wrong_algorithm():
    """Nothing was recorded but the refusal itself."""
    made = new_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_SECG_P256K1")
    digest = hashlib.sha512(b"message").digest()
    asked = {"KeyId": made["KeyId"], "SigningAlgorithm": "ECDSA_SHA_512", "MessageType": "DIGEST"}
    refused = answer(kms.sign, Message=digest, **asked)["Error"]
    assert refused["Code"] == "InvalidKeyUsageException", refused
    assert refused["Message"] == "Algorithm ECDSA_SHA_512 is incompatible with key spec ECC_SECG_P256K1.", refused
    return {}


def verify_salt_length(spec, algorithm):
    """Signatures are judged by another library, which is told the salt's length (nothing else was recorded)."""
    made = new_key(KeyUsage="SIGN_VERIFY", KeySpec=spec)
    message = b"test message 123 !%$@"
    signature = kms.sign(KeyId=made["KeyId"], Message=message, MessageType="RAW", SigningAlgorithm=algorithm)["Signature"]
    public = load_der_public_key(kms.get_public_key(KeyId=made["KeyId"])["PublicKey"])
    hash_ = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}[algorithm[-3:]]()
    if algorithm.startswith("ECDSA"):
        public.verify(signature, message, ec.ECDSA(hash_))
    elif "PSS" in algorithm:
        public.verify(signature, message, padding.PSS(padding.MGF1(hash_), hash_.digest_size), hash_)
    else:
        public.verify(signature, message, padding.PKCS1v15(), hash_)
    return {}


PAIR = {"PrivateKeyCiphertextBlob": "private-key-ciphertext-blob", "PrivateKeyPlaintext": "private-key-plaintext"}


def data_key_pair(call, name):
    made = new_key()
    pair = answer(call, newer=True, KeyId=made["KeyId"], KeyPairSpec="RSA_2048")
    load_der_public_key(pair["PublicKey"])
    pair["PublicKey"] = "public-key"
    pair |= {member: mask for member, mask in PAIR.items() if member in pair}
    return masked({name: pair}, {made["KeyId"]: "<resource:1>", f":{REGION}:": ":<region>:"})


def data_key_pair_dry_run(call):
    return {"dryrun_exception": answer(call, KeyId=new_key()["KeyId"], KeyPairSpec="RSA_2048", DryRun=True)}


def test_tag_existing_key_with_invalid_tag_key():
    return {"invalid-tag-key": answer(kms.tag_resource, KeyId=new_key()["KeyId"], Tags=tags("aws:key1"))}


def test_tag_key_with_duplicate_tag_keys_raises_error():
    return {"duplicate-tag-keys": answer(kms.tag_resource, KeyId=new_key()["KeyId"], Tags=tags("tag", "tag"))}


def test_untag_key_partially():
    given = [{"TagKey": f"tag{count}", "TagValue": f"value{count}"} for count in (1, 2, 3)]
    key_id = new_key(Tags=given)["KeyId"]
    before = kms.list_resource_tags(KeyId=key_id)["Tags"]
    kms.untag_resource(KeyId=key_id, TagKeys=["tag2"])
    after = kms.list_resource_tags(KeyId=key_id)["Tags"]
    return {"list-resource-tags": before, "list-resource-tags-after-partially-untagged": after}


LIMITS = {"RSAES_OAEP_SHA_1": {"RSA_2048": 214, "RSA_3072": 342, "RSA_4096": 470}, "RSAES_OAEP_SHA_256": {"RSA_2048": 190}}
SIGNING = {
    "RSA_2048-RSASSA_PSS_SHA_256",
    "RSA_2048-RSASSA_PSS_SHA_512",
    "RSA_4096-RSASSA_PKCS1_V1_5_SHA_256",
    "ECC_NIST_P384-ECDSA_SHA_384",
}


def played(scenario):
    """The answers of one scenario; None when nobody wrote it."""
    group, _, name = scenario.partition("::")
    name, _, parameter = name.rstrip("]").partition("[")
    first, _, second = parameter.partition("-")
    pairs = {
        "test_generate_data_key_pair": (kms.generate_data_key_pair, "generate-data-key-pair"),
        "test_generate_data_key_pair_without_plaintext": (
            kms.generate_data_key_pair_without_plaintext,
            "generate-data-key-pair-without-plaintext",
        ),
    }
    if name == "test_create_key_with_invalid_tag_key":
        return create_key_with_tag("a" * 129 if parameter == "too_long_key" else "AWS:key1")
    if name == "test_encrypt_validate_plaintext_size_per_key_type":
        return plaintext_size(first, second, LIMITS[second][first])
    if name == "test_generate_random":
        return generate_random(int(parameter))
    if name == "test_re_encrypt":
        return re_encrypt(first, second)
    if name == "test_sign_verify":
        return sign_verify(first, second) if parameter in SIGNING else sign_verify_wrong_algorithm()
    if name == "test_verify_salt_length":
        return verify_salt_length(first, second)
    if name in pairs:
        return data_key_pair(*pairs[name])
    if name.endswith("_dry_run") and name.removesuffix("_dry_run") in pairs:
        return data_key_pair_dry_run(pairs[name.removesuffix("_dry_run")][0])
    function = globals().get(name)
    return function() if callable(function) else None


scenarios = json.loads(sys.stdin.read())
print(json.dumps({scenario: played(scenario) for scenario in scenarios}))
