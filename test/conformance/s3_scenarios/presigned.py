"""URLs that carry their signature, of the second version (`s3`) and the fourth (`s3v4`)."""

import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.handlers import validate_ascii_metadata

from .player import REGION, answer, bucket, s3
from .raw import CREDENTIALS, ENDPOINT, send, signer, tree, url_of, with_status


def stored(key, body="something"):
    place = {"Bucket": bucket(), "Key": key}
    s3.put_object(**place, Body=body)
    return place


def url(client, call, place, expires=60, **arguments):
    return client.generate_presigned_url(call, Params={**place, **arguments}, ExpiresIn=expires)


def fetch(address, method="GET", headers=None, body=None):
    """The request itself: a bucket in a host name stays there while the address is the server's."""
    parts = urlsplit(address)
    target = f"{ENDPOINT}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    return send(method, target, {"Host": parts.netloc, **(headers or {})}, body)


def put(address, body, headers=None):
    return fetch(address, "PUT", headers, body)


def succeeded(response, body=None):
    assert response.status in (200, 204), (response.status, response.data)
    assert body is None or response.data == body, response.data
    return response


def with_query(address, change):
    """The address with another query, each name and value written as strictly as signers write them."""
    base, _, query = address.partition("?")
    return f"{base}?{urlencode(change(parse_qsl(query)), quote_via=quote)}"


def test_put_object():
    place = {"Bucket": bucket(), "Key": "my-key"}
    succeeded(put(url(s3, "put_object", place), "something"))
    return {"get_object": read_out(place)}


def read_out(place):
    """The recording's client had read the body before it was written down."""
    found = answer(s3.get_object, **place)
    assert found["Body"] == "something"
    return found | {"Body": ""}


def test_put_url_metadata_with_sig_s3v4(_verified):
    place = {"Bucket": bucket(), "Key": "key-by-hostname"}
    address = url(signer("s3v4"), "put_object", place, Metadata={"foo": "bar"})
    bare = tree(put(address, "content 123"))
    succeeded(put(address, "content 123", {"x-amz-meta-foo": "bar"}))
    head = answer(s3.head_object, **place)
    wrong = tree(put(address, "content 123", {"x-amz-meta-wrong": "wrong"}))
    return {"no-meta-headers": bare, "head_object": head, "wrong-meta-headers": wrong}


def test_put_url_metadata_with_sig_s3(_verified):
    place = {"Bucket": bucket(), "Key": "key-by-hostname"}
    address = url(signer("s3"), "put_object", place, Metadata={"foo": "bar"})
    assert "x-amz-meta-foo=bar" in address
    succeeded(put(address, "content 123"), b"")
    head = answer(s3.head_object, **place)
    return {"head_object": head, "wrong-meta-headers": tree(put(address, "content 123", {"x-amz-meta-wrong": "wrong"}))}


def test_presigned_url_v4_x_amz_in_qs():
    """As JavaScript's signer made it: what boto3 leaves to the headers stands in the URL."""
    place = {"Bucket": bucket(), "Key": "temp.txt"}
    md5 = {"Content-MD5": "4QrcOUm6Wau+VuBX8g+IPg=="}
    moved = "x-amz-storage-class=STANDARD&x-amz-meta-foo=bar-complicated-no-random"
    request = AWSRequest("PUT", url_of(place["Bucket"], place["Key"], moved), headers=md5)
    S3SigV4QueryAuth(CREDENTIALS, "s3", REGION, expires=60).add_auth(request)
    assert put(request.url, "123456").status == 403
    succeeded(put(request.url, "123456", md5))
    return {"head-object": answer(s3.head_object, **place, ChecksumMode="ENABLED")}


UNICODE = "non-ascii-%E2%80%94_\u2014_\u00e9_"


def test_put_unicode_metadata_with_sig_s3():
    place, client = {"Bucket": bucket(), "Key": "key-non-ascii"}, signer("s3")
    client.meta.events.unregister("before-parameter-build.s3.PutObject", validate_ascii_metadata)
    succeeded(fetch(url(client, "put_object", place, Metadata={"foo": UNICODE}), "PUT"))
    return {"head_object": answer(s3.head_object, **place)}


def test_get_response_overrides_unicode_metadata_with_sig_s3():
    overrides = {
        "ResponseCacheControl": UNICODE,
        "ResponseContentDisposition": 'filename="test_\u2014_file%E2%80%94_\u00e9_2.pdf"',
    }
    return {"unicode-error": tree(fetch(url(signer("s3"), "get_object", stored("key-non-ascii", ""), **overrides)))}


