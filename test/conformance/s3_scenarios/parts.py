"""Uploads in parts: what is told of them, copied into them, and asked of their checksums."""

import datetime

from .checksums import attributes
from .objects import place_of
from .player import answer, complete, s3, unsummed

MIB_5 = 5 * 1024 * 1024
REPEATED = "upload-part-1" * 5


def uploaded(place, *bodies, **about):
    """An upload of these parts, completed."""
    upload = s3.create_multipart_upload(**place, **about)["UploadId"]
    put = lambda number, body: s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=body)  # noqa: E731
    etags = [put(number, body)["ETag"] for number, body in enumerate(bodies, 1)]
    return answer(s3.complete_multipart_upload, **complete(place, upload, *etags))


def test_multipart_and_list_parts():
    place = place_of("test-list-parts")
    made = answer(s3.create_multipart_upload, **place)
    upload = {**place, "UploadId": made["UploadId"]}
    uploads = lambda: answer(s3.list_multipart_uploads, Bucket=place["Bucket"])  # noqa: E731
    steps = {
        "create-multipart": made,
        "list-part-after-created": answer(s3.list_parts, **upload),
        "list-all-uploads": uploads(),
        "upload-part": answer(s3.upload_part, **upload, PartNumber=1, Body=REPEATED),
        "list-part-after-upload": answer(s3.list_parts, **upload),
        "list-all-uploads-after": uploads(),
    }
    done = complete(place, made["UploadId"], steps["upload-part"]["ETag"])
    return steps | {
        "complete-multipart": answer(s3.complete_multipart_upload, **done),
        "list-part-after-complete-exc": answer(s3.list_parts, **upload),
        "list-all-uploads-completed": uploads(),
        "get-multipart-checksum": answer(s3.get_object, **place, ChecksumMode="ENABLED"),
        "head-multipart-checksum": answer(s3.head_object, **place, ChecksumMode="ENABLED"),
    }


def test_multipart_overwrite_key():
    place = place_of("test.file")
    put = answer(s3.put_object, **place, Body="test content 123")
    done = uploaded(place, "test content 123")
    assert s3.get_object(**place)["Body"].read() == b"test content 123"
    return {"put-object": put, "multipart-upload": done}


def test_multipart_copy_object_etag():
    place = place_of("test.file")
    source = f"{place['Bucket']}/{place['Key']}"
    return {
        "multipart-upload": uploaded(place, "test content 123"),
        "copy-object": answer(s3.copy_object, Bucket=place["Bucket"], Key="copy.file", CopySource=source),
        "copy-object-in-place": answer(s3.copy_object, **place, CopySource=source, MetadataDirective="REPLACE"),
        "head-obj": answer(s3.head_object, **place, ChecksumMode="ENABLED"),
    }


