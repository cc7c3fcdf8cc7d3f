"""Lists: their order, pages, markers and encodings."""

from .player import answer, bucket, loose, s3
from .raw import signed_get, tree, url_of

BODY = "content 123"
FOLDER = ("folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2")
TWICE = ("test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123")


def filled(*keys):
    name = bucket()
    for key in keys:
        s3.put_object(Bucket=name, Key=key, Body=BODY)
    return name


def lister(call, name):
    return lambda **arguments: answer(call, Bucket=name, **arguments)


def by_url(name, query):
    """As a caller gets it who does not ask for encoded names, as boto3 always does."""
    return tree(signed_get(url_of(name, query=query)))


def test_list_objects_with_prefix(delimiter):
    name = filled("test/foo/bar/123")
    asked = {"Prefix": "test/", "Delimiter": delimiter, "MaxKeys": 1, "EncodingType": "url"}
    steps = {"list-objects": answer(s3.list_objects, Bucket=name, **asked)}
    if delimiter == "%2F":
        steps["list-objects-no-encoding"] = by_url(name, "prefix=test&delimiter=%2F")
    return steps


def test_list_objects_next_marker():
    read = lister(s3.list_objects, filled("test_0", "test_1", "test_2"))
    one = read(MaxKeys=1, Delimiter="/")
    return {
        "list-objects-all": read(),
        "list-objects-max-1": one,
        "list-objects-rest": read(Marker=one["NextMarker"], MaxKeys=1),
        "list-objects-marker-empty": read(Marker="", MaxKeys=1),
    }


def test_list_objects_v2_with_prefix_and_delimiter():
    read = lister(s3.list_objects_v2, filled(*TWICE))
    below = {"EncodingType": "url", "Delimiter": "/"}
    return {
        "list-objects-v2-1": read(Prefix="test/", **below),
        "list-objects-v2-1-with-max-keys": read(Prefix="test/", MaxKeys=1, **below),
        "list-objects-v2-2": read(Prefix="test/foo", **below),
        "list-objects-v2-3": read(Prefix="test/foo/bar", **below),
    }


def test_list_objects_v2_continuation_start_after():
    read = lister(s3.list_objects_v2, filled(*(f"test_{n}" for n in range(12))))
    first = read(MaxKeys=5)
    token = {"ContinuationToken": first["NextContinuationToken"]}
    return {
        "list-objects-v2-max-5": first,
        "list-objects-v2-rest": read(**token),
        "list-objects-start-after": read(StartAfter="test_7", MaxKeys=2),
        "list-objects-start-after-token": read(StartAfter="test_7", **token),
        "exc-continuation-token": read(ContinuationToken=""),
    }


