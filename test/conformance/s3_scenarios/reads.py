import base64
import datetime
import gzip
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

from boto3.s3.transfer import KB, TransferConfig
from botocore.exceptions import ClientError

from .addressing import unread
from .checksums import DATA, attributes
from .objects import place_of
from .player import answer, bucket, client, s3, unsummed


LOREM = "Lorem ipsum dolor sit amet, ... " * 30


def test_etag_on_get_object_call():
    place = place_of("my-key")
    s3.put_object(**place, Body=LOREM)
    return {
        "get_object": answer(s3.get_object, **place),
        "get_object_range": answer(s3.get_object, **place, Range="bytes=0-16"),
    }


def test_range_header_body_length():
    place, half = place_of("sample.bin"), 1024
    s3.put_object(**place, Body="a" * half + "b" * half)
    return {
        "get-object": unread("a" * half, s3.get_object, **place, Range=f"bytes=0-{half - 1}"),
        "get-object-2": unread("b" * half, s3.get_object, **place, Range=f"bytes={half}-{2 * half - 1}"),
    }


def status(call, **arguments):
    """The status of an answer, or what a refusal says."""
    given = answer(call, **arguments)
    return given.get("Error") or given["ResponseMetadata"]["HTTPStatusCode"]


def test_s3_get_object_headers():
    place = place_of("en-gb.wav")
    etag = s3.put_object(**place, Body="HEADER-TEST")["ETag"]
    get = lambda **condition: status(s3.get_object, **place, **condition)  # noqa: E731
    return {
        "if_match_1": get(IfMatch=etag),
        "if_match_2": get(IfMatch=etag.strip('"')),
        "if_none_match_err_1": get(IfNoneMatch=etag),
        "if_none_match_err_2": get(IfNoneMatch=etag.strip('"')),
        "if_match_err_1": get(IfMatch='"other"'),
        "if_none_match_1": get(IfNoneMatch='"other"'),
    }


def test_s3_get_object_preconditions(method):
    place, call = place_of("test-object"), getattr(s3, method)
    etag = s3.put_object(**place, Body=b"data")["ETag"]
    made = s3.head_object(**place)["LastModified"]
    # Dates are told in whole seconds: the object's own second is the last one that is not to come.
    day = datetime.timedelta(days=1)
    get = lambda **conditions: answer(call, **place, **conditions)  # noqa: E731
    late = {"IfModifiedSince": made, "IfNoneMatch": etag}
    return {
        "precondition-if-match": get(**late, IfUnmodifiedSince=made - day, IfMatch="etag123"),
        "precondition-if-unmodified-since": get(**late, IfUnmodifiedSince=made - day),
        "precondition-if-none-match": get(**late),
        "copy-precondition-if-modified-since": get(IfModifiedSince=made),
        "obj-ignore-future-modified-since": get(IfModifiedSince=made + day),
        "etag-missing-quotes": get(IfModifiedSince=made, IfNoneMatch=etag.strip('"')),
        "precondition-if-unmodified-since-is-object": get(IfUnmodifiedSince=made),
        "precondition-if-modified-since-is-object": get(IfModifiedSince=made),
        "obj-success": get(
            IfMatch=etag.strip('"'), IfNoneMatch="etag123", IfModifiedSince=made - day, IfUnmodifiedSince=made
        ),
    }


