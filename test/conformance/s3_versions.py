"""Plays recorded S3 scenarios of versions, markers, locks, lifecycle and storage classes with boto3.

Each function gives what its recording holds; one JSON object with all of them is printed. Bodies that a recording does
not show were found by their ETags; where they were not, any body of the same length stands for them.
"""

import datetime
import json
import sys
import time
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

s3 = boto3.client("s3", region_name="us-east-1", config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
KEY = {"Key": "my-key"}


def answer(call, **arguments):
    """The answer or the refusal, in boto3's own shape, but for its headers."""
    try:
        given = call(**arguments)
    except ClientError as error:
        given = error.response
    if "Body" in given:
        given["Body"] = given["Body"].read().decode()
    given["ResponseMetadata"] = {"HTTPHeaders": {}, "HTTPStatusCode": given["ResponseMetadata"]["HTTPStatusCode"]}
    return given


def bucket(versioned=True, **arguments):
    name = f"bucket-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name, **arguments)
    if versioned:
        versioning(name, "Enabled")
    return {"Bucket": name}


def versioning(name, status):
    return answer(s3.put_bucket_versioning, Bucket=name, VersioningConfiguration={"Status": status})


def later(**period):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**period)


def bucket_versioning_crud():
    of = bucket(versioned=False)
    put = lambda configuration, **to: answer(s3.put_bucket_versioning, VersioningConfiguration=configuration, **(to or of))
    get = lambda **to: answer(s3.get_bucket_versioning, **(to or of))
    nowhere = {"Bucket": f"none-{uuid.uuid4()}"}
    return {
        "get-versioning-before": get(),
        "put-versioning-suspended-before": put({"Status": "Suspended"}),
        "put-versioning-enabled-lowercase": put({"Status": "enabled"}),
        "put-versioning-enabled-capitalized": put({"Status": "Enabled"}),
        "get-versioning-after-enabled": get(),
        "put-versioning-suspended-after": put({"Status": "Suspended"}),
        "get-versioning-after-suspended": get(),
        "put-versioning-disabled": put({"Status": "Disabled"}),
        "put-versioning-empty": put({}),
        "put-versioning-no-bucket": put({"Status": "Suspended"}, **nowhere),
        "get-versioning-no-bucket": get(**nowhere),
    }


def object_version_id_format():
    return {"put-object": answer(s3.put_object, **bucket(), **KEY)}


def get_object_after_deleted():
    of = bucket() | KEY
    s3.put_object(**of, Body="abcdefgh")
    played = {"get-object": answer(s3.get_object, **of)}
    s3.delete_object(**of)
    return played | {"get-object-after-delete": answer(s3.get_object, **of)}


def put_object_versioned():
    of = bucket(versioned=False)
    plain, kept = of | {"Key": "non-version-bucket-key"}, of | {"Key": "versioned-bucket-key"}
    played = {
        "put-pre-versioned": answer(s3.put_object, **plain, Body="non-versioned-key"),
        "get-pre-versioned": answer(s3.get_object, **plain),
    }
    played["list-object-pre-versioned"] = None
    versioning(of["Bucket"], "Enabled")
    played["list-object-pre-versioned"] = answer(s3.list_object_versions, **of)
    played["get-post-versioned"] = answer(s3.get_object, **plain)
    played["put-obj-versioned-1"] = answer(s3.put_object, **kept, Body="versioned-key")
    played["put-obj-versioned-2"] = answer(s3.put_object, **kept, Body="versioned-key-updated")
    played["get-obj-versioned"] = answer(s3.get_object, **kept)
    played["list-object-versioned"] = answer(s3.list_object_versions, **of)
    versioning(of["Bucket"], "Suspended")
    played["list-bucket-suspended"] = answer(s3.list_object_versions, **of)
    played["get-obj-versioned-disabled"] = answer(s3.get_object, **kept)
    played["get-obj-non-versioned-disabled"] = answer(s3.get_object, **plain)
    played["put-non-versioned-post-disable"] = answer(s3.put_object, **plain, Body="non-versioned-key-post")
    played["get-non-versioned-post-disable"] = answer(s3.get_object, **plain)
    return played


