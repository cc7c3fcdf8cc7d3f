import uuid

from .player import answer, bucket, complete, loose, s3


def place_of(key="key"):
    return {"Bucket": bucket(), "Key": key}


def tags(*pairs):
    return {"TagSet": [{"Key": key, "Value": value} for key, value in pairs]}


def test_delete_bucket_with_objects():
    place = place_of()
    s3.put_object(**place, Body="x")
    return {
        "delete-with-obj": answer(s3.delete_bucket, Bucket=place["Bucket"]),
        "delete-obj": answer(s3.delete_object, **place),
        "delete-bucket": answer(s3.delete_bucket, Bucket=place["Bucket"]),
    }


def test_bucket_tagging_exc():
    nowhere = {"Bucket": f"nowhere-{uuid.uuid4()}"}
    return {
        "put-no-bucket-tags": answer(s3.put_bucket_tagging, **nowhere, Tagging=tags(("a", "b"))),
        "get-no-bucket-tags": answer(s3.get_bucket_tagging, **nowhere),
        "delete-no-bucket-tags": answer(s3.delete_bucket_tagging, **nowhere),
    }


def test_create_bucket_with_tags_us_east_1_idempotency():
    name = f"played-{uuid.uuid4()}"
    one = {"Tags": tags(("tag1", "value1"))["TagSet"]}

    def create(**configuration):
        return answer(s3.create_bucket, Bucket=name, **configuration)

    return {
        "create-bucket-with-tags": create(CreateBucketConfiguration=one),
        "get-bucket-tags": answer(s3.get_bucket_tagging, Bucket=name),
        "create-bucket-with-same-tags": create(CreateBucketConfiguration=one),
        "create-bucket-different-tags": create(
            CreateBucketConfiguration={"Tags": tags(("tag2", "value2"))["TagSet"]}
        ),
        "create-bucket-with-no-tags": create(),
        "get-bucket-tags-after-re-create": answer(s3.get_bucket_tagging, Bucket=name),
        "create-bucket-with-empty-tags": create(CreateBucketConfiguration={"Tags": []}),
        "get-bucket-tags-after-create-empty": answer(s3.get_bucket_tagging, Bucket=name),
    }


def test_head_object_with_tags():
    place = place_of()

    def tagged(*pairs):
        return answer(s3.put_object_tagging, **place, Tagging=tags(*pairs))

    return {
        "put-object": answer(s3.put_object, **place, Body="test-tagging", Tagging="a=1&b=2&c="),
        "head-obj-after-create": answer(s3.head_object, **place),
        "put-object-tags": tagged(("d", "4")),
        "head-obj-after-tagging": answer(s3.head_object, **place),
    } | {
        "head-obj-after-overwrite": (tagged(("a", "1"), ("b", "2"), ("c", "3")), answer(s3.head_object, **place))[1],
        "head-obj-after-removal": (tagged(), answer(s3.head_object, **place))[1],
    }


def test_put_bucket_tagging_none_value():
    name = {"Bucket": bucket()}
    return {
        "put-bucket-tags-origin": answer(s3.put_bucket_tagging, **name, Tagging=tags(("a", "b"))),
        "put-none-tag-set": answer(loose.put_bucket_tagging, **name, Tagging=tags()),
        "no-such-tag-set": answer(s3.get_bucket_tagging, **name),
    }


def test_put_object_tagging_none_value():
    place = place_of()
    s3.put_object(**place, Body="x", Tagging="a=b")
    put = answer(loose.put_object_tagging, **place, Tagging=tags())
    return {"put-none-tag-set": put, "get-object-tags-none": answer(s3.get_object_tagging, **place)}


def test_object_tagging_crud():
    place = place_of()
    read = lambda: answer(s3.get_object_tagging, **place)  # noqa: E731
    put = lambda *pairs: answer(s3.put_object_tagging, **place, Tagging=tags(*pairs))  # noqa: E731
    steps = {
        "put-object": answer(s3.put_object, **place, Body="test-tagging"),
        "get-object-tags-empty": read(),
        "put-object-tags": put(("tag1", "tag1"), ("tag2", "")),
        "get-object-tags": read(),
        "put-object-tags-overwrite": put(("tag3", "tag3")),
        "get-object-tags-overwritten": read(),
        "get-obj-after-tags": answer(s3.get_object, **place),
        "delete-object-tags": answer(s3.delete_object_tagging, **place),
        "get-object-tags-deleted": read(),
        "get-obj-after-tags-deleted": answer(s3.get_object, **place),
    }
    steps["get-object-tags"]["TagSet"].sort(key=lambda tag: tag["Key"])
    return steps