def test_list_objects_v2_continuation_common_prefixes():
    read = lister(s3.list_objects_v2, filled(*FOLDER))
    page = {"Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    first = read(**page)
    second = read(**page, ContinuationToken=first["NextContinuationToken"])
    return {
        "list-objects-v2-all-keys": read(),
        "list-objects-v2-start": first,
        "list-objects-v2-next-1": second,
        "list-objects-v2-end": read(**page, ContinuationToken=second["NextContinuationToken"]),
    }


def test_list_ops_encoding_type_validation(operation):
    read = lister(getattr(loose, operation), bucket())
    return {
        f"{operation}-error-empty-value": read(EncodingType=""),
        f"{operation}-error-wrong-value": read(EncodingType="value"),
    }


def versioned():
    name = bucket()
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def test_list_objects_versions_markers():
    name, keys = versioned(), ("test_0", "test_1", "test_2")
    put = lambda key, body: s3.put_object(Bucket=name, Key=key, Body=body)["VersionId"]  # noqa: E731
    made = [put(key, "version 1") for key in keys] + [put(keys[2], "version 2")]
    made += [s3.delete_object(Bucket=name, Key=key)["VersionId"] for key in keys]
    made += [put(key, "version 2") for key in keys[:2]]
    read = lister(s3.list_object_versions, name)
    five = read(MaxKeys=5)
    key, version = {"KeyMarker": five["NextKeyMarker"]}, {"VersionIdMarker": five["NextVersionIdMarker"]}
    return {
        "version-order": {"Versions": [{"VersionId": each} for each in made]},
        "list-objects-versions-all": read(),
        "list-objects-versions-5": five,
        "list-objects-next-key-only": read(MaxKeys=1, **key),
        "list-objects-next-key-last": read(MaxKeys=1, KeyMarker=keys[-1]),
        "list-objects-next-version-only": read(MaxKeys=1, **version),
        "list-objects-both-markers": read(MaxKeys=1, **key, **version),
        "list-objects-last-key-last-version": read(MaxKeys=1, KeyMarker=keys[-1], VersionIdMarker=made[3]),
        "list-objects-next-key-empty": read(MaxKeys=1, KeyMarker=""),
    }


def test_list_object_versions_pagination_common_prefixes():
    name = versioned()
    for key in FOLDER:
        s3.put_object(Bucket=name, Key=key, Body=BODY)
    read = lister(s3.list_object_versions, name)
    page = {"Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    first = read(**page)
    second = read(**page, KeyMarker=first["NextKeyMarker"])
    return {
        "list-object-versions-all-keys": read(),
        "list-object-versions-start": first,
        "list-object-versions-next-1": second,
        "list-object-versions-end": read(**page, KeyMarker=second["NextKeyMarker"]),
        "list-object-versions-manual-first-file": read(**page, KeyMarker=FOLDER[0]),
    }


def test_list_objects_versions_with_prefix():
    name = versioned()
    bodies = {"dir/test": ("content key1-v1", "content key-1v2"), "dir/subdir/test2": ("content key2-v1", "content key2-v2")}
    for key, versions in bodies.items():
        for body in versions:
            s3.put_object(Bucket=name, Key=key, Body=body)
    read = lister(s3.list_object_versions, name)
    prefixes = ("dir/", "dir/s", "dir/test", "dir/subdir", "dir/subdir/", "dir/subdir/test2")
    steps = {f"list-object-version-{n}": read(Delimiter="/", Prefix=each) for n, each in enumerate(prefixes, 1)}
    return steps | {"list-objects-versions-no-encoding": by_url(name, "versions&prefix=dir%2Fsubdir&delimiter=%2F")}


def begun(name, *keys):
    return [s3.create_multipart_upload(Bucket=name, Key=key)["UploadId"] for key in keys]


def test_list_multiparts_next_marker():
    name = bucket()
    read = lister(s3.list_multipart_uploads, name)
    empty = read()
    ids = begun(name, "test_c", "test_b", "test_a", "test_a", "test_a")
    one = read(MaxUploads=1)
    key, upload = {"KeyMarker": one["NextKeyMarker"]}, {"UploadIdMarker": one["NextUploadIdMarker"]}
    return {
        "list-multiparts-empty": empty,
        "upload-ids-order": {"UploadIds": [{"UploadId": each} for each in ids]},
        "list-multiparts-all": read(),
        "list-multiparts-max-1": one,
        "list-multiparts-next-key-only": read(MaxUploads=1, **key),
        "list-multiparts-next-key-last": read(MaxUploads=1, KeyMarker="test_c"),
        "list-multiparts-next-upload-only": read(MaxUploads=1, **upload),
        "list-multiparts-both-markers": read(MaxUploads=1, **key, **upload),
        "list-multiparts-both-markers-2": read(MaxUploads=1, **key, UploadIdMarker=ids[-1]),
        "list-multiparts-get-last-upload-no-truncate": read(MaxUploads=1, KeyMarker="test_b", UploadIdMarker=ids[1]),
        "list-multiparts-wrong-id-for-key": read(MaxUploads=1, KeyMarker="test_c", UploadIdMarker=ids[1]),
        "list-multiparts-next-key-empty": read(MaxUploads=1, KeyMarker=""),
    }


def test_list_multiparts_with_prefix_and_delimiter():
    name = bucket()
    begun(name, *TWICE)
    read = lister(s3.list_multipart_uploads, name)
    prefixes = ("test/", "test/foo/", "test/foo/bar")
    below = {"EncodingType": "url", "Delimiter": "/"}
    steps = {f"list-multiparts-{n}": read(Prefix=each, **below) for n, each in enumerate(prefixes, 1)}
    return steps | {"list-multiparts-no-encoding": by_url(name, "uploads&prefix=test%2Ffoo")}


def test_list_multipart_uploads_marker_common_prefixes():
    name = bucket()
    begun(name, *FOLDER)
    read = lister(s3.list_multipart_uploads, name)
    page = {"Prefix": "folder/", "Delimiter": "/", "MaxUploads": 1}
    return {
        "list-multiparts-start": read(**page),
        "list-multiparts-manual-prefix": read(**page, KeyMarker="folder/aSubfolder/"),
        "list-multiparts-manual-first-file": read(**page, KeyMarker=FOLDER[0]),
    }


def upload(key, parts, before=lambda read: None):
    """An upload with some parts of four bytes: what reads its list, and what was read before there were any."""
    place = {"Bucket": bucket(), "Key": key}
    place["UploadId"] = s3.create_multipart_upload(**place)["UploadId"]
    read = lambda **arguments: answer(loose.list_parts, **place, **arguments)  # noqa: E731
    empty = before(read)
    for number in range(1, parts + 1):
        s3.upload_part(**place, PartNumber=number, Body="data")
    return read, empty


def test_list_parts_pagination():
    read, empty = upload("test-list-part-pagination", 2, lambda read: read())
    one = read(MaxParts=1)
    return {
        "list-parts-empty": empty,
        "list-parts-all": read(),
        "list-parts-1": one,
        "list-parts-next": read(MaxParts=1, PartNumberMarker=one["NextPartNumberMarker"]),
        "list-parts-wrong-part": read(MaxParts=1, PartNumberMarker=10),
    }


def test_list_parts_empty_part_number_marker():
    read, _ = upload("test-list-part-empty-marker", 1)
    return {"list-parts-empty-marker": read(PartNumberMarker=""), "list-parts-empty-max-parts": read(MaxParts="")}


def test_list_buckets_by_prefix_with_case_sensitivity():
    name = bucket()
    return {
        "list-objects-by-prefix-empty": answer(s3.list_buckets, Prefix=name.upper()),
        "list-objects-by-prefix-not-empty": answer(s3.list_buckets, Prefix=name),
    }


def test_list_buckets_with_max_buckets():
    bucket(), bucket()
    return {"list-objects-with-max-buckets": answer(s3.list_buckets, MaxBuckets=1)}


def test_list_buckets_when_continuation_token_is_empty():
    bucket(), bucket()
    first = answer(s3.list_buckets, ContinuationToken="", MaxBuckets=1)
    return {"list-objects-with-empty-continuation-token": first}


def test_list_buckets_region_validation():
    return {"bad-region": answer(s3.list_buckets, BucketRegion="eu-east-1")}