def delete_object_with_version_id():
    of = bucket()
    one, two = ({"Key": f"aws/s3/testkey{n}.txt"} for n in (1, 2))
    played = {"get_bucket_versioning": answer(s3.get_bucket_versioning, **of)}
    version = s3.put_object(**of, **one, Body="a" * 960)["VersionId"]
    s3.put_object(**of, **two, Body="a" * 960)
    named = {"Objects": [one | {"VersionId": version}]}
    played["delete_objects"] = answer(s3.delete_objects, **of, Delete=named)
    played["list_object_versions_after_delete"] = answer(s3.list_object_versions, **of)
    versioning(of["Bucket"], "Suspended")
    return played | {"get_bucket_versioning_suspended": answer(s3.get_bucket_versioning, **of)}


def get_object_attributes_versioned():
    of = bucket() | {"Key": "key-attrs-versioned"}
    first = answer(s3.put_object, **of, Body="version")
    played = {"put-obj-v1": first, "put-obj-v2": answer(s3.put_object, **of, Body="version 2")}
    every = ["StorageClass", "ETag", "ObjectSize", "ObjectParts", "Checksum"]
    played["object-attrs"] = answer(s3.get_object_attributes, **of, ObjectAttributes=every)
    some = ["StorageClass", "ETag", "ObjectSize"]
    played["get-object-attrs-v1"] = answer(
        s3.get_object_attributes, **of, VersionId=first["VersionId"], ObjectAttributes=some
    )
    played["delete-key"] = answer(s3.delete_object, **of)
    return played | {"deleted-object-attrs": answer(s3.get_object_attributes, **of, ObjectAttributes=every)}


def delete_object_on_suspended_bucket():
    of = bucket()
    one = of | {"Key": "test-delete-suspended"}
    put = lambda body: answer(s3.put_object, **one, Body=body)
    listed = lambda: answer(s3.list_object_versions, **of)
    played = {f"put-object-{n}": put(f"test-version-{n}") for n in range(2)}
    versioning(of["Bucket"], "Suspended")
    played["list-suspended"] = listed()
    played["delete-object-no-version"] = answer(s3.delete_object, **one)
    played["list-suspended-delete"] = listed()
    played["put-object-suspended"] = put("test-version-suspended-after-delete")
    played["list-suspended-put"] = listed()
    played["delete-object-no-version-after-put"] = answer(s3.delete_object, **one)
    return played | {"list-suspended-after-put": listed()}


def put_object_on_suspended_bucket():
    of = bucket()
    one = of | {"Key": "test-version"}
    put = lambda body: answer(s3.put_object, **one, Body=body)
    listed = lambda: answer(s3.list_object_versions, **of)
    played = {f"put-object-{n}": put(f"test-version-{n}") for n in range(3)}
    played["list-enabled"] = listed()
    versioning(of["Bucket"], "Suspended")
    played["list-suspended"] = listed()
    played["put-object-suspended"] = put("test-version-suspended")
    played["list-suspended-after-put"] = listed()
    played["put-object-suspended-overwrite"] = put("test-version-suspended")
    played["list-suspended-after-overwrite"] = listed()
    return played | {"get-object-current": answer(s3.get_object, **one)}


def get_object_with_version_unversioned_bucket():
    of = bucket(versioned=False) | KEY
    return {
        "put-object": answer(s3.put_object, **of, Body="test-version"),
        "get-obj-with-version": answer(s3.get_object, **of, VersionId="HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"),
        "get-obj-with-null-version": answer(s3.get_object, **of, VersionId="null"),
    }


def delete_objects():
    of, one = bucket(versioned=False), {"Key": "test-delete"}
    played = {"put-object": answer(s3.put_object, **of, **one, Body="a")}
    wrong = one | {"VersionId": "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"}
    played["delete-object-wrong-version-id"] = answer(s3.delete_objects, **of, Delete={"Objects": [wrong]})
    named = {"Objects": [{"Key": "c-wrong-key"}, {"Key": "a-wrong-key"}, one]}
    played["delete-objects"] = answer(s3.delete_objects, **of, Delete=named)
    played["delete-objects"]["Deleted"].sort(key=lambda deleted: deleted["Key"])
    return played