def test_object_tagging_exc():
    name, nowhere = bucket(), f"nowhere-{uuid.uuid4()}"
    some = {"Tagging": tags(("a", "b"))}
    absent = {"Bucket": name, "Key": "fake-key"}
    lost = {"Bucket": nowhere, "Key": "fake-key"}
    return {
        "put-no-bucket-tags": answer(s3.put_object_tagging, **lost, **some),
        "get-no-bucket-tags": answer(s3.get_object_tagging, **lost),
        "delete-no-bucket-tags": answer(s3.delete_object_tagging, **lost),
        "put-no-key-tags": answer(s3.put_object_tagging, **absent, **some),
        "get-no-key-tags": answer(s3.get_object_tagging, **absent),
        "delete-no-key-tags": answer(s3.delete_object_tagging, **absent),
        "put-obj-duplicate-tagging": answer(s3.put_object, **absent, Tagging="key1=val1&key1=val2"),
        "put-obj-wrong-format": answer(s3.put_object, **absent, Tagging="key1=val1,key2=val2"),
    }


def test_object_tags_delete_or_overwrite_object():
    place = place_of()
    read = lambda: answer(s3.get_object_tagging, **place)  # noqa: E731
    s3.put_object(**place, Body="create", Tagging="tag1=val1")
    created = read()
    s3.put_object(**place, Body="overwrite")
    overwritten = read()
    s3.put_object_tagging(**place, Tagging=tags(("tag3", "tag3")))
    s3.delete_object(**place)
    s3.put_object(**place, Body="recreate")
    return {
        "get-object-after-creation": created,
        "get-object-after-overwrite": overwritten,
        "get-object-after-recreation": read(),
    }


def test_put_object_with_tags():
    place = place_of()

    def read():
        found = answer(s3.get_object_tagging, **place)
        found["TagSet"].sort(key=lambda tag: tag["Key"])
        return found

    steps = {
        "put-object": answer(s3.put_object, **place, Body="test-tagging", Tagging="tag1=tag1&tag2=tag2&tag="),
        "get-object-tags": read(),
        "put-object-tags": answer(s3.put_object_tagging, **place, Tagging=tags(("tag3", "tag3"))),
        "get-object-tags-override": read(),
        "head-obj": answer(s3.head_object, **place),
        "get-obj": answer(s3.get_object, **place),
    }
    s3.put_object(**place, Body="", Tagging="wrongquery&wrongagain")
    steps["get-object-tags-wrong-format-qs"] = read()
    s3.put_object(**place, Body="", Tagging="key1&&&key2")
    steps["get-object-tags-wrong-format-qs-2"] = read()
    return steps


def test_tagging_validation():
    place = place_of("tagging-validation")
    s3.put_object(**place, Body=b"")

    def on_bucket(*pairs):
        return answer(loose.put_bucket_tagging, Bucket=place["Bucket"], Tagging=tags(*pairs))

    def on_object(*pairs):
        return answer(loose.put_object_tagging, **place, Tagging=tags(*pairs))

    twice = (("Key1", "Val1"), ("Key1", "Val1"))
    return {
        "put-bucket-tags-duplicate-keys": on_bucket(*twice),
        "put-bucket-tags-invalid-key": on_bucket(("Key1,Key2", "Val1")),
        "put-bucket-tags-none-key": on_bucket((None, "Val1")),
        "put-bucket-tags-invalid-value": on_bucket(("Key1", "Val1,Val2")),
        "put-bucket-tags-none-value": on_bucket(("key1", None)),
        "put-bucket-tags-aws-prefixed": on_bucket(("aws:prefixed", "Val1")),
        "put-object-tags-duplicate-keys": on_object(*twice),
        "put-object-tags-invalid-field": on_object(("Key1,Key2", "Val1")),
        "put-object-tags-aws-prefixed": on_object(("aws:prefixed", "Val1")),
        "put-object-tags-none-key": on_object((None, "Val1")),
        "put-object-tags-none-value": on_object(("key1", None)),
    }


