"""How long versions are kept whatever is asked of them."""

import datetime
import time

from .buckets import locked, nowhere
from .player import answer, bucket, loose, s3


def later(**period):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**period)


def governed(**period):
    return {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": later(**period)}


def retention(mode="GOVERNANCE", **period):
    return {"Retention": {"Mode": mode, "RetainUntilDate": later(**period)}}


BYPASS = {"BypassGovernanceRetention": True}


def test_bucket_config_default_retention():
    name = {"Bucket": locked()}
    by_default, own = ({**name, "Key": key} for key in ("default", "with-lock"))
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    return {
        "put-lock-config": answer(s3.put_object_lock_configuration, **name, ObjectLockConfiguration=rule),
        "put-object-default": answer(s3.put_object, **by_default, Body="test-default-lock"),
        "head-object-default": answer(s3.head_object, **by_default),
        "put-object-with-lock-no-date": answer(s3.put_object, **own, Body="x", ObjectLockMode="GOVERNANCE"),
        "put-object-with-lock": answer(s3.put_object, **own, Body="test-put-object-lock", **governed(days=2)),
        "head-object-with-lock": answer(s3.head_object, **own),
    }


def test_object_lock_delete_markers():
    place = {"Bucket": locked(), "Key": "my-key"}
    steps = {
        "put-object-with-lock": answer(s3.put_object, **place, Body="test-put-object-lock", **governed(days=1)),
        "head-object-with-lock": answer(s3.head_object, **place),
        "put-delete-marker": answer(s3.delete_object, **place),
    }
    marker = {**place, "VersionId": steps["put-delete-marker"]["VersionId"]}
    return steps | {
        "put-object-retention-delete-marker": answer(s3.put_object_retention, **marker, **retention(days=1)),
        "get-object-retention-delete-marker": answer(s3.get_object_retention, **marker),
        "head-object-locked-delete-marker": answer(s3.head_object, **marker),
    }


def test_object_lock_extend_duration():
    place = {"Bucket": locked(), "Key": "my-key"}
    return {
        "put-object-with-lock": answer(s3.put_object, **place, Body="test-put-object-lock", **governed(days=1)),
        "head-object-with-lock": answer(s3.head_object, **place),
        "put-object-retention-extend": answer(s3.put_object_retention, **place, **retention(days=2)),
        "head-object-with-lock-extended": answer(s3.head_object, **place),
        "put-object-retention-reduce": answer(s3.put_object_retention, **place, **retention(hours=1)),
    }


def test_s3_object_lock_mode_validation():
    place = {"Bucket": locked(), "Key": "my-key"}
    bad = governed(days=1) | {"ObjectLockMode": "BAD-VALUE"}
    return {
        "put-obj-locked-error-no-retain-date": answer(s3.put_object, **place, ObjectLockMode="GOVERNANCE"),
        "put-obj-locked-error-no-mode": answer(s3.put_object, **place, ObjectLockRetainUntilDate=later(days=1)),
        "put-obj-locked-bad-value": answer(s3.put_object, **place, **bad),
        "create-mpu-locked-bad-value": answer(s3.create_multipart_upload, **place, **bad),
    }


def test_s3_object_retention():
    name = locked()
    one, two = ({"Bucket": name, "Key": key} for key in ("test-1", "test-2"))
    put = answer(s3.put_object, **one, Body="test")
    version = {"VersionId": put["VersionId"]}
    return {
        "put-obj-locked-1": put,
        "put-object-retention-on-key-1": answer(s3.put_object_retention, **one, **retention(days=1)),
        "get-object-retention-on-key-1": answer(s3.get_object_retention, **one),
        "head-object-locked": answer(s3.head_object, **one),
        "delete-obj-locked": answer(s3.delete_object, **one, **version),
        "delete-obj-locked-bypass": answer(s3.delete_object, **one, **version, **BYPASS),
        "put-obj-locked-2": answer(s3.put_object, **two, Body="test", **governed(hours=2)),
        "update-retention-locked-object": answer(s3.put_object_retention, **two, **retention(hours=1)),
        "update-retention-object": answer(s3.put_object_retention, **two, **retention(hours=1), **BYPASS),
        "put-object-empty-retention": answer(s3.put_object_retention, **two, Retention={}, **BYPASS),
    }


def test_s3_object_retention_compliance_mode():
    place = {"Bucket": locked(), "Key": "my-key"}
    put = answer(s3.put_object, **place, Body="test")
    one = {**place, "VersionId": put["VersionId"]}
    retain = lambda *mode, **period: answer(  # noqa: E731
        s3.put_object_retention, **one, **retention(*mode, **period), **BYPASS
    )
    steps = {
        "put-obj-locked-1": put,
        "add-compliance-retention": retain("COMPLIANCE", seconds=8),
        "delete-locked-1": answer(s3.delete_object, **one),
        "delete-locked-2": answer(s3.delete_object, **one, **BYPASS),
        "update-retention-shortened": retain("COMPLIANCE", seconds=1),
        "update-retention-less-restrictive": retain(seconds=30),
        "put-delete-marker": answer(s3.delete_object, **place),
    }
    # Until its time has come each attempt is refused.
    for _ in range(200):
        steps["delete-obj-after-lock-expiration"] = answer(s3.delete_object, **one)
        if "Error" not in steps["delete-obj-after-lock-expiration"]:
            break
        time.sleep(0.1)
    return steps


def test_s3_object_retention_exc():
    plain, kept = ({"Bucket": name, "Key": "my-key"} for name in (bucket(), locked()))
    for place in (plain, kept):
        s3.put_object(**place, Body="test")
    good = retention(days=1)["Retention"]
    past = {"RetainUntilDate": datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)}

    def put(changes=(), **elsewhere):
        return answer(loose.put_object_retention, **(kept | elsewhere), Retention=good | dict(changes))

    steps = {
        "put-object-retention-no-bucket": put(Bucket=nowhere()),
        "put-object-retention-no-key": put(Key="non-existing-key"),
        "put-object-retention-regular-bucket": put(**plain),
        "get-object-retention-regular-bucket": answer(s3.get_object_retention, **plain),
        "get-object-retention-never-set": answer(s3.get_object_retention, **kept),
        "put-object-missing-retention-fields": answer(
            s3.put_object_retention, **kept, Retention={"Mode": good["Mode"]}
        ),
        "update-retention-bad-value": put({"Mode": "BAD-VALUE"}),
        "update-retention-past-date": put(past),
    }
    put()
    return steps | {"update-retention-no-bypass": put({"RetainUntilDate": later(hours=1)})}