def object_tagging_versioned():
    of = bucket() | {"Key": "test-tagging"}
    put = [answer(s3.put_object, **of, Body=f"test-{n}", Tagging=f"test_tag=tagv{n + 1}") for n in range(2)]
    older, current = ({"VersionId": one["VersionId"]} for one in put)
    tag = lambda name, **version: answer(
        s3.put_object_tagging, **of, **version, Tagging={"TagSet": [{"Key": name, "Value": name}]}
    )
    get = lambda **version: answer(s3.get_object_tagging, **of, **version)
    played = {"put-obj-0": put[0], "put-obj-1": put[1]}
    played["get-object-tags-previous-version"] = get(**older)
    played["put-object-tags-current-version"] = tag("tag3")
    played["get-object-tags-current-version"] = get()
    played["put-object-tags-previous-version"] = tag("tag1", **older)
    played["get-object-tags-previous-version-again"] = get(**older)
    s3.delete_object_tagging(**of)
    played["get-object-tags-deleted-current"] = get()
    played["get-object-tags-previous-version-deleted"] = get(**current)
    played["put-delete-marker"] = answer(s3.delete_object, **of)
    marker = {"VersionId": played["put-delete-marker"]["VersionId"]}
    for name, version in (("latest", {}), ("id", marker)):
        played[f"get-object-tags-delete-marker-{name}"] = get(**version)
        played[f"put-object-tags-delete-marker-{name}"] = tag("tag1", **version)
        played[f"delete-object-tags-delete-marker-{name}"] = answer(s3.delete_object_tagging, **of, **version)
    return played


def list_objects_versions_markers():
    of = bucket()
    put = lambda key, body: s3.put_object(**of, Key=key, Body=body)["VersionId"]
    keys = [f"test_{n}" for n in range(3)]
    order = [put(key, "version 1") for key in keys]
    order.append(put("test_2", "version 2"))
    order += [s3.delete_object(**of, Key=key)["VersionId"] for key in keys]
    order += [put(key, "version 2") for key in keys[:2]]
    listed = lambda **more: answer(s3.list_object_versions, **of, **more)
    return {
        "version-order": {"Versions": [{"VersionId": version} for version in order]},
        "list-objects-versions-all": listed(),
        "list-objects-versions-5": listed(MaxKeys=5),
        "list-objects-next-key-only": listed(MaxKeys=1, KeyMarker="test_1"),
        "list-objects-both-markers": listed(MaxKeys=1, KeyMarker="test_1", VersionIdMarker=order[5]),
        "list-objects-last-key-last-version": listed(MaxKeys=1, KeyMarker="test_2", VersionIdMarker=order[3]),
        "list-objects-next-version-only": listed(MaxKeys=1, VersionIdMarker=order[5]),
        "list-objects-next-key-last": listed(MaxKeys=1, KeyMarker="test_2"),
        "list-objects-next-key-empty": listed(MaxKeys=1, KeyMarker=""),
    }


def list_object_versions_pagination_common_prefixes():
    of = bucket()
    for key in ("folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2"):
        s3.put_object(**of, Key=key, Body="content 123")
    page = lambda marker: answer(
        s3.list_object_versions, **of, Prefix="folder/", Delimiter="/", MaxKeys=1, KeyMarker=marker
    )
    return {
        "list-object-versions-all-keys": answer(s3.list_object_versions, **of),
        "list-object-versions-start": page(""),
        "list-object-versions-next-1": page("folder/aSubfolder/"),
        "list-object-versions-end": page("folder/file1"),
        "list-object-versions-manual-first-file": page("folder/aSubfolder/subFile1"),
    }


def lock_configuration_exc():
    get = lambda **to: answer(s3.get_object_lock_configuration, **to)
    return {
        "get-lock-config-no-enabled": get(**bucket(versioned=False)),
        "get-lock-config-bucket-not-exists": get(Bucket=f"none-{uuid.uuid4()}"),
    }


def locked_bucket():
    return bucket(versioned=False, ObjectLockEnabledForBucket=True)