def test_put_object_if_none_match():
    place = place_of("test-precondition")
    return {
        "put-obj": answer(s3.put_object, **place, IfNoneMatch="*"),
        "put-obj-if-none-match": answer(s3.put_object, **place, IfNoneMatch="*"),
        "del-obj": answer(s3.delete_object, **place),
        "put-obj-after-del": answer(s3.put_object, **place, IfNoneMatch="*"),
    }


def test_put_object_if_none_match_validation():
    place = place_of("test-precondition")
    put = answer(s3.put_object, **place)
    return {"put-obj": put, "put-obj-if-none-match-bad-value": answer(s3.put_object, **place, IfNoneMatch=put["ETag"])}


def test_copy_object_precondition_write_validation():
    place = place_of("source-object")
    etag = s3.put_object(**place, Body="x")["ETag"]
    copy = {"Bucket": place["Bucket"], "Key": "dest-object", "CopySource": f"{place['Bucket']}/source-object"}
    return {
        "copy-obj-none-match-etag": answer(s3.copy_object, **copy, IfNoneMatch=etag),
        "copy-obj-if-match-star": answer(s3.copy_object, **copy, IfMatch="*"),
        "copy-obj-both": answer(s3.copy_object, **copy, IfMatch=etag, IfNoneMatch="*"),
    }


def test_copy_object_if_none_match():
    place = place_of("source-object")
    s3.put_object(**place, Body="source content")
    copy = {"Bucket": place["Bucket"], "Key": "dest-object", "CopySource": f"{place['Bucket']}/source-object"}
    return {
        "copy-obj": answer(s3.copy_object, **copy, IfNoneMatch="*"),
        "copy-obj-if-none-match-fail": answer(s3.copy_object, **copy, IfNoneMatch="*"),
    }


def test_copy_object_if_match_in_place():
    place = place_of("source-object")
    etag = s3.put_object(**place, Body="source content")["ETag"]
    copy = {"CopySource": f"{place['Bucket']}/source-object", "IfMatch": etag, "MetadataDirective": "REPLACE"}
    return {"copy-obj-if-match-in-place": answer(s3.copy_object, **place, **copy)}


def test_multipart_no_such_upload():
    place = place_of() | {"UploadId": "fakeid"}
    one = {"Parts": [{"PartNumber": 1, "ETag": "etag"}]}
    return {
        "upload-exc": answer(s3.upload_part, **place, PartNumber=1, Body="data"),
        "complete-exc": answer(s3.complete_multipart_upload, **place, MultipartUpload=one),
        "abort-exc": answer(s3.abort_multipart_upload, **place),
    }


def test_multipart_complete_multipart_too_small():
    place = place_of()
    upload = s3.create_multipart_upload(**place)["UploadId"]
    parts = [answer(s3.upload_part, **place, UploadId=upload, PartNumber=at, Body="data") for at in (1, 2)]
    etags = [part["ETag"] for part in parts]
    return {
        "upload-part1": parts[0],
        "upload-part2": parts[1],
        "complete-exc-too-small": answer(s3.complete_multipart_upload, **complete(place, upload, *etags)),
        "complete-exc-no-parts": answer(
            s3.complete_multipart_upload, **place, UploadId=upload, MultipartUpload={"Parts": []}
        ),
    }


def test_s3_copy_object_in_place_storage_class():
    place = place_of()
    copy = {"CopySource": f"{place['Bucket']}/{place['Key']}", "StorageClass": "STANDARD"}
    kind = {"ObjectAttributes": ["StorageClass"]}
    return {
        "put-object": answer(s3.put_object, **place, Body="test", StorageClass="STANDARD"),
        "head-object": answer(s3.head_object, **place),
        "object-attrs": answer(s3.get_object_attributes, **place, **kind),
        "copy-object-in-place-with-storage-class": answer(s3.copy_object, **place, **copy),
        "object-attrs-after-copy": answer(s3.get_object_attributes, **place, **kind),
    }


def test_s3_copy_content_type_and_metadata():
    place = place_of()
    name, source = place["Bucket"], f"{place['Bucket']}/{place['Key']}"
    about = {"ContentType": "application/json", "Metadata": {"key": "value"}}
    one, two = {"Bucket": name, "Key": "copy"}, {"Bucket": name, "Key": "copy-2"}
    return {
        "put_object": answer(s3.put_object, **place, Body='{"key": "value"}', **about),
        "head_object": answer(s3.head_object, **place),
        "copy_object": answer(s3.copy_object, **one, CopySource=source),
        "head_object_copy": answer(s3.head_object, **one),
        "copy_object_second": answer(s3.copy_object, **two, CopySource=source, MetadataDirective="COPY"),
        "head_object_second_copy": answer(s3.head_object, **two),
    }


