"""The S3 Encryption Clients' formats V2 and V3, written from their description alone with other libraries: a witness
of what `strongroom s3 cp --client-side` writes and reads. One JSON request a line on standard input."""
import base64
import hashlib
import hmac
import json
import os
import sys

import boto3
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

b64 = lambda data: base64.b64encode(data).decode()
unb64 = base64.b64decode
s3 = boto3.client("s3")
kms = boto3.client("kms")
SUITE = b"\x00\x73"
V2_CIPHER = b"AES/GCM/NoPadding"
OAEP = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)


def expand(key, message_id, label, length):
    pseudo_random = hmac.new(message_id, key, hashlib.sha512).digest()
    return hmac.new(pseudo_random, SUITE + label + b"\x01", hashlib.sha512).digest()[:length]


def local_wrap(request, key):
    if "aes" in request:
        nonce = os.urandom(12)
        return "AES/GCM", "02", nonce + AESGCM(unb64(request["aes"])).encrypt(nonce, key, V2_CIPHER)
    public = serialization.load_pem_private_key(request["rsa"].encode(), None).public_key()
    return "RSA-OAEP-SHA1", "22", public.encrypt(bytes([len(key)]) + key + V2_CIPHER, OAEP)


def unwrap(request, name, wrapped, description):
    if name in ("kms+context", "12"):
        return kms.decrypt(KeyId=request["kms"], CiphertextBlob=wrapped, EncryptionContext=description)["Plaintext"]
    if name in ("AES/GCM", "02"):
        return AESGCM(unb64(request["aes"])).decrypt(wrapped[:12], wrapped[12:], V2_CIPHER)
    whole = serialization.load_pem_private_key(request["rsa"].encode(), None).decrypt(wrapped, OAEP)
    assert whole[0] == 32 and whole[33:] == V2_CIPHER
    return whole[1:33]


def write(request):
    is_v3 = request["format"] == "V3"
    description = {}
    if "kms" in request:
        description = {**request.get("context", {}), "aws:x-amz-cek-alg": "115" if is_v3 else V2_CIPHER.decode()}
        made = kms.generate_data_key(KeyId=request["kms"], KeySpec="AES_256", EncryptionContext=description)
        key, names, wrapped = made["Plaintext"], ("kms+context", "12"), made["CiphertextBlob"]
    else:
        key = os.urandom(32)
        *names, wrapped = local_wrap(request, key)
    text = json.dumps(description)
    plain = unb64(request["content"])
    if is_v3:
        message_id = os.urandom(28)
        body = AESGCM(expand(key, message_id, b"DERIVEKEY", 32)).encrypt(b"\x01" * 12, plain, SUITE)
        of_object = {"x-amz-c": "115", "x-amz-d": b64(expand(key, message_id, b"COMMITKEY", 28)), "x-amz-i": b64(message_id)}
        of_key = {"x-amz-3": b64(wrapped), "x-amz-w": names[1]}
        if description:
            of_key["x-amz-t"] = text
    else:
        nonce = os.urandom(12)
        body = AESGCM(key).encrypt(nonce, plain, None)
        of_object = {}
        of_key = {"x-amz-key-v2": b64(wrapped), "x-amz-iv": b64(nonce), "x-amz-cek-alg": V2_CIPHER.decode(),
                  "x-amz-tag-len": "128", "x-amz-wrap-alg": names[0], "x-amz-matdesc": text}
    place = {"Bucket": request["bucket"], "Key": request["key"]}
    if request.get("file"):
        s3.put_object(Bucket=request["bucket"], Key=request["key"] + ".instruction", Body=json.dumps(of_key),
                      Metadata={"x-amz-crypto-instr-file": ""})
        of_key = {}
    s3.put_object(**place, Body=body, Metadata={**of_object, **of_key})
    return {}


def read(request):
    answer = s3.get_object(Bucket=request["bucket"], Key=request["key"])
    metadata, body = answer["Metadata"], answer["Body"].read()
    if request.get("file"):
        beside = s3.get_object(Bucket=request["bucket"], Key=request["key"] + ".instruction")
        assert "x-amz-crypto-instr-file" in beside["Metadata"]
        extra = json.loads(beside["Body"].read())
        assert not set(extra) & set(metadata)
        metadata = {**metadata, **extra}
    if request["format"] == "V3":
        assert metadata["x-amz-c"] == "115"
        key = unwrap(request, metadata["x-amz-w"], unb64(metadata["x-amz-3"]), json.loads(metadata.get("x-amz-t", "{}")))
        message_id = unb64(metadata["x-amz-i"])
        assert unb64(metadata["x-amz-d"]) == expand(key, message_id, b"COMMITKEY", 28)
        plain = AESGCM(expand(key, message_id, b"DERIVEKEY", 32)).decrypt(b"\x01" * 12, body, SUITE)
    else:
        assert (metadata["x-amz-cek-alg"], metadata["x-amz-tag-len"]) == ("AES/GCM/NoPadding", "128")
        key = unwrap(request, metadata["x-amz-wrap-alg"], unb64(metadata["x-amz-key-v2"]), json.loads(metadata["x-amz-matdesc"]))
        plain = AESGCM(key).decrypt(unb64(metadata["x-amz-iv"]), body, None)
    return {"content": b64(plain)}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"write": write, "read": read}[request["do"]](request)), flush=True)