def lock_configuration():
    of = locked_bucket()
    enabled = {"ObjectLockEnabled": "Enabled"}
    rule = {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    put = lambda configuration: answer(s3.put_object_lock_configuration, **of, ObjectLockConfiguration=configuration)
    get = lambda: answer(s3.get_object_lock_configuration, **of)
    return {
        "get-lock-config-start": get(),
        "put-lock-config": put(enabled | rule),
        "get-lock-config": get(),
        "put-lock-config-enabled": put(enabled),
        "get-lock-config-only-enabled": get(),
    }


def lock_configuration_on_existing_bucket():
    of = bucket(versioned=False)
    enabled = {"ObjectLockEnabled": "Enabled"}
    put = lambda: answer(s3.put_object_lock_configuration, **of, ObjectLockConfiguration=enabled)
    get = lambda: answer(s3.get_object_lock_configuration, **of)
    return {
        "get-object-lock-existing-bucket-no-config": get(),
        "put-object-lock-existing-bucket-no-versioning": put(),
        "suspended-versioning": versioning(of["Bucket"], "Suspended"),
        "put-object-lock-existing-bucket-versioning-disabled": put(),
        "enabled-versioning": versioning(of["Bucket"], "Enabled"),
        "put-object-lock-existing-bucket-enabled": put(),
        "get-object-lock-existing-bucket-enabled": get(),
    }


def delete_locked_object():
    of, one = locked_bucket(), {"Key": "test-delete-locked"}
    hold = lambda status: answer(s3.put_object_legal_hold, **of, **one, LegalHold={"Status": status})
    put = answer(s3.put_object, **of, **one, Body="test")
    version = {"VersionId": put["VersionId"]}
    return {
        "put-obj": put,
        "put-object-legal-hold": hold("ON"),
        "delete-object-locked": answer(s3.delete_object, **of, **one, **version),
        "delete-objects-locked": answer(s3.delete_objects, **of, Delete={"Objects": [one | version]}),
        "put-object-legal-hold-off": hold("OFF"),
    }


def legal_hold_exc():
    plain, locked, on = bucket(versioned=False), locked_bucket(), {"LegalHold": {"Status": "ON"}}
    for of in (plain, locked):
        s3.put_object(**of, **KEY, Body="test")
    nowhere = {"Bucket": f"none-{uuid.uuid4()}"}
    return {
        "put-object-legal-hold-no-bucket": answer(s3.put_object_legal_hold, **nowhere, **KEY, **on),
        "put-object-legal-hold-no-key": answer(s3.put_object_legal_hold, **locked, Key="non-existing-key", **on),
        "put-object-retention-regular-bucket": answer(s3.put_object_legal_hold, **plain, **KEY, **on),
        "get-object-retention-regular-bucket": answer(s3.get_object_legal_hold, **plain, **KEY),
        "put-object-retention-empty": answer(s3.put_object_legal_hold, **locked, **KEY, LegalHold={}),
    }


def copy_object_legal_hold():
    of = locked_bucket()
    source, target = of | {"Key": "source-key"}, of | {"Key": "dest-key"}
    put = answer(s3.put_object, **source, Body='{"key": "value"}', ObjectLockLegalHoldStatus="ON")
    return {
        "put-object": put,
        "head-object": answer(s3.head_object, **source),
        "copy-legal-hold": answer(s3.copy_object, **target, CopySource=f"{of['Bucket']}/source-key"),
        "head-dest-key": answer(s3.head_object, **target),
    }


def legal_hold_lock_versioned():
    of = locked_bucket() | KEY
    put = [answer(s3.put_object, **of, Body="test") for _ in range(2)]
    one, two = ({"VersionId": version["VersionId"]} for version in put)
    hold = lambda status, **version: answer(s3.put_object_legal_hold, **of, **version, LegalHold={"Status": status})
    return {
        "put-object": put[0],
        "put-object-2": put[1],
        "put-object-legal-hold-ver1": hold("ON", **one),
        "head-object-ver1": answer(s3.head_object, **of, **one),
        "put-object-legal-hold-ver2": hold("ON", **two),
        "head-object-ver2": answer(s3.head_object, **of, **two),
        "remove-object-legal-hold-ver1": hold("OFF", **one),
        "head-object-ver1-no-lock": answer(s3.head_object, **of, **one),
        "delete-object-ver1": answer(s3.delete_object, **of, **one),
    }


def governed(**period):
    return {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": later(**period)}


def default_retention():
    of = locked_bucket()
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    played = {"put-lock-config": answer(s3.put_object_lock_configuration, **of, ObjectLockConfiguration=rule)}
    one, two = of | {"Key": "default"}, of | {"Key": "with-lock"}
    played["put-object-default"] = answer(s3.put_object, **one, Body="d" * 17)
    played["head-object-default"] = answer(s3.head_object, **one)
    played["put-object-with-lock-no-date"] = answer(s3.put_object, **two, Body="x", ObjectLockMode="GOVERNANCE")
    played["put-object-with-lock"] = answer(s3.put_object, **two, Body="l" * 20, **governed(days=2))
    return played | {"head-object-with-lock": answer(s3.head_object, **two)}


def lock_delete_markers():
    of = locked_bucket() | KEY
    played = {"put-object-with-lock": answer(s3.put_object, **of, Body="l" * 20, **governed(days=1))}
    played["head-object-with-lock"] = answer(s3.head_object, **of)
    played["put-delete-marker"] = answer(s3.delete_object, **of)
    marker = of | {"VersionId": played["put-delete-marker"]["VersionId"]}
    retention = {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": later(days=1)}}
    played["put-object-retention-delete-marker"] = answer(s3.put_object_retention, **marker, **retention)
    played["get-object-retention-delete-marker"] = answer(s3.get_object_retention, **marker)
    return played | {"head-object-locked-delete-marker": answer(s3.head_object, **marker)}


def lock_extend_duration():
    of = locked_bucket() | KEY
    retain = lambda **period: answer(
        s3.put_object_retention, **of, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": later(**period)}
    )
    return {
        "put-object-with-lock": answer(s3.put_object, **of, Body="l" * 20, **governed(days=1)),
        "head-object-with-lock": answer(s3.head_object, **of),
        "put-object-retention-extend": retain(days=2),
        "head-object-with-lock-extended": answer(s3.head_object, **of),
        "put-object-retention-reduce": retain(hours=1),
    }


def lock_mode_validation():
    of = locked_bucket() | KEY
    bad = {"ObjectLockMode": "BAD-VALUE", "ObjectLockRetainUntilDate": later(days=1)}
    return {
        "put-obj-locked-error-no-retain-date": answer(s3.put_object, **of, ObjectLockMode="GOVERNANCE"),
        "put-obj-locked-error-no-mode": answer(s3.put_object, **of, ObjectLockRetainUntilDate=later(days=1)),
        "put-obj-locked-bad-value": answer(s3.put_object, **of, **bad),
        "create-mpu-locked-bad-value": answer(s3.create_multipart_upload, **of, **bad),
    }


def object_retention():
    of = locked_bucket()
    one, two = of | {"Key": "test-1"}, of | {"Key": "test-2"}
    retention = lambda **period: {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": later(**period)}}
    bypass = {"BypassGovernanceRetention": True}
    played = {"put-obj-locked-1": answer(s3.put_object, **one, Body="test")}
    version = {"VersionId": played["put-obj-locked-1"]["VersionId"]}
    played["put-object-retention-on-key-1"] = answer(s3.put_object_retention, **one, **retention(days=1))
    played["get-object-retention-on-key-1"] = answer(s3.get_object_retention, **one)
    played["head-object-locked"] = answer(s3.head_object, **one)
    played["delete-obj-locked"] = answer(s3.delete_object, **one, **version)
    played["delete-obj-locked-bypass"] = answer(s3.delete_object, **one, **version, **bypass)
    played["put-obj-locked-2"] = answer(s3.put_object, **two, Body="test", **governed(hours=2))
    played["update-retention-locked-object"] = answer(s3.put_object_retention, **two, **retention(hours=1))
    played["update-retention-object"] = answer(s3.put_object_retention, **two, **retention(hours=1), **bypass)
    played["put-object-empty-retention"] = answer(s3.put_object_retention, **two, Retention={}, **bypass)
    return played


def object_retention_compliance_mode():
    of = locked_bucket() | KEY
    played = {"put-obj-locked-1": answer(s3.put_object, **of, Body="test")}
    version = {"VersionId": played["put-obj-locked-1"]["VersionId"]}
    retain = lambda mode, **period: answer(
        s3.put_object_retention,
        **of,
        **version,
        Retention={"Mode": mode, "RetainUntilDate": later(**period)},
        BypassGovernanceRetention=True,
    )
    played["add-compliance-retention"] = retain("COMPLIANCE", seconds=4)
    played["delete-locked-1"] = answer(s3.delete_object, **of, **version)
    played["delete-locked-2"] = answer(s3.delete_object, **of, **version, BypassGovernanceRetention=True)
    played["update-retention-shortened"] = retain("COMPLIANCE", seconds=1)
    played["update-retention-less-restrictive"] = retain("GOVERNANCE", seconds=30)
    played["put-delete-marker"] = answer(s3.delete_object, **of)
    # Until its time has come each attempt is refused.
    for _ in range(200):
        played["delete-obj-after-lock-expiration"] = answer(s3.delete_object, **of, **version)
        if "Error" not in played["delete-obj-after-lock-expiration"]:
            break
        time.sleep(0.1)
    return played


def object_retention_exc():
    plain, locked = bucket(versioned=False), locked_bucket()
    for of in (plain, locked):
        s3.put_object(**of, **KEY, Body="test")
    put = lambda retention, **to: answer(s3.put_object_retention, **(locked | KEY | to), Retention=retention)
    good = {"Mode": "GOVERNANCE", "RetainUntilDate": later(days=1)}
    played = {
        "put-object-retention-no-bucket": put(good, Bucket=f"none-{uuid.uuid4()}"),
        "put-object-retention-no-key": put(good, Key="non-existing-key"),
        "put-object-retention-regular-bucket": put(good, **plain),
        "get-object-retention-regular-bucket": answer(s3.get_object_retention, **plain, **KEY),
        "get-object-retention-never-set": answer(s3.get_object_retention, **locked, **KEY),
        "put-object-missing-retention-fields": put({"Mode": "GOVERNANCE"}),
        "update-retention-bad-value": put(good | {"Mode": "BAD-VALUE"}),
    }
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    played["update-retention-past-date"] = put(good | {"RetainUntilDate": past})
    put(good)
    return played | {"update-retention-no-bypass": put(good | {"RetainUntilDate": later(hours=1)})}


def rules(of, *given):
    enabled = [{"Status": "Enabled"} | rule for rule in given]
    return answer(s3.put_bucket_lifecycle_configuration, **of, LifecycleConfiguration={"Rules": enabled})


def lifecycle(of):
    return {"get-bucket-lifecycle-conf": answer(s3.get_bucket_lifecycle_configuration, **of)}


def lifecycle_date():
    of = bucket(versioned=False)
    midnight = later(days=2).replace(hour=0, minute=0, second=0, microsecond=0)
    rules(of, {"ID": "rule_number_one", "Filter": {}, "Expiration": {"Date": midnight}})
    return lifecycle(of)


def lifecycle_expiry_versioned():
    of = bucket()
    noncurrent = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
    rules(of, {"ID": "rule2", "Filter": {}, "Expiration": {"Days": 7}} | noncurrent)
    head = lambda **version: answer(s3.head_object, **of, **KEY, **version)
    one = {"VersionId": s3.put_object(**of, **KEY, Body="test")["VersionId"]}
    played = lifecycle(of) | {"head-object-expiry": head()}
    two = {"VersionId": s3.put_object(**of, **KEY, Body="test")["VersionId"]}
    return played | {
        "head-object-expiry-noncurrent": head(**one),
        "head-object-expiry-current-without-version-id": head(),
        "head-object-expiry-current-with-version-id": head(**two),
    }


def lifecycle_multiple_rules():
    of = bucket(versioned=False)
    expiring = lambda name, prefix, days: {"ID": name, "Filter": {"Prefix": prefix}, "Expiration": {"Days": days}}
    rules(of, expiring("rule_one", "testobject", 7), expiring("rule_two", "test", 5), expiring("rule_three", "t", 6))
    put = lambda key: answer(s3.put_object, **of, Key=key, Body="test")
    return lifecycle(of) | {
        "put-object-match-both-rules": put("testobject-expired"),
        "put-object-match-rule-2": put("test-random"),
        "put-object-no-match": put("no-rule-match"),
    }


def lifecycle_size_rules():
    of = bucket(versioned=False)
    sized = lambda name, **size: {"ID": name, "Filter": size, "Expiration": {"Days": 5}}
    rules(of, sized("rule_one", ObjectSizeGreaterThan=20), sized("rule_two", ObjectSizeLessThan=10))
    put = lambda size: answer(s3.put_object, **of, Key=f"k{size}", Body="a" * size)
    return lifecycle(of) | {
        "put-object-match-rule-1": put(22),
        "put-object-match-rule-2": put(5),
        "put-object-no-match": put(15),
    }


def delete_lifecycle():
    of = bucket(versioned=False)
    get = lambda: answer(s3.get_bucket_lifecycle_configuration, **of)
    played = {"get-bucket-lifecycle-exc-1": get()}
    played["delete-bucket-lifecycle-no-bucket"] = answer(s3.delete_bucket_lifecycle, **of)
    rules(of, {"ID": "wholebucket", "Filter": {"Prefix": ""}, "Expiration": {"Days": 7}})
    played |= lifecycle(of)
    s3.delete_bucket_lifecycle(**of)
    return played | {"get-bucket-lifecycle-exc-2": get()}


def expiry_after_lifecycle():
    of = bucket(versioned=False)
    before, after = of | {"Key": "before"}, of | {"Key": "after"}
    played = {"put-object-before": answer(s3.put_object, **before, Body="test")}
    rules(of, {"ID": "rule3", "Filter": {}, "Expiration": {"Days": 7}})
    return played | lifecycle(of) | {
        "put-object-after": answer(s3.put_object, **after, Body="test"),
        "head-object-expiry-before": answer(s3.head_object, **before),
        "head-object-expiry-after": answer(s3.head_object, **after),
    }


def storage_class(name):
    of = bucket(versioned=False) | KEY
    s3.put_object(**of, Body="body-test", StorageClass=name)
    return {
        "get-object-storage-class": answer(s3.get_object_attributes, **of, ObjectAttributes=["StorageClass"]),
        "get-object": answer(s3.get_object, **of),
    }


def storage_class_outposts():
    of = bucket(versioned=False) | KEY
    return {
        "put-object-outposts": answer(s3.put_object, **of, Body="x", StorageClass="OUTPOSTS"),
        "create-multipart-outposts-exc": answer(s3.create_multipart_upload, **of, StorageClass="OUTPOSTS"),
    }


def if_none_match_versioned():
    of = bucket() | {"Key": "test-precondition"}
    put = lambda: answer(s3.put_object, **of, IfNoneMatch="*")
    played = {"put-obj": put(), "put-obj-if-none-match": put(), "del-obj": answer(s3.delete_object, **of)}
    played["put-obj-after-del"] = put()
    return played | {"list-object-versions": answer(s3.list_object_versions, Bucket=of["Bucket"])}


def if_match_versioned():
    of = bucket() | {"Key": "test-precondition"}
    put = lambda body, **condition: answer(s3.put_object, **of, Body=body, **condition)
    played = {"put-obj": put("test"), "put-obj-if-none-match-bad-value": put("x", IfMatch="wrong")}
    played["del-obj"] = answer(s3.delete_object, **of)
    played["put-obj-after-del-exc"] = put("x", IfMatch=played["put-obj"]["ETag"])
    played["put-obj-after-del"] = put("a" * 14)
    played["put-obj-if-match"] = put("b" * 13, IfMatch=played["put-obj-after-del"]["ETag"])
    return played | {"list-object-versions": answer(s3.list_object_versions, Bucket=of["Bucket"])}


def copy_tagging(directive):
    of = bucket()
    source, target = {"Key": "source-object"}, of | {"Key": "target"}
    put = lambda body, value: answer(s3.put_object, **of, **source, Body=body, Tagging=f"key1={value}")
    played = {"put-object": put("test", "value1"), "put-object-v2": put("test-v2", "value1-v2")}
    version = {"VersionId": played["put-object"]["VersionId"]}
    played["get-object-tag"] = answer(s3.get_object_tagging, **of, **source)
    played["get-object-tag-v1"] = answer(s3.get_object_tagging, **of, **source, **version)
    how = {} if directive is None else {"TaggingDirective": directive}
    for suffix, which in (("", {}), ("-v1", version)):
        for empty, tags in (("", "key2=value2"), ("-tag-empty", "")):
            name = f"{empty}{suffix}"
            copied = answer(s3.copy_object, **target, CopySource=of | source | which, Tagging=tags, **how)
            played[f"copy-object{name}"] = copied
            told = "get-copy-object-tag" + ("-empty" if empty else "") + suffix
            played[told] = answer(s3.get_object_tagging, **target)
    return played


def restore_story():
    """Not recorded: the answers' statuses and headers are asserted by the test."""
    of = bucket(versioned=False) | KEY
    s3.put_object(**of, Body="cold", StorageClass="GLACIER")
    restore = lambda: answer(s3.restore_object, **of, RestoreRequest={"Days": 1, "GlacierJobParameters": {"Tier": "Bulk"}})
    listed = s3.list_objects_v2(Bucket=of["Bucket"], OptionalObjectAttributes=["RestoreStatus"])
    played = {"unrestored": "RestoreStatus" in listed["Contents"][0], "first": restore(), "again": restore()}
    listed = s3.list_objects_v2(Bucket=of["Bucket"], OptionalObjectAttributes=["RestoreStatus"])
    played["listed"] = listed["Contents"][0]["RestoreStatus"]["IsRestoreInProgress"]
    return played | {"head": answer(s3.head_object, **of), "get": answer(s3.get_object, **of)}


S3, CRUD = "TestS3::test_", "TestS3ObjectCRUD::test_"
LOCK, HOLD, RETENTION = "TestS3ObjectLock::test_", "TestS3ObjectLockLegalHold::test_", "TestS3ObjectLockRetention::test_"
LIFECYCLE, LISTS = "TestS3BucketLifecycle::test_", "TestS3ListObjectVersions::test_"
SCENARIOS = {
    "TestS3BucketVersioning::test_bucket_versioning_crud": bucket_versioning_crud,
    "TestS3BucketVersioning::test_object_version_id_format": object_version_id_format,
    f"{S3}get_object_after_deleted_in_versioned_bucket": get_object_after_deleted,
    f"{S3}s3_put_object_versioned": put_object_versioned,
    f"{S3}s3_delete_object_with_version_id": delete_object_with_version_id,
    f"{S3}get_object_attributes_versioned": get_object_attributes_versioned,
    f"{CRUD}delete_object_on_suspended_bucket": delete_object_on_suspended_bucket,
    f"{CRUD}put_object_on_suspended_bucket": put_object_on_suspended_bucket,
    f"{CRUD}get_object_with_version_unversioned_bucket": get_object_with_version_unversioned_bucket,
    f"{CRUD}delete_objects": delete_objects,
    "TestS3BucketObjectTagging::test_object_tagging_versioned": object_tagging_versioned,
    f"{LISTS}list_objects_versions_markers": list_objects_versions_markers,
    f"{LISTS}list_object_versions_pagination_common_prefixes": list_object_versions_pagination_common_prefixes,
    f"{LOCK}get_object_lock_configuration_exc": lock_configuration_exc,
    f"{LOCK}get_put_object_lock_configuration": lock_configuration,
    f"{LOCK}put_object_lock_configuration_on_existing_bucket": lock_configuration_on_existing_bucket,
    f"{HOLD}delete_locked_object": delete_locked_object,
    f"{HOLD}put_object_legal_hold_exc": legal_hold_exc,
    f"{HOLD}s3_copy_object_legal_hold": copy_object_legal_hold,
    f"{HOLD}s3_legal_hold_lock_versioned": legal_hold_lock_versioned,
    f"{RETENTION}bucket_config_default_retention": default_retention,
    f"{RETENTION}object_lock_delete_markers": lock_delete_markers,
    f"{RETENTION}object_lock_extend_duration": lock_extend_duration,
    f"{RETENTION}s3_object_lock_mode_validation": lock_mode_validation,
    f"{RETENTION}s3_object_retention": object_retention,
    f"{RETENTION}s3_object_retention_compliance_mode": object_retention_compliance_mode,
    f"{RETENTION}s3_object_retention_exc": object_retention_exc,
    f"{LIFECYCLE}bucket_lifecycle_configuration_date": lifecycle_date,
    f"{LIFECYCLE}bucket_lifecycle_configuration_object_expiry_versioned": lifecycle_expiry_versioned,
    f"{LIFECYCLE}bucket_lifecycle_multiple_rules": lifecycle_multiple_rules,
    f"{LIFECYCLE}bucket_lifecycle_object_size_rules": lifecycle_size_rules,
    f"{LIFECYCLE}delete_bucket_lifecycle_configuration": delete_lifecycle,
    f"{LIFECYCLE}object_expiry_after_bucket_lifecycle_configuration": expiry_after_lifecycle,
    f"{S3}put_object_storage_class[GLACIER-False]": lambda: storage_class("GLACIER"),
    f"{S3}put_object_storage_class[INTELLIGENT_TIERING-True]": lambda: storage_class("INTELLIGENT_TIERING"),
    f"{S3}put_object_storage_class[ONEZONE_IA-True]": lambda: storage_class("ONEZONE_IA"),
    f"{S3}put_object_storage_class[REDUCED_REDUNDANCY-True]": lambda: storage_class("REDUCED_REDUNDANCY"),
    f"{S3}put_object_storage_class[STANDARD_IA-True]": lambda: storage_class("STANDARD_IA"),
    f"{S3}put_object_storage_class_outposts": storage_class_outposts,
    "TestS3ObjectWritePrecondition::test_put_object_if_none_match_versioned_bucket": if_none_match_versioned,
    "TestS3ObjectWritePrecondition::test_put_object_if_match_versioned_bucket": if_match_versioned,
    f"{S3}s3_copy_tagging_directive_versioned[COPY]": lambda: copy_tagging("COPY"),
    f"{S3}s3_copy_tagging_directive_versioned[None]": lambda: copy_tagging(None),
    f"{S3}s3_copy_tagging_directive_versioned[REPLACE]": lambda: copy_tagging("REPLACE"),
    "restore": restore_story,
}

if __name__ == "__main__":
    json.dump({name: play() for name, play in SCENARIOS.items()}, sys.stdout, default=lambda date: date.isoformat())