def test_delete_non_existing_keys():
    name = bucket()
    keys = [{"Key": key} for key in ("test-key-nonexistent", "dummy1", "dummy2")]
    gone = answer(s3.delete_objects, Bucket=name, Delete={"Objects": keys})
    gone["Deleted"].sort(key=lambda each: each["Key"])
    return {"deleted-resp": gone}


def test_delete_non_existing_keys_in_non_existing_bucket():
    gone = {"Objects": [{"Key": "dummy1"}]}
    return {"error-non-existent-bucket": answer(s3.delete_objects, Bucket=f"nowhere-{uuid.uuid4()}", Delete=gone)}


def test_delete_objects():
    place = place_of("test-delete")
    put = answer(s3.put_object, **place, Body="test-delete")
    wrong = {"Objects": [{"Key": place["Key"], "VersionId": "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"}]}
    some = {"Objects": [{"Key": key} for key in ("test-delete", "a-wrong-key", "c-wrong-key")]}
    first = answer(s3.delete_objects, Bucket=place["Bucket"], Delete=wrong)
    gone = answer(s3.delete_objects, Bucket=place["Bucket"], Delete=some)
    gone["Deleted"].sort(key=lambda each: each["Key"])
    return {"put-object": put, "delete-object-wrong-version-id": first, "delete-objects": gone}


def test_delete_object_if_match_non_express():
    place = place_of()
    s3.put_object(**place, Body="x")
    return {"delete-obj-if-match": answer(s3.delete_object, **place, IfMatch="badvalue")}


def test_invalid_range_error():
    place = place_of()
    s3.put_object(**place, Body="abcdefgh")
    return {"exc": answer(s3.get_object, **place, Range="bytes=1024-4096")}


def test_range_key_not_exists():
    return {"exc": answer(s3.get_object, **place_of("my-key"), Range="bytes=1024-4096")}


def test_precondition_failed_error():
    place = place_of()
    s3.put_object(**place, Body="data")
    return {"get-object-if-match": answer(s3.get_object, **place, IfMatch="wrong-etag")}


def test_s3_uppercase_key_names():
    place = place_of("CamelCaseKey")
    s3.put_object(**place, Body="something")
    return {
        "response": answer(s3.get_object, **place),
        "wrong-case-key": answer(s3.get_object, Bucket=place["Bucket"], Key="camelcasekey"),
    }


def test_delete_object_tagging():
    place = place_of()
    s3.put_object(**place, Body="something")
    before = answer(s3.get_object, **place)
    s3.delete_object_tagging(**place)
    return {"get-obj": before, "get-obj-after-tag-deletion": answer(s3.get_object, **place)}


def test_put_object_tagging_empty_list():
    place = place_of()
    s3.put_object(**place, Body="x")
    read = lambda: answer(s3.get_object_tagging, **place)  # noqa: E731
    created = read()
    s3.put_object_tagging(**place, Tagging=tags(("tag1", "tag1"), ("tag2", "")))
    updated = read()
    updated["TagSet"].sort(key=lambda tag: tag["Key"])
    s3.put_object_tagging(**place, Tagging=tags())
    return {"created-object-tags": created, "updated-object-tags": updated, "deleted-object-tags": read()}


def test_put_get_object_special_character(key):
    place = place_of(key)
    return {
        "put-object-special-char": answer(s3.put_object, **place, Body="test"),
        "list-object-special-char": answer(s3.list_objects_v2, Bucket=place["Bucket"]),
        "get-object-special-char": answer(s3.get_object, **place),
        "del-object-special-char": answer(s3.delete_object, **place),
    }


def test_put_object_storage_class(parameter):
    place, kind = place_of(), parameter.rpartition("-")[0]
    s3.put_object(**place, Body="body-test", StorageClass=kind)
    shown = answer(s3.get_object_attributes, **place, ObjectAttributes=["StorageClass"])
    return {"get-object-storage-class": shown, "get-object": answer(s3.get_object, **place)}


def test_put_object_storage_class_outposts():
    place = place_of()
    return {
        "put-object-outposts": answer(s3.put_object, **place, Body="x", StorageClass="OUTPOSTS"),
        "create-multipart-outposts-exc": answer(s3.create_multipart_upload, **place, StorageClass="OUTPOSTS"),
    }
