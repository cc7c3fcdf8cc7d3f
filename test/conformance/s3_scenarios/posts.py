"""Forms of browsers that upload a file, signed by a policy."""

import datetime
from email.utils import format_datetime

from .player import answer, bucket, s3
from .raw import POOL, signer, tree, with_status


def form(key, conditions=None, fields=None, version="s3v4"):
    name = bucket()
    given = signer(version).generate_presigned_post(
        Bucket=name, Key=key, Fields=fields, Conditions=[{"bucket": name}, *(conditions or [])], ExpiresIn=60
    )
    return {"Bucket": name, "Key": key}, given["url"], given["fields"]


def post(url, fields, body="file content"):
    parts = {**fields, "file": ("file", body)}
    return POOL.request("POST", url, fields=parts, redirect=False, retries=False)


def without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}


def test_post_request_malformed_policy(version):
    """The signature was made of the policy's text, which is given back as it was sent."""
    _, url, fields = form("test-presigned-malformed-policy", version=version)
    refused = with_status(post(url, fields | {"policy": fields["policy"][:-2]}))
    assert refused["Error"]["StringToSign"] == fields["policy"][:-2]
    assert refused["Error"]["SignatureProvided"] == fields["x-amz-signature"]
    return {"exception-policy": refused}


def test_post_request_missing_signature(version):
    _, url, fields = form("test-presigned-missing-signature", version=version)
    return {"exception-missing-signature": with_status(post(url, without(fields, "signature", "x-amz-signature")))}


def test_post_request_missing_fields(version):
    _, url, fields = form("test-presigned-missing-fields", version=version)
    bare = {name: fields[name] for name in ("key", "policy")}
    return {
        "exception-missing-fields": with_status(post(url, without(fields, "AWSAccessKeyId"))),
        "exception-no-sig-related-fields": with_status(post(url, bare)),
    }


TAGS = {
    "list": "<Tagging><TagSet><Tag><Key>TagName</Key><Value>TagValue</Value></Tag>"
    "<Tag><Key>TagName2</Key><Value>TagValue2</Value></Tag></TagSet></Tagging>",
    "invalid": "<InvalidXmlTagging></InvalidXmlTagging>",
}


def test_post_object_with_tags(kind):
    tagging = TAGS[kind]
    place, url, fields = form("key-tagging", [["eq", "$tagging", tagging]], {"tagging": tagging})
    assert post(url, fields).status == 204
    return {"get-tagging": answer(s3.get_object_tagging, **place)}


def test_post_object_with_metadata():
    expires = format_datetime(datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc), usegmt=True)
    about = {
        "x-amz-meta-test-1": "test-meta-1",
        "x-amz-meta-TEST-2": "test-meta-2",
        "Content-Type": "text/plain",
        "Expires": expires,
    }
    place, url, fields = form("key-metadata", [["eq", f"${name}", value] for name, value in about.items()], about)
    assert post(url, fields, "test-body-tagging").status == 204
    return {"head-object": answer(s3.head_object, **place)}


def sized(*limits):
    return form("key-size", [["content-length-range", *limits]])


def test_post_object_policy_validation_size():
    place, url, fields = sized(5, 10)
    _, other_url, other_fields = sized("test", 10)
    steps = {
        "invalid-content-length-too-small": tree(post(url, fields, "a")),
        "invalid-content-length-too-big": tree(post(url, fields, "a" * 12)),
        "invalid-content-length-wrong-type": tree(post(other_url, other_fields, "a" * 10)),
    }
    assert post(url, fields, "a" * 10).status == 204
    return steps | {"final-object": answer(s3.get_object, **place)}
