from .player import answer, bucket, s3


def versioned(key):
    place = {"Bucket": bucket(), "Key": key}
    s3.put_bucket_versioning(Bucket=place["Bucket"], VersioningConfiguration={"Status": "Enabled"})
    return place


def test_put_object_if_none_match_versioned_bucket():
    place = versioned("test-precondition")
    return {
        "put-obj": answer(s3.put_object, **place, IfNoneMatch="*"),
        "put-obj-if-none-match": answer(s3.put_object, **place, IfNoneMatch="*"),
        "del-obj": answer(s3.delete_object, **place),
        "put-obj-after-del": answer(s3.put_object, **place, IfNoneMatch="*"),
        "list-object-versions": answer(s3.list_object_versions, Bucket=place["Bucket"]),
    }


def test_copy_object_if_none_match_versioned_bucket():
    place = versioned("source-object")
    s3.put_object(**place, Body="source content")
    there = {"Bucket": place["Bucket"], "Key": "dest-object"}
    copy = {**there, "CopySource": f"{place['Bucket']}/source-object", "IfNoneMatch": "*"}
    return {
        "copy-obj": answer(s3.copy_object, **copy),
        "copy-obj-if-none-match-fail": answer(s3.copy_object, **copy),
        "del-obj": answer(s3.delete_object, **there),
        "copy-obj-after-del": answer(s3.copy_object, **copy),
        "list-object-versions": answer(s3.list_object_versions, Bucket=place["Bucket"]),
    }


def test_object_version_id_format():
    return {"put-object": answer(s3.put_object, **versioned("key"))}


def test_get_object_with_version_unversioned_bucket():
    place = {"Bucket": bucket(), "Key": "key"}
    return {
        "put-object": answer(s3.put_object, **place, Body="test-version"),
        "get-obj-with-version": answer(s3.get_object, **place, VersionId="HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"),
        "get-obj-with-null-version": answer(s3.get_object, **place, VersionId="null"),
    }


def test_get_object_after_deleted_in_versioned_bucket():
    place = versioned("my-key")
    s3.put_object(**place, Body="abcdefgh")
    read = answer(s3.get_object, **place)
    s3.delete_object(**place)
    return {"get-object": read, "get-object-after-delete": answer(s3.get_object, **place)}


def test_put_object_if_match_versioned_bucket():
    place = versioned("test-precondition")
    put = answer(s3.put_object, **place, Body="test")
    refused = answer(s3.put_object, **place, Body="x", IfMatch='"badvalue"')
    marker = answer(s3.delete_object, **place)
    gone = answer(s3.put_object, **place, Body="x", IfMatch=put["ETag"])
    again = answer(s3.put_object, **place, Body="test-after-del")
    return {
        "put-obj": put,
        "put-obj-if-none-match-bad-value": refused,
        "del-obj": marker,
        "put-obj-after-del-exc": gone,
        "put-obj-after-del": again,
        "put-obj-if-match": answer(s3.put_object, **place, Body="test-if-match", IfMatch=again["ETag"]),
        "list-object-versions": answer(s3.list_object_versions, Bucket=place["Bucket"]),
    }


def test_s3_copy_object_legal_hold():
    name = bucket(ObjectLockEnabledForBucket=True)
    source, copy = {"Bucket": name, "Key": "source"}, {"Bucket": name, "Key": "copy"}
    return {
        "put-object": answer(s3.put_object, **source, Body='{"key": "value"}', ObjectLockLegalHoldStatus="ON"),
        "head-object": answer(s3.head_object, **source),
        "copy-legal-hold": answer(s3.copy_object, **copy, CopySource=f"{name}/source"),
        "head-dest-key": answer(s3.head_object, **copy),
    }
