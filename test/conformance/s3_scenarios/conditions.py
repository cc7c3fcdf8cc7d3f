"""Conditions on what is written, removed and copied."""

import datetime

from .player import answer, bucket, complete, s3
from .versions import versioned

KEY = "test-precondition"


# Only buckets of another kind, which are not ours, know it: the condition is refused, whatever it says.
EARLIER = {"IfMatchLastModifiedTime": datetime.datetime(2023, 1, 1, tzinfo=datetime.timezone.utc)}


def delete(**conditions):
    place = {"Bucket": bucket(), "Key": KEY}
    s3.put_object(**place)
    return answer(s3.delete_object, **place, **conditions)


def test_delete_object_if_match_modified_non_express():
    return {"delete-obj-if-match-last-modified": delete(**EARLIER)}


def test_delete_object_if_match_all_non_express():
    return {"delete-obj-if-match-all": delete(**EARLIER, IfMatch="badvalue", IfMatchSize=10)}


def test_s3_copy_object_if_source_modified_since_versioned():
    source = versioned("source-object")
    s3.put_object(**source, Body="data")
    about = s3.head_object(**source)
    shown = answer(s3.head_object, **source)

    def copy(since):
        there = {"Bucket": source["Bucket"], "Key": "dest-object", "CopySource": f"{source['Bucket']}/source-object"}
        return answer(s3.copy_object, **there, CopySourceIfModifiedSince=since)

    return {
        "head-object": shown,
        "copy-if-modified-since": copy(about["LastModified"] - datetime.timedelta(minutes=1)),
        "copy-if-modified-since-last-modified": copy(about["LastModified"]),
    }


def test_copy_object_if_match_versioned_bucket():
    there = versioned("dest-object")
    name = there["Bucket"]
    s3.put_object(Bucket=name, Key="source-object", Body="source content")
    copy = lambda etag: answer(s3.copy_object, **there, CopySource=f"{name}/source-object", IfMatch=etag)  # noqa: E731
    put = answer(s3.put_object, **there, Body="initial content")
    steps = {"put-obj": put, "copy-obj-if-match-wrong-etag": copy('"wrong-etag"')}
    steps["del-obj"] = answer(s3.delete_object, **there)
    steps["copy-obj-after-del-exc"] = copy(put["ETag"])
    steps["put-obj-after-del"] = answer(s3.put_object, **there, Body="new content after delete")
    steps["copy-obj-if-match"] = copy(steps["put-obj-after-del"]["ETag"])
    return steps | {"list-object-versions": answer(s3.list_object_versions, Bucket=name)}


def begun():
    """The place of an object to be, what its puts are answered, and its upload."""
    place = {"Bucket": bucket(), "Key": KEY}
    return place, lambda **arguments: answer(s3.put_object, **place, **arguments)


def part_of(place):
    """An upload of one part: how it was begun, and how it is completed under a condition."""
    made = answer(s3.create_multipart_upload, **place)
    part = s3.upload_part(**place, UploadId=made["UploadId"], PartNumber=1, Body="test")
    done = complete(place, made["UploadId"], part["ETag"])
    return made, lambda **condition: answer(s3.complete_multipart_upload, **done, **condition)


def test_multipart_if_none_match_with_delete():
    place, put = begun()
    steps = {"put-obj": put(IfNoneMatch="*")}
    steps["create-multipart"], finish = part_of(place)
    steps["complete-multipart-if-none-match"] = finish(IfNoneMatch="*")
    steps["del-obj"] = answer(s3.delete_object, **place)
    steps["complete-multipart-after-del"] = finish(IfNoneMatch="*")
    _, finish_again = part_of(place)
    return steps | {"complete-multipart-after-del-restart": finish_again(IfNoneMatch="*")}


def test_multipart_if_match_with_put():
    place, put = begun()
    steps = {"put-obj": put(Body="test")}
    steps["create-multipart"], finish = part_of(place)
    steps["put-obj-during"] = put(Body="test2")
    steps["complete-multipart-if-match-put-before"] = finish(IfMatch=steps["put-obj"]["ETag"])
    steps["complete-multipart-if-match-put-during"] = finish(IfMatch=steps["put-obj-during"]["ETag"])
    steps["create-multipart-again"], finish_again = part_of(place)
    done = finish_again(IfMatch=steps["put-obj-during"]["ETag"])
    return steps | {"complete-multipart-if-match-put-before-restart": done}


def test_multipart_if_match_with_delete():
    place, put = begun()
    steps = {"put-obj": put(Body="test")}
    steps["create-multipart"], finish = part_of(place)
    steps["del-obj"] = answer(s3.delete_object, **place)
    steps["complete-multipart-after-del"] = finish(IfMatch=steps["put-obj"]["ETag"])
    steps["put-obj-2"] = put(Body="test")
    return steps | {"complete-multipart-if-match-after-put": finish(IfMatch=steps["put-obj-2"]["ETag"])}


def test_bucket_policy_exc():
    name = bucket()
    s3.delete_public_access_block(Bucket=name)
    put = lambda policy: answer(s3.put_bucket_policy, Bucket=name, Policy=policy)  # noqa: E731
    return {
        "put-empty-bucket-policy": put(""),
        "put-bucket-policy-randomstring": put("invalid json"),
        "put-bucket-policy-empty-json": put("{}"),
    }
