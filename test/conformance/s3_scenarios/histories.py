"""Objects of several versions: before versioning, with it and after."""

from .player import answer, bucket, s3
from .reads import LOREM
from .versions import versioned


def test_s3_put_object_versioned():
    name = {"Bucket": bucket()}
    plain, kept = ({**name, "Key": f"{kind}-bucket-key"} for kind in ("non-version", "versioned"))
    listed = lambda: answer(s3.list_object_versions, **name)  # noqa: E731

    def versioning(status):
        s3.put_bucket_versioning(**name, VersioningConfiguration={"Status": status})

    steps = {
        "put-pre-versioned": answer(s3.put_object, **plain, Body="non-versioned-key"),
        "get-pre-versioned": answer(s3.get_object, **plain),
    }
    versioning("Enabled")
    steps["list-object-pre-versioned"] = listed()
    steps["get-post-versioned"] = answer(s3.get_object, **plain)
    steps["put-obj-versioned-1"] = answer(s3.put_object, **kept, Body="versioned-key")
    steps["put-obj-versioned-2"] = answer(s3.put_object, **kept, Body="versioned-key-updated")
    steps["get-obj-versioned"] = answer(s3.get_object, **kept)
    steps["list-object-versioned"] = listed()
    versioning("Suspended")
    return steps | {
        "list-bucket-suspended": listed(),
        "get-obj-versioned-disabled": answer(s3.get_object, **kept),
        "get-obj-non-versioned-disabled": answer(s3.get_object, **plain),
        "put-non-versioned-post-disable": answer(s3.put_object, **plain, Body="non-versioned-key-post"),
        "get-non-versioned-post-disable": answer(s3.get_object, **plain),
    }


def test_s3_delete_object_with_version_id():
    one = versioned("aws/s3/testkey1.txt")
    name = {"Bucket": one["Bucket"]}
    versioning = lambda: answer(s3.get_bucket_versioning, **name)  # noqa: E731
    steps = {"get_bucket_versioning": versioning()}
    version = s3.put_object(**one, Body=LOREM)["VersionId"]
    s3.put_object(**name, Key="aws/s3/testkey2.txt", Body=LOREM)
    named = {"Objects": [{"Key": one["Key"], "VersionId": version}]}
    steps["delete_objects"] = answer(s3.delete_objects, **name, Delete=named)
    steps["list_object_versions_after_delete"] = answer(s3.list_object_versions, **name)
    s3.put_bucket_versioning(**name, VersioningConfiguration={"Status": "Suspended"})
    return steps | {"get_bucket_versioning_suspended": versioning()}


def test_get_object_attributes_versioned():
    place = versioned("key-attrs-versioned")
    every = ["StorageClass", "ETag", "ObjectSize", "ObjectParts", "Checksum"]
    told = lambda names, **version: answer(  # noqa: E731
        s3.get_object_attributes, **place, **version, ObjectAttributes=names
    )
    first = answer(s3.put_object, **place, Body="69\n420\n")
    return {
        "put-obj-v1": first,
        "put-obj-v2": answer(s3.put_object, **place, Body="version 2"),
        "object-attrs": told(every),
        "get-object-attrs-v1": told(every[:3], VersionId=first["VersionId"]),
        "delete-key": answer(s3.delete_object, **place),
        "deleted-object-attrs": told(every),
    }


def test_s3_copy_tagging_directive_versioned(directive):
    source = versioned("source-object")
    copy = {"Bucket": source["Bucket"], "Key": "source-object-copy"}
    put = lambda body, value: answer(s3.put_object, **source, Body=body, Tagging=f"key1={value}")  # noqa: E731
    steps = {"put-object": put("test", "value1"), "put-object-v2": put("test-v2", "value1-v2")}
    version = {"VersionId": steps["put-object"]["VersionId"]}
    steps["get-object-tag"] = answer(s3.get_object_tagging, **source)
    steps["get-object-tag-v1"] = answer(s3.get_object_tagging, **source, **version)
    how = {} if directive == "None" else {"TaggingDirective": directive}
    for suffix, which in (("", {}), ("-v1", version)):
        for empty, tags in (("", "key2=value2"), ("-empty", "")):
            copied = answer(s3.copy_object, **copy, CopySource=source | which, Tagging=tags, **how)
            steps["copy-object" + (empty and "-tag-empty") + suffix] = copied
            steps[f"get-copy-object-tag{empty}{suffix}"] = answer(s3.get_object_tagging, **copy)
    return steps
