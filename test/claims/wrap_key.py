"""Wraps key material for ImportKeyMaterial as its owner would: RSA_AES_KEY_WRAP_SHA_256, with the cryptography package.

Arguments: files with the public key (SubjectPublicKeyInfo, DER), the material, and the place for the result.
"""

import os
import sys

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

public_path, material_path, wrapped_path = sys.argv[1:]

with open(public_path, "rb") as file:
    public_key = load_der_public_key(file.read())
with open(material_path, "rb") as file:
    material = file.read()

aes_key = os.urandom(32)
oaep = padding.OAEP(mgf=padding.MGF1(SHA256()), algorithm=SHA256(), label=None)
with open(wrapped_path, "wb") as file:
    file.write(public_key.encrypt(aes_key, oaep) + aes_key_wrap_with_padding(aes_key, material))
