"""Rules by which objects end, and what is told of their end."""

from .player import answer, bucket, s3
from .retention import later
from .versions import versioned


def rules(name, *given):
    enabled = [{"Status": "Enabled"} | rule for rule in given]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": enabled})


def lifecycle(name):
    return {"get-bucket-lifecycle-conf": answer(s3.get_bucket_lifecycle_configuration, Bucket=name)}


def put(name, key, body="test"):
    return answer(s3.put_object, Bucket=name, Key=key, Body=body)


def test_bucket_lifecycle_configuration_date():
    name = bucket()
    midnight = later(days=2).replace(hour=0, minute=0, second=0, microsecond=0)
    rules(name, {"ID": "rule_number_one", "Filter": {}, "Expiration": {"Date": midnight}})
    return lifecycle(name)


def test_bucket_lifecycle_configuration_object_expiry_versioned():
    place = versioned("my-key")
    name, noncurrent = place["Bucket"], {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
    rules(name, {"ID": "rule2", "Filter": {}, "Expiration": {"Days": 7}} | noncurrent)
    write = lambda: {"VersionId": s3.put_object(**place, Body="test")["VersionId"]}  # noqa: E731
    head = lambda **version: answer(s3.head_object, **place, **version)  # noqa: E731
    one, steps = write(), lifecycle(name) | {"head-object-expiry": head()}
    two = write()
    return steps | {
        "head-object-expiry-noncurrent": head(**one),
        "head-object-expiry-current-without-version-id": head(),
        "head-object-expiry-current-with-version-id": head(**two),
    }


def test_bucket_lifecycle_multiple_rules():
    name = bucket()
    ending = lambda of, prefix, days: {"ID": of, "Filter": {"Prefix": prefix}, "Expiration": {"Days": days}}  # noqa: E731
    rules(name, ending("rule_one", "testobject", 7), ending("rule_two", "test", 5), ending("rule_three", "t", 6))
    return lifecycle(name) | {
        "put-object-match-both-rules": put(name, "testobject-expired"),
        "put-object-match-rule-2": put(name, "test-random"),
        "put-object-no-match": put(name, "no-rule-match"),
    }


def test_bucket_lifecycle_object_size_rules():
    name = bucket()
    sized = lambda of, **size: {"ID": of, "Filter": size, "Expiration": {"Days": 5}}  # noqa: E731
    rules(name, sized("rule_one", ObjectSizeGreaterThan=20), sized("rule_two", ObjectSizeLessThan=10))
    return lifecycle(name) | {
        "put-object-match-rule-1": put(name, "large", "a" * 22),
        "put-object-match-rule-2": put(name, "small", "a" * 5),
        "put-object-no-match": put(name, "between", "a" * 15),
    }


def test_delete_bucket_lifecycle_configuration():
    name = bucket()
    steps = {"get-bucket-lifecycle-exc-1": lifecycle(name)["get-bucket-lifecycle-conf"]}
    steps["delete-bucket-lifecycle-no-bucket"] = answer(s3.delete_bucket_lifecycle, Bucket=name)
    rules(name, {"ID": "wholebucket", "Filter": {"Prefix": ""}, "Expiration": {"Days": 7}})
    steps |= lifecycle(name)
    s3.delete_bucket_lifecycle(Bucket=name)
    return steps | {"get-bucket-lifecycle-exc-2": lifecycle(name)["get-bucket-lifecycle-conf"]}


def test_object_expiry_after_bucket_lifecycle_configuration():
    name = bucket()
    steps = {"put-object-before": put(name, "before")}
    rules(name, {"ID": "rule3", "Filter": {}, "Expiration": {"Days": 7}})
    return steps | lifecycle(name) | {
        "put-object-after": put(name, "after"),
        "head-object-expiry-before": answer(s3.head_object, Bucket=name, Key="before"),
        "head-object-expiry-after": answer(s3.head_object, Bucket=name, Key="after"),
    }
