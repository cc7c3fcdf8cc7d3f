import json
import uuid

from .player import answer, boto3, bucket, loose, s3

NOWHERE = "nowhere-"


def nowhere():
    return f"{NOWHERE}{uuid.uuid4()}"


def test_bucket_availability():
    name = {"Bucket": nowhere()}
    return {
        "bucket-lifecycle": answer(s3.get_bucket_lifecycle_configuration, **name),
        "bucket-replication": answer(s3.get_bucket_replication, **name),
    }


def test_create_bucket_with_eu_location_constraint():
    name = f"played-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "EU"})
    listed = answer(s3.list_buckets, Prefix=name)
    return {"get-bucket-location": answer(s3.get_bucket_location, Bucket=name), "list-bucket-response": listed}


def test_create_bucket_with_existing_name():
    east, west = (boto3.client("s3", region_name=region) for region in ("us-east-2", "us-west-1"))
    name = f"played-{uuid.uuid4()}"
    there = {"Bucket": name, "CreateBucketConfiguration": {"LocationConstraint": "us-east-2"}}
    east.create_bucket(**there)
    elsewhere = {"Bucket": name, "CreateBucketConfiguration": {"LocationConstraint": "us-west-1"}}
    return {
        "create-bucket-us-east-2": answer(east.create_bucket, **there),
        "create-bucket-us-west-1": answer(west.create_bucket, **elsewhere),
    }


def test_create_bucket_with_invalid_location_constraint(parameter):
    constraint = parameter.removeprefix("us-east-1-")
    made = answer(
        s3.create_bucket, Bucket=f"played-{uuid.uuid4()}", CreateBucketConfiguration={"LocationConstraint": constraint}
    )
    return {f"us-east-1-location-constraint-{constraint}-error": made}


def policy_of(name):
    statement = {"Action": "s3:GetObject", "Effect": "Allow", "Principal": {"AWS": "*"}, "Resource": f"arn:aws:s3:::{name}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policed():
    name = bucket()
    s3.delete_public_access_block(Bucket=name)
    return name


def owner():
    return boto3.client("sts", region_name="us-east-1").get_caller_identity()["Account"]


def read_policy(name, **more):
    found = answer(s3.get_bucket_policy, Bucket=name, **more)
    return found | ({"Policy": json.loads(found["Policy"])} if "Policy" in found else {})


def test_delete_bucket_policy():
    name = policed()
    s3.put_bucket_policy(Bucket=name, Policy=policy_of(name))
    return {
        "delete-bucket-policy": answer(s3.delete_bucket_policy, Bucket=name),
        "get-bucket-policy-no-such-bucket-policy": answer(s3.get_bucket_policy, Bucket=name),
    }


def test_get_bucket_policy():
    name = policed()
    absent = answer(s3.get_bucket_policy, Bucket=name)
    s3.put_bucket_policy(Bucket=name, Policy=policy_of(name))
    return {
        "get-bucket-policy-no-such-bucket-policy": absent,
        "get-bucket-policy": read_policy(name),
        "get-bucket-policy-with-expected-bucket-owner": read_policy(name, ExpectedBucketOwner=owner()),
        "get-bucket-policy-with-expected-bucket-owner-error": read_policy(name, ExpectedBucketOwner="000000000002"),
    }


def test_put_bucket_policy():
    name = policed()
    return {
        "put-bucket-policy": answer(s3.put_bucket_policy, Bucket=name, Policy=policy_of(name)),
        "get-bucket-policy": read_policy(name),
    }


def test_put_bucket_policy_expected_bucket_owner():
    name = policed()
    put = {"Bucket": name, "Policy": policy_of(name)}
    return {
        "put-bucket-policy-with-expected-bucket-owner-error": answer(
            s3.put_bucket_policy, **put, ExpectedBucketOwner="000000000002"
        ),
        "put-bucket-policy-with-expected-bucket-owner": answer(s3.put_bucket_policy, **put, ExpectedBucketOwner=owner()),
    }


def test_get_bucket_policy_invalid_account_id(account):
    refused = answer(s3.get_bucket_policy, Bucket=policed(), ExpectedBucketOwner=account)
    return {"get-bucket-policy-invalid-bucket-owner": refused}


def test_put_bucket_policy_invalid_account_id(account):
    name = policed()
    refused = answer(s3.put_bucket_policy, Bucket=name, Policy=policy_of(name), ExpectedBucketOwner=account)
    return {"put-bucket-policy-invalid-bucket-owner": refused}


def test_crud_public_access_block():
    name = {"Bucket": bucket()}
    off = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False)
    return {
        "get-default-public-access-block": answer(s3.get_public_access_block, **name),
        "put-public-access-block": answer(s3.put_public_access_block, **name, PublicAccessBlockConfiguration=off),
        "get-public-access-block": answer(s3.get_public_access_block, **name),
        "delete-public-access-block": answer(s3.delete_public_access_block, **name),
        "get-public-access-block-after-delete": answer(s3.get_public_access_block, **name),
        "idempotent-delete-public-access-block": answer(s3.delete_public_access_block, **name),
    }


def test_bucket_versioning_crud():
    name, lost = bucket(), nowhere()

    def put(status, of=name):
        configuration = {} if status is None else {"Status": status}
        return answer(loose.put_bucket_versioning, Bucket=of, VersioningConfiguration=configuration)

    read = lambda of=name: answer(s3.get_bucket_versioning, Bucket=of)  # noqa: E731
    return {
        "get-versioning-before": read(),
        "put-versioning-suspended-before": put("Suspended"),
        "put-versioning-enabled-lowercase": put("enabled"),
        "put-versioning-enabled-capitalized": put("Enabled"),
        "get-versioning-after-enabled": read(),
        "put-versioning-suspended-after": put("Suspended"),
        "get-versioning-after-suspended": read(),
        "put-versioning-disabled": put("Disabled"),
        "put-versioning-empty": put(None),
        "put-versioning-no-bucket": put("Suspended", lost),
        "get-versioning-no-bucket": read(lost),
    }