def test_put_object_with_md5_and_chunk_signature_bad_headers(parameter):
    """Headers of a streaming signature beside one in the URL. Two recordings hold only that it is refused."""
    version, _, verified = parameter.partition("-")
    place = {"Bucket": bucket(), "Key": "test-runtime.properties"}
    signed = {"ContentType": "application/octet-stream", "ContentMD5": "pX8KKuGXS1f2VTcuJpqjkw=="}
    address = url(signer(version), "put_object", place, **signed)
    headers = {
        "Content-Md5": signed["ContentMD5"],
        "Content-Type": signed["ContentType"],
        "X-Amz-Content-Sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "X-Amz-Date": "20211122T191045Z",
    }
    decoded = {"X-Amz-Decoded-Content-Length": "test"}
    refused = {
        "with-decoded-content-length": put(address, "test", headers | decoded),
        "without-decoded-content-length": put(address, "test", headers),
    }
    code = b"SignatureDoesNotMatch" if version == "s3" else b"AccessDenied"
    assert all(each.status == 403 and code in each.data for each in refused.values()), [e.data for e in refused.values()]
    return {step: tree(each) for step, each in refused.items()} if verified == "True" else {}


def test_s3_put_presigned_url_with_different_headers(version):
    place, client = stored("key-double-header-param"), signer(version)
    typed = url(client, "put_object", place, ContentType="text/plain")
    succeeded(put(typed, "test_data", {"Content-Type": "text/plain"}), b"")
    steps = {"content-type-exception": with_status(put(typed, "test_data", {"Content-Type": "text/xml"}))}
    # Signed at another time, since the recording tells the two texts apart that were signed.
    encoded = url(client, "put_object", place, 61, ContentEncoding="identity")
    identity = {"Content-Encoding": "identity"}
    succeeded(put(encoded, "test_data", identity), b"")
    steps["content-type-response"] = with_status(put(encoded, "test_data", identity | {"Content-Type": "text/xml"}))
    other = put(encoded, "test_data", {"Content-Encoding": "gzip"})
    return steps | {"wrong-content-encoding-response": with_status(other)}


def test_s3_put_presigned_url_missing_sig_param(version):
    address = url(signer(version), "get_object", stored("key-missing-param"), 5)
    dropped = "Expires" if version == "s3" else "X-Amz-Date"
    incomplete = with_query(address, lambda pairs: [pair for pair in pairs if pair[0] != dropped])
    return {"missing-param-exception": with_status(fetch(incomplete))}


def addressed(parameter):
    version, _, virtual = parameter.partition("-")
    return signer(version, virtual == "True")


class Earlier(S3SigV4QueryAuth):
    """Signs as of a minute ago, so that nobody has to wait until a URL expires."""

    def _modify_request_before_signing(self, request):
        before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
        request.context["timestamp"] = before.strftime("%Y%m%dT%H%M%SZ")
        super()._modify_request_before_signing(request)


def test_presigned_url_signature_authentication_expired(parameter):
    place = stored("temp.txt", "123")
    if parameter.startswith("s3-"):
        return {"expired": tree(fetch(url(addressed(parameter), "get_object", place, -1)))}
    request = AWSRequest("GET", url_of(place["Bucket"], place["Key"]))
    Earlier(CREDENTIALS, "s3", REGION, expires=1).add_auth(request)
    return {"expired": tree(fetch(request.url))}


def only_signed(address):
    """The signature without what it signed beside itself."""
    marks = ("AWSAccessKeyId", "Signature", "Expires")
    return with_query(address, lambda pairs: [p for p in pairs if p[0] in marks or p[0].startswith("X-Amz-")])


def test_presigned_url_signature_authentication(parameter):
    place, client = stored("temp.txt", "123"), addressed(parameter)
    other = {"Content-Type": "my-fake-content/type"}
    succeeded(fetch(url(client, "get_object", place)), b"123")
    shown = {"ResponseContentType": "text/plain", "ResponseContentDisposition": "attachment;  filename=test.txt"}
    get = url(client, "get_object", place, **shown)
    succeeded(fetch(get), b"123")
    steps = {"invalid-get-1": tree(fetch(only_signed(get), "GET", other, "data"))}
    succeeded(put(url(client, "put_object", place), "data"), b"")
    typed = url(client, "put_object", place, ContentType="text/plain")
    succeeded(put(typed, "data", {"Content-Type": "text/plain"}), b"")
    # What is left of the fourth version's headers is the host alone.
    host_alone = with_query(typed, lambda pairs: [(n, "host" if n == "X-Amz-SignedHeaders" else v) for n, v in pairs])
    steps["invalid-put-1"] = tree(put(only_signed(host_alone), "data", other))
    succeeded(fetch(url(client, "delete_object", place), "DELETE"))
    return steps
