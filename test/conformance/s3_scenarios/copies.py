from .player import answer, bucket, s3
from .versions import versioned

JSON = '{"key": "value"}'
ABOUT = {"Body": JSON, "ContentType": "application/json", "Metadata": {"key": "value"}}


def in_place(place):
    return {**place, "CopySource": f"{place['Bucket']}/{place['Key']}"}


def storage_class(place):
    return answer(s3.get_object_attributes, **place, ObjectAttributes=["StorageClass"])


def test_s3_copy_object_in_place():
    place = {"Bucket": bucket(), "Key": "source-object"}
    s3.delete_bucket_ownership_controls(Bucket=place["Bucket"])
    s3.delete_public_access_block(Bucket=place["Bucket"])
    copy = in_place(place)
    return {
        "put_object": answer(s3.put_object, **place, **ABOUT),
        "head_object": answer(s3.head_object, **place),
        "object-attrs": storage_class(place),
        "copy-object-in-place-no-change": answer(s3.copy_object, **copy),
        "copy-object-in-place-with-storage-class": answer(
            s3.copy_object, **copy, ChecksumAlgorithm="SHA256", StorageClass="STANDARD"
        ),
        "object-attrs-after-copy": storage_class(place),
        "object-acl": answer(s3.get_object_acl, **place),
        "copy-object-in-place-with-acl": answer(s3.copy_object, **copy, ACL="public-read"),
    }


def test_s3_copy_object_in_place_metadata_directive():
    place = {"Bucket": bucket(), "Key": "source-object"}
    copy = in_place(place)
    steps = {
        "put_object": answer(s3.put_object, **place, **ABOUT),
        "head_object": answer(s3.head_object, **place),
        "no-metadata-directive-fail": answer(s3.copy_object, **copy, Metadata={"key": "value"}),
    }
    kept = {"MetadataDirective": "COPY", "StorageClass": "STANDARD"}
    for name, how in (
        ("replace-directive", {"Metadata": {"key2": "value2"}, "MetadataDirective": "REPLACE"}),
        ("copy-directive", kept),
        ("copy-directive-ignore", {"Metadata": {"key3": "value3"}, **kept}),
        ("replace-directive-empty", {"MetadataDirective": "REPLACE"}),
    ):
        steps[f"copy-{name}"] = answer(s3.copy_object, **copy, **how)
        steps[f"head-{name}"] = answer(s3.head_object, **place)
    return steps


def test_s3_copy_object_in_place_versioned():
    place = versioned("source-object")
    copy = in_place(place)

    def read():
        return answer(s3.get_object, **place) | {"Body": {"key": "value"}}

    def versioning(status):
        s3.put_bucket_versioning(Bucket=place["Bucket"], VersioningConfiguration={"Status": status})

    steps = {
        "put_object": answer(s3.put_object, **place, **ABOUT),
        "head_object": answer(s3.head_object, **place),
        "object-attrs": storage_class(place),
        "copy-object-in-place-no-change": answer(s3.copy_object, **copy),
    }
    replacing = {**copy, "MetadataDirective": "REPLACE"}
    steps["copy-in-place-versioned"] = answer(s3.copy_object, **replacing)
    steps["head-object-copied"] = answer(s3.head_object, **place)
    steps["get-object-copied"] = read()
    versioning("Suspended")
    steps["copy-in-place-versioned-suspended"] = answer(s3.copy_object, **replacing)
    steps["head-object-copied-suspended"] = answer(s3.head_object, **place)
    steps["get-object-copied-suspended"] = read()
    before = steps["head-object-copied"]["VersionId"]
    steps["head-object-previous-version-suspended"] = answer(s3.head_object, **place, VersionId=before)
    versioning("Enabled")
    steps["copy-in-place-versioned-re-enabled"] = answer(s3.copy_object, **replacing)
    return steps


def test_s3_copy_tagging_directive(directive):
    place = {"Bucket": bucket(), "Key": "source-object"}
    copy = {"Bucket": place["Bucket"], "Key": "source-object-copy"}
    how = {} if directive == "None" else {"TaggingDirective": directive}
    steps = {
        "put-object": answer(s3.put_object, **place, Body="test", Tagging="key1=value1"),
        "get-object-tag": answer(s3.get_object_tagging, **place),
    }
    for empty, tags in (("", "key2=value2"), ("-empty", "")):
        copying = {**copy, "CopySource": f"{place['Bucket']}/{place['Key']}", "Tagging": tags, **how}
        steps["copy-object" + (empty and "-tag-empty")] = answer(s3.copy_object, **copying)
        steps[f"get-copy-object-tag{empty}"] = answer(s3.get_object_tagging, **copy)
    return steps
