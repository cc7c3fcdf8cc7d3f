"""Keys and hosts: what a path, a virtual host or a header may spell, and what a list tells of it."""

import os
import socket
from urllib.parse import urlsplit

from botocore.config import Config

from .player import MADE, REGION, answer, boto3, bucket, client, s3

found_by_name = socket.getaddrinfo


def loopback(host, *more, **named):
    """Not every machine finds names below `localhost`."""
    named_here = isinstance(host, str) and host.endswith(".localhost")
    return found_by_name("127.0.0.1" if named_here else host, *more, **named)


socket.getaddrinfo = loopback


def virtual(**config):
    """A client that names the bucket in its host."""
    at = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    style = Config(s3={"addressing_style": "virtual"}, **config)
    with MADE:
        return boto3.client(
            "s3", region_name=REGION, config=style, endpoint_url=f"{at.scheme}://s3.localhost:{at.port}"
        )


# It was asked without an SDK's wish for a checksum.
UNSUMMED = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}


def told(call, **arguments):
    """The answer's headers alone."""
    return answer(call, **arguments)["ResponseMetadata"]["HTTPHeaders"]


def code(call, **arguments):
    return answer(call, **arguments)["Error"]["Code"]


def test_get_object_content_length_with_virtual_host(by_host):
    given = virtual(**UNSUMMED) if by_host == "True" else client(**UNSUMMED)
    place = {"Bucket": bucket(), "Key": "temp.txt"}
    given.put_object(**place, Body=b"123")
    headers = told(given.get_object, **place)
    # What this connection does with itself is no header of S3.
    return {"get-obj-content-len-headers": {name: headers[name] for name in headers if name not in ("connection", "keep-alive")}}


def test_object_with_slashes_in_key(by_host):
    assert by_host == "True"
    given, name = virtual(), bucket()
    bodies = {"/foo": b"foobar", "bar": b"barfoo", "/bar/foo/": b"test"}
    for key, body in bodies.items():
        given.put_object(Bucket=name, Key=key, Body=body)
    for key in ("foo", "//foo", "/bar"):
        assert code(given.get_object, Bucket=name, Key=key) == "NoSuchKey"
    for key, body in bodies.items():
        assert given.get_object(Bucket=name, Key=key)["Body"].read() == body
    return {"list-objects-slashes": answer(given.list_objects_v2, Bucket=name)}


def test_url_encoded_key(by_host):
    assert by_host == "True"
    given, name = virtual(), bucket()
    bodies = {"test@key/": b"test-non-encoded", "test%40key/": b"test-encoded", "test%40key": b"test-encoded-no-trailing"}
    for key, body in bodies.items():
        given.put_object(Bucket=name, Key=key, Body=body)
    for key, body in bodies.items():
        assert given.get_object(Bucket=name, Key=key)["Body"].read() == body
    return {"list-object-encoded-char": answer(given.list_objects_v2, Bucket=name)}


def test_put_get_object_single_character_trailing_slash():
    name, keys, steps = bucket(), ("a/", "t/", "u/"), {}
    for key in keys:
        steps[f"put-object-single-char-{key}"] = answer(s3.put_object, Bucket=name, Key=key, Body=b"test")
        steps[f"get-object-single-char-{key}"] = answer(s3.get_object, Bucket=name, Key=key)
    return steps | {"list-objects-single-char": answer(s3.list_objects_v2, Bucket=name)}


def unread(body, call, **arguments):
    """An answer whose body nobody read before it was recorded; here it is what it must be."""
    given = answer(call, **arguments)
    assert given["Body"] == body, given["Body"]
    return given | {"Body": ""}


def of_key(key, body):
    place = {"Bucket": bucket(), "Key": key}
    return {
        "put-object": answer(s3.put_object, **place, Body=body),
        "get-object": unread(body, s3.get_object, **place),
    }


def test_put_and_get_object_with_hash_prefix():
    return of_key("#key-with-hash-prefix", "test 123")


def test_put_and_get_object_with_utf8_key():
    return of_key("Ā0Ä", "abc123")


def every(call, **arguments):
    """An answer, and all that boto3 says of the exchange."""
    given = call(**arguments)
    if "Body" in given:
        given["Body"].read()
    return given["ResponseMetadata"]


def test_put_and_get_object_with_content_language_disposition():
    place = {"Bucket": bucket(), "Key": "test"}
    about = {"ContentLanguage": "de", "ContentDisposition": 'attachment; filename="foo.jpg"', "CacheControl": "no-cache"}
    put = {**place, "Body": b"abc123", **about}
    return {
        "put-object": answer(s3.put_object, **put),
        "put-object-headers": every(s3.put_object, **put),
        "get-object": unread("abc123", s3.get_object, **place),
        "get-object-headers": every(s3.get_object, **place),
    }


def test_metadata_header_character_decoding():
    place = {"Bucket": bucket(), "Key": "key-with-metadata"}
    s3.put_object(**place, Metadata={"TEST_META_1": "foo", "__meta_2": "bar"}, Body="foo")
    return {"head-object": answer(s3.head_object, **place)}


def metadata(**given):
    place = {"Bucket": bucket(), "Key": "key"}
    return {"put-object": answer(s3.put_object, **place, **given), "get-object": answer(s3.get_object, **place)}


def test_system_metadata_with_unicode():
    return metadata(
        CacheControl="ÄMÄZÕÑ S3",
        ContentDisposition='attachment; filename="test_—_file%E2%80%94_é_2.pdf"',
        ContentLanguage="de",
    )


def test_user_metadata_rfc2047_encoded():
    return metadata(
        Metadata={
            "asciib64-encoded": "=?UTF-8?B?YWJj?=",
            "fake-encoded": "=?UTF-8?Q?actually-ascii?=",
            "non-ascii": "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=",
            "non-ascii-2": "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=",
            "non-ascii-binary": "=?UTF-8?B?AAECAw==?=",
            "replacement-chars": "=?UTF-8?B?77+977+977+977+977+977+977+9?=",
            "safe-chars": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        }
    )


def test_user_metadata_rfc2047_bad_b64_encoded():
    """The bytes are no UTF-8: 0x80, `a`, 0xff."""
    return metadata(Metadata={"bad-b64-encoded": "=?UTF-8?B?gGH/?="})