def test_get_object_attributes():
    place, every = place_of("data.txt"), ("StorageClass", "ETag", "ObjectSize", "ObjectParts")
    s3.put_object(**place, Body=b"69\n420\n")
    one, two = ({**place, "Key": key} for key in ("one-part", "two-parts"))
    uploaded(one, REPEATED)
    uploaded(two, REPEATED * (MIB_5 // len(REPEATED) + 1), REPEATED)
    named = [name for name in every if name != "ObjectParts"]
    return {
        "object-attrs": attributes(place, *every, "Checksum"),
        "object-attrs-multiparts-1-part": attributes(one, *every),
        "object-attrs-multiparts-2-parts": answer(
            s3.get_object_attributes, **two, ObjectAttributes=list(every), MaxParts=3
        ),
        "object-attrs-multiparts-2-parts-checksum": attributes(two, *named, "Checksum"),
    }


def test_s3_multipart_upload_acls():
    name = place_of()["Bucket"]
    s3.delete_bucket_ownership_controls(Bucket=name)
    s3.delete_public_access_block(Bucket=name)
    s3.put_bucket_acl(Bucket=name, ACL="public-read")
    place = lambda key: {"Bucket": name, "Key": key}  # noqa: E731
    s3.put_object(**place("acl-key0"), Body="something")
    uploaded(place("acl-key1"), "something")
    uploaded(place("acl-key2"), "something", ACL="public-read-write")
    told = {f"permission-acl-key{at}": answer(s3.get_object_acl, **place(f"acl-key{at}")) for at in range(3)}
    return {"bucket-acl": answer(s3.get_bucket_acl, Bucket=name)} | told


def test_upload_part_copy_range():
    place = place_of("test-upload-part-copy")
    source = {**place, "Key": "src-key"}
    put = answer(s3.put_object, **source, Body="0123456789")
    made = answer(s3.create_multipart_upload, **place)
    upload = {**place, "UploadId": made["UploadId"]}

    def copy(span, number=1):
        what = {"CopySource": f"{source['Bucket']}/{source['Key']}", "CopySourceRange": span}
        return answer(s3.upload_part_copy, **upload, PartNumber=number, **what)

    steps = {"put-src-object": put, "create-multipart": made, "upload-part-copy-wrong-format": copy("0-8")}
    for number, span in enumerate(("0-8", "1-1", "0-0"), 1):
        steps[f"upload-part-copy-{number}"] = copy(f"bytes={span}", number)
    for span in ("0-100", "100-200", "1-0", "-1-", "0--1", "0-1,3-4,7-9", "-", "-0", "-2", "-15", "1-"):
        steps[f"upload-part-copy-range-exc-{span}"] = copy(f"bytes={span}")
    return steps | {"list-parts": answer(s3.list_parts, **upload)}


class PartCopy:
    """An upload into which one part is copied from another object, on conditions."""

    def __init__(self):
        self.place = place_of("destination_file.txt")
        self.source = {**self.place, "Key": "source_file.txt"}
        self.etag = s3.put_object(**self.source, Body="0123456789")["ETag"]
        self.made = s3.head_object(**self.source)["LastModified"]
        self.upload = {**self.place, "UploadId": s3.create_multipart_upload(**self.place)["UploadId"]}

    def copy(self, **conditions):
        source = f"{self.source['Bucket']}/{self.source['Key']}"
        return answer(s3.upload_part_copy, **self.upload, PartNumber=1, CopySource=source, **conditions)

    def before(self):
        return self.made - datetime.timedelta(days=1)

    def parts(self):
        return answer(s3.list_parts, **self.upload)


def test_upload_part_copy_with_copy_source_if_match_failed():
    return {"upload-part-copy-source-if-match": PartCopy().copy(CopySourceIfMatch="not-the-etag")}


def test_upload_part_copy_with_copy_source_if_match_none_success():
    one = PartCopy()
    return {"upload-part-copy-if-none-match": one.copy(CopySourceIfNoneMatch="not-the-etag"), "list-parts": one.parts()}


def test_upload_part_copy_with_copy_source_if_modified_since_success():
    one = PartCopy()
    copied = one.copy(CopySourceIfModifiedSince=one.before())
    return {"upload-part-copy-if-modified-since": copied, "list-parts": one.parts()}


def test_upload_part_copy_with_copy_source_if_none_match_and_if_unmodified_since_match_failed():
    one = PartCopy()
    refused = one.copy(CopySourceIfNoneMatch=one.etag, CopySourceIfUnmodifiedSince=one.before())
    return {"upload-part-copy-source-unmodified-since-and-if-none-match": refused}


def test_upload_part_copy_with_copy_source_if_unmodified_since_match_failed():
    one = PartCopy()
    return {"upload-part-copy-source-unmodified-since-match": one.copy(CopySourceIfUnmodifiedSince=one.before())}


def test_upload_part_copy_with_if_modified_since_failed():
    one = PartCopy()
    return {"upload-part-copy-source-modified-since-match": one.copy(CopySourceIfModifiedSince=one.made)}


def test_get_object_part_checksum(kind):
    place = place_of("test-multipart-checksum")
    made = answer(s3.create_multipart_upload, **place, ChecksumAlgorithm="CRC32C", ChecksumType=kind)
    upload = made["UploadId"]
    part = answer(
        s3.upload_part, **place, UploadId=upload, PartNumber=1, Body="test content 123", ChecksumCRC32C="fwuu0Q=="
    )
    done = complete(place, upload, part["ETag"], ChecksumCRC32C="fwuu0Q==")
    return {
        "create-mpu-checksum": made,
        "upload-part": part,
        "complete-multipart-checksum": answer(s3.complete_multipart_upload, **done, ChecksumType=kind),
        "head-object-part": answer(s3.head_object, **place, PartNumber=1, ChecksumMode="ENABLED"),
        "get-object-part": answer(s3.get_object, **place, PartNumber=1, ChecksumMode="ENABLED"),
    }


def completed(place):
    """What is told of an object that was uploaded in parts, and of a copy."""
    copy, told = {**place, "Key": "test-copy-mpu-checksum"}, ("Checksum", "ETag")
    read = answer(s3.get_object, **place, ChecksumMode="ENABLED")
    return {
        # Recorded after the body had been read.
        "get-object-with-checksum": read | {"Body": ""},
        "head-object-with-checksum": answer(s3.head_object, **place, ChecksumMode="ENABLED"),
        "get-object-attrs": attributes(place, *told, "ObjectParts"),
        "copy-obj-checksum": answer(s3.copy_object, **copy, CopySource=f"{place['Bucket']}/{place['Key']}"),
        "get-copy-object-attrs": attributes(copy, *told),
    }


OTHER_SUMS = {"CRC32": "AAAAAA==", "CRC32C": "AAAAAA==", "CRC64NVME": "AAAAAAAAAAA="}


def test_complete_multipart_parts_checksum_default():
    place, summed = place_of("test-multipart-checksum"), {"ChecksumCRC32C": "45fn2Q=="}
    made = answer(s3.create_multipart_upload, **place)
    upload = {**place, "UploadId": made["UploadId"]}
    uploads = answer(s3.list_multipart_uploads, Bucket=place["Bucket"])
    part = answer(s3.upload_part, **upload, PartNumber=1, Body="aaa", **summed)

    def done(sums=(), **more):
        return answer(
            s3.complete_multipart_upload, **complete(place, made["UploadId"], part["ETag"], **dict(sums)), **more
        )

    return {
        "create-mpu-no-checksum": made,
        "list-multiparts": uploads,
        "upload-part-different-checksum-than-default": part,
        "list-parts": answer(s3.list_parts, **upload),
        "complete-multipart-wrong-parts-checksum": done({"ChecksumCRC32C": OTHER_SUMS["CRC32C"]}),
        "complete-multipart-parts-checksum": done(summed),
        "complete-multipart-composite-type": done(ChecksumType="COMPOSITE"),
        "complete-multipart-full-object-type": done(ChecksumType="FULL_OBJECT"),
        "complete-multipart-checksum": done(),
    } | completed(place)


def test_complete_multipart_parts_checksum_full_object(algorithm):
    place, member = place_of("test-multipart-checksum"), f"Checksum{algorithm}"
    made = answer(s3.create_multipart_upload, **place, ChecksumAlgorithm=algorithm, ChecksumType="FULL_OBJECT")
    upload = {**place, "UploadId": made["UploadId"]}
    steps = {"create-mpu-checksum": made}
    # The service takes the sums: boto3 has not each algorithm by itself.
    for at, size in enumerate((MIB_5 + 1, MIB_5 + 1, 10)):
        steps[f"upload-part-{at}"] = answer(unsummed.upload_part, **upload, PartNumber=at + 1, Body=b"a" * size)
    given = [
        {"PartNumber": at + 1, "ETag": steps[f"upload-part-{at}"]["ETag"], member: steps[f"upload-part-{at}"][member]}
        for at in range(3)
    ]
    wrong = {"CRC32": 2, "CRC64NVME": 0}[algorithm]  # the part that its recording names
    other = [part | ({member: OTHER_SUMS[algorithm]} if at == wrong else {}) for at, part in enumerate(given)]
    done = lambda parts: answer(s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": parts})  # noqa: E731
    steps["list-parts"] = answer(s3.list_parts, **upload)
    steps["complete-multipart-wrong-parts-checksum"] = done(other)
    steps["complete-multipart-checksum"] = done(given)
    last = answer(s3.get_object, **place, PartNumber=3, ChecksumMode="ENABLED")
    return steps | completed(place) | {"get-object-part-checksum": last}


class Refusals:
    """An upload with a checksum, and all that is refused of it."""

    def __init__(self):
        self.place = place_of("test-multipart-checksum-exc")

    def create(self, **checksum):
        return answer(s3.create_multipart_upload, **self.place, **checksum)

    def uploads(self):
        return answer(s3.list_multipart_uploads, Bucket=self.place["Bucket"])

    def part(self, made, **summed):
        """With a sum where one is given, else with none at all."""
        call = s3.upload_part if summed else unsummed.upload_part
        return answer(call, **self.place, UploadId=made["UploadId"], PartNumber=1, Body="abc", **summed)

    def done(self, made, part, sums=(), **more):
        given = complete(self.place, made["UploadId"], part["ETag"], **dict(sums))
        return answer(s3.complete_multipart_upload, **given, **more)


def test_multipart_parts_checksum_exceptions_composite():
    one = Refusals()
    made = one.create(ChecksumAlgorithm="CRC32", ChecksumType="COMPOSITE")
    # The client that was recorded adds a sum of its own, which parts of such an upload need.
    uploads, part = one.uploads(), one.part(made, ChecksumAlgorithm="CRC32")
    summed = one.create(ChecksumAlgorithm="SHA256")
    other = one.part(summed, ChecksumAlgorithm="SHA256")
    zeros = {"ChecksumSHA256": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    return {
        "create-mpu-no-checksum-algo-with-type": one.create(ChecksumType="COMPOSITE"),
        "create-mpu-wrong-checksum-algo": one.create(ChecksumAlgorithm="TEST"),
        "create-mpu-composite-checksum": made,
        "list-multiparts": uploads,
        "upload-part-no-checksum-ok": part,
        "complete-part-with-bad-checksum-type": one.done(made, part, ChecksumType="FULL_OBJECT"),
        "create-mpu-with-checksum": summed,
        "upload-part-different-checksum-exc": one.part(summed, ChecksumAlgorithm="CRC32"),
        "complete-part-with-checksum": one.done(summed, other, zeros),
    }


def test_multipart_parts_checksum_exceptions_full_object():
    """Each sum here is one of its algorithm, and of other bytes, until the last."""
    one, zeros, full = Refusals(), OTHER_SUMS, {"ChecksumType": "FULL_OBJECT"}
    made = one.create(ChecksumAlgorithm="CRC32C", ChecksumType="FULL_OBJECT")
    uploads, part = one.uploads(), one.part(made)
    second = one.create(ChecksumAlgorithm="CRC32C", ChecksumType="FULL_OBJECT")
    return {
        "create-mpu-no-checksum-algo-with-type": one.create(**full),
        "create-mpu-checksum-crc32c": made,
        "list-multiparts": uploads,
        "upload-part-no-checksum-ok": part,
        "create-mpu-with-checksum": second,
        "upload-part-different-checksum-exc": one.part(second, ChecksumAlgorithm="CRC32"),
        "complete-part-bad-checksum-type": one.done(made, part, ChecksumType="COMPOSITE"),
        "complete-part-good-checksum-no-type": one.done(made, part, ChecksumCRC32C="BBBBBA=="),
        "complete-part-only-checksum-algo": one.done(made, part, ChecksumCRC32C=zeros["CRC32C"]),
        "complete-part-only-checksum-algo-diff": one.done(made, part, ChecksumCRC32=zeros["CRC32"]),
        "complete-part-bad-checksum": one.done(made, part, ChecksumCRC32C=zeros["CRC32C"], **full),
        "complete-part-bad-checksum-algo": one.done(made, part, ChecksumCRC32=zeros["CRC32"], **full),
        "complete-success": one.done(made, part, ChecksumCRC32C="Nks/tw==", **full),
    }