def numbers():
    """The stream that the recordings packed, at the second that its header names."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="w", mtime=1676569620) as stream:
        stream.write(b"1234567890 " * 100)
    return packed.getvalue()


def packed_read(place, **more):
    given = s3.get_object(**place, **more)
    assert given["Body"].read() == numbers()
    return answer(lambda **_: given | {"Body": io.BytesIO()})


def test_s3_upload_download_gzip():
    place = place_of("test.gz")
    put = answer(s3.put_object, **place, ContentEncoding="gzip", Body=numbers())
    return {"put-object": put, "get-object": packed_read(place)}


def test_s3_checksum_with_content_encoding():
    place = place_of("test.gz")
    put = answer(s3.put_object, **place, ContentEncoding="gzip", Body=numbers(), ChecksumAlgorithm="SHA256")
    return {
        "put-object": put,
        "get-object": packed_read(place),
        "get-object-with-checksum": packed_read(place, ChecksumMode="ENABLED"),
        "get-object-attrs": attributes(place, "Checksum"),
    }


def refused(call, **arguments):
    """A refusal with the two ids that its document has."""
    try:
        call(**arguments)
    except ClientError as error:
        about = error.response["ResponseMetadata"]
        return {"Error": error.response["Error"] | {name: about[name] for name in ("HostId", "RequestId")}}


def test_s3_checksum_no_automatic_sdk_calculation():
    place, right = place_of("file"), base64.b64encode(hashlib.sha256(DATA).digest()).decode()
    copy = {"Bucket": place["Bucket"], "Key": "copy"}

    def put(given=unsummed, **summed):
        return given.put_object(**place, Body=DATA, **summed)

    def naming(algorithm):
        """A client that names an algorithm and takes no sum."""
        given = client(request_checksum_calculation="when_required", response_checksum_validation="when_required")
        name = {"x-amz-sdk-checksum-algorithm": algorithm}
        given.meta.events.register("before-call.s3.PutObject", lambda params, **_: params["headers"].update(name))
        return given

    def head():
        return answer(s3.head_object, **place, ChecksumMode="ENABLED")

    put()
    steps = {
        "head-obj-no-checksum": head(),
        "get-obj-attrs-no-checksum": attributes(place, "Checksum"),
        "copy-obj-default-checksum": answer(s3.copy_object, **copy, CopySource=f"{place['Bucket']}/{place['Key']}"),
        "get-copy-obj-attrs-no-checksum": attributes(copy, "Checksum"),
    }
    # Refused, as S3 documents it: what the first write left is told again.
    refused(put, given=naming("SHA256"))
    steps["head-obj-only-checksum-algo"] = head()
    wrong = refused(put, given=naming("SHA256"), ChecksumSHA256="test")
    put(naming("SHA256"), ChecksumSHA256=right)
    steps["head-obj-right-checksum"] = head()
    put(naming("CRC32"), ChecksumSHA256=right)
    return steps | {"head-obj-diff-checksum-algo": head(), "wrong-checksum": wrong}


def test_upload_file_multipart():
    place, data = place_of("my-key"), b"1" * 6 * KB
    config = TransferConfig(multipart_threshold=5 * KB, multipart_chunksize=1 * KB)
    s3.upload_fileobj(io.BytesIO(data), **place, Config=config)
    return {"get_object": unread(data.decode(), s3.get_object, **place)}


def test_upload_big_file():
    place, steps = place_of("test_key1"), {}
    for number, body in ((1, b"\x01"), (2, b"a")):
        steps[f"put_object_key{number}"] = answer(s3.put_object, **place, Body=body * 10_000_000)
    # Both names were recorded after both writes, and of one key.
    return steps | {f"head_object_key{number}": answer(s3.head_object, **place) for number in (1, 2)}


def test_s3_invalid_content_md5():
    place, body = place_of("test-key"), b"something"
    good = base64.b64encode(hashlib.md5(body).digest()).decode()
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"], "PartNumber": 1}
    put = lambda md5: answer(s3.put_object, **place, Body=body, ContentMD5=md5)  # noqa: E731
    part = lambda md5: answer(s3.upload_part, **upload, Body=body, ContentMD5=md5)  # noqa: E731
    other = base64.b64encode(hashlib.md5(b"something1").digest()).decode()
    steps = {"success-put-object-md5": put(good), "success-upload-part-md5": part(good)}
    for at, wrong in enumerate(("__invalid__", "000", "not base64 encoded checksum", "MTIz", "dGVzdC1zdHJpbmc=")):
        steps[f"md5-error-{at}"] = put(wrong)
        steps[f"upload-part-md5-error-{at}"] = part(wrong)
    return steps | {"md5-error-bad-digest": put(other), "upload-part-md5-bad-digest": part(other)}


def test_s3_put_more_than_1000_items():
    name = bucket()
    put = lambda at: s3.put_object(Bucket=name, Key=f"test-key-{at}", Body=f"test-{at}")  # noqa: E731
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(put, range(1010)))
    first = answer(s3.list_objects, Bucket=name, Delimiter="/")
    assert len(first.pop("Contents")) == 1000
    return {
        "get_object-1009": answer(s3.get_object, Bucket=name, Key="test-key-1009"),
        "get_object-0": answer(s3.get_object, Bucket=name, Key="test-key-0"),
        "list-objects": first | {"Contents": "<content>"},
        "list-objects-next_marker": answer(s3.list_objects, Bucket=name, Marker=first["NextMarker"]),
    }
