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


def history(key):
    """Of one key: how it is written, removed and listed, and how its bucket stops keeping versions."""
    place = versioned(key)
    put = lambda body: answer(s3.put_object, **place, Body=body)  # noqa: E731
    delete = lambda: answer(s3.delete_object, **place)  # noqa: E731
    listed = lambda: answer(s3.list_object_versions, Bucket=place["Bucket"])  # noqa: E731
    stop = {"Bucket": place["Bucket"], "VersioningConfiguration": {"Status": "Suspended"}}
    return place, put, delete, listed, lambda: s3.put_bucket_versioning(**stop)


def test_delete_object_on_suspended_bucket():
    _, put, delete, listed, suspend = history("test-delete-suspended")
    steps = {f"put-object-{n}": put(f"test-version-{n}") for n in range(2)}
    suspend()
    steps["list-suspended"] = listed()
    steps["delete-object-no-version"] = delete()
    steps["list-suspended-delete"] = listed()
    steps["put-object-suspended"] = put("test-version-suspended-after-delete")
    steps["list-suspended-put"] = listed()
    steps["delete-object-no-version-after-put"] = delete()
    return steps | {"list-suspended-after-put": listed()}


def test_put_object_on_suspended_bucket():
    place, put, _, listed, suspend = history("test-version")
    steps = {f"put-object-{n}": put(f"test-version-{n}") for n in range(3)}
    steps["list-enabled"] = listed()
    suspend()
    steps["list-suspended"] = listed()
    steps["put-object-suspended"] = put("test-version-suspended")
    steps["list-suspended-after-put"] = listed()
    steps["put-object-suspended-overwrite"] = put("test-version-suspended")
    steps["list-suspended-after-overwrite"] = listed()
    return steps | {"get-object-current": answer(s3.get_object, **place)}


def test_object_tagging_versioned():
    place = versioned("test-tagging")
    put = [answer(s3.put_object, **place, Body=f"test-{n}", Tagging=f"test_tag=tagv{n + 1}") for n in range(2)]
    older, current = ({"VersionId": one["VersionId"]} for one in put)
    read = lambda **version: answer(s3.get_object_tagging, **place, **version)  # noqa: E731
    clear = lambda **version: answer(s3.delete_object_tagging, **place, **version)  # noqa: E731

    def tag(name, **version):
        tags = {"TagSet": [{"Key": name, "Value": name}]}
        return answer(s3.put_object_tagging, **place, **version, Tagging=tags)

    steps = {"put-obj-0": put[0], "put-obj-1": put[1], "get-object-tags-previous-version": read(**older)}
    steps["put-object-tags-current-version"] = tag("tag3")
    steps["get-object-tags-current-version"] = read()
    steps["put-object-tags-previous-version"] = tag("tag1", **older)
    steps["get-object-tags-previous-version-again"] = read(**older)
    clear()
    steps["get-object-tags-deleted-current"] = read()
    steps["get-object-tags-previous-version-deleted"] = read(**current)
    steps["put-delete-marker"] = answer(s3.delete_object, **place)
    marker = {"VersionId": steps["put-delete-marker"]["VersionId"]}
    for name, version in (("latest", {}), ("id", marker)):
        steps[f"get-object-tags-delete-marker-{name}"] = read(**version)
        steps[f"put-object-tags-delete-marker-{name}"] = tag("tag1", **version)
        steps[f"delete-object-tags-delete-marker-{name}"] = clear(**version)
    return steps