def locked():
    return bucket(ObjectLockEnabledForBucket=True)


def test_get_object_lock_configuration_exc():
    return {
        "get-lock-config-no-enabled": answer(s3.get_object_lock_configuration, Bucket=bucket()),
        "get-lock-config-bucket-not-exists": answer(s3.get_object_lock_configuration, Bucket=nowhere()),
    }


def test_get_put_object_lock_configuration():
    name, enabled = {"Bucket": locked()}, {"ObjectLockEnabled": "Enabled"}
    rule = enabled | {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    return {
        "get-lock-config-start": answer(s3.get_object_lock_configuration, **name),
        "put-lock-config": answer(s3.put_object_lock_configuration, **name, ObjectLockConfiguration=rule),
        "get-lock-config": answer(s3.get_object_lock_configuration, **name),
        "put-lock-config-enabled": answer(s3.put_object_lock_configuration, **name, ObjectLockConfiguration=enabled),
        "get-lock-config-only-enabled": answer(s3.get_object_lock_configuration, **name),
    }


def test_put_object_lock_configuration_on_existing_bucket():
    name, enabled = {"Bucket": bucket()}, {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}

    def version(status):
        return answer(s3.put_bucket_versioning, **name, VersioningConfiguration={"Status": status})

    return {
        "get-object-lock-existing-bucket-no-config": answer(s3.get_object_lock_configuration, **name),
        "put-object-lock-existing-bucket-no-versioning": answer(s3.put_object_lock_configuration, **name, **enabled),
        "suspended-versioning": version("Suspended"),
        "put-object-lock-existing-bucket-versioning-disabled": answer(
            s3.put_object_lock_configuration, **name, **enabled
        ),
        "enabled-versioning": version("Enabled"),
        "put-object-lock-existing-bucket-enabled": answer(s3.put_object_lock_configuration, **name, **enabled),
        "get-object-lock-existing-bucket-enabled": answer(s3.get_object_lock_configuration, **name),
    }


def test_put_object_legal_hold_exc():
    name, regular = locked(), {"Bucket": bucket(), "Key": "key"}
    s3.put_object(**regular, Body="x")
    there = {"Bucket": name, "Key": "key"}
    s3.put_object(**there, Body="x")
    on = {"LegalHold": {"Status": "ON"}}
    return {
        "put-object-legal-hold-no-bucket": answer(s3.put_object_legal_hold, Bucket=nowhere(), Key="k", **on),
        "put-object-legal-hold-no-key": answer(s3.put_object_legal_hold, Bucket=name, Key="non-existing-key", **on),
        "put-object-retention-regular-bucket": answer(s3.put_object_legal_hold, **regular, **on),
        "get-object-retention-regular-bucket": answer(s3.get_object_legal_hold, **regular),
        "put-object-retention-empty": answer(s3.put_object_legal_hold, **there, LegalHold={}),
    }


def test_s3_legal_hold_lock_versioned():
    place = {"Bucket": locked(), "Key": "key"}
    one = answer(s3.put_object, **place, Body="test")
    two = answer(s3.put_object, **place, Body="test")
    first, second = ({**place, "VersionId": put["VersionId"]} for put in (one, two))
    hold = lambda at, status: answer(s3.put_object_legal_hold, **at, LegalHold={"Status": status})  # noqa: E731
    return {
        "put-object": one,
        "put-object-2": two,
        "put-object-legal-hold-ver1": hold(first, "ON"),
        "head-object-ver1": answer(s3.head_object, **first),
        "put-object-legal-hold-ver2": hold(second, "ON"),
        "head-object-ver2": answer(s3.head_object, **second),
        "remove-object-legal-hold-ver1": hold(first, "OFF"),
        "head-object-ver1-no-lock": answer(s3.head_object, **first),
        "delete-object-ver1": answer(s3.delete_object, **first),
    }


def test_delete_locked_object():
    place = {"Bucket": locked(), "Key": "test-delete-locked"}
    put = answer(s3.put_object, **place, Body="test")
    version = {**place, "VersionId": put["VersionId"]}
    many = {"Objects": [{"Key": place["Key"], "VersionId": put["VersionId"]}]}
    steps = {
        "put-obj": put,
        "put-object-legal-hold": answer(s3.put_object_legal_hold, **place, LegalHold={"Status": "ON"}),
        "delete-object-locked": answer(s3.delete_object, **version),
        "delete-objects-locked": answer(s3.delete_objects, Bucket=place["Bucket"], Delete=many),
    }
    steps["put-object-legal-hold-off"] = answer(s3.put_object_legal_hold, **place, LegalHold={"Status": "OFF"})
    return steps


def test_bucket_policy_crud():
    name = policed()
    return {
        "get-bucket-default-policy": answer(s3.get_bucket_policy, Bucket=name),
        "put-bucket-policy": answer(s3.put_bucket_policy, Bucket=name, Policy=policy_of(name)),
        "get-bucket-policy": read_policy(name),
        "delete-bucket-policy": answer(s3.delete_bucket_policy, Bucket=name),
        "get-bucket-policy-after-delete": answer(s3.get_bucket_policy, Bucket=name),
        "delete-bucket-policy-after-delete": answer(s3.delete_bucket_policy, Bucket=name),
    }
