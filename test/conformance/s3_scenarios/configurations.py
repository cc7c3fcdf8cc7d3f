"""Configurations of a bucket that have an id each, and the one of its acceleration."""

from .buckets import nowhere
from .player import answer, bucket, s3


def inventory(target, **changed):
    destination = {"Bucket": f"arn:aws:s3:::{target}", "Format": "CSV"} | changed.pop("destination", {})
    return {
        "Id": "test-inventory",
        "Destination": {"S3BucketDestination": destination},
        "IsEnabled": True,
        "IncludedObjectVersions": "All",
        "OptionalFields": ["Size", "ETag"],
        "Schedule": {"Frequency": "Daily"},
    } | changed


def put_inventory(name, configuration, of="test-inventory"):
    given = {"Id": of, "InventoryConfiguration": configuration}
    return answer(s3.put_bucket_inventory_configuration, Bucket=name, **given)


def test_s3_inventory_report_crud():
    name, one = bucket(), {"Id": "test-inventory"}
    listed = lambda: answer(s3.list_bucket_inventory_configurations, Bucket=name)  # noqa: E731
    got = lambda: answer(s3.get_bucket_inventory_configuration, Bucket=name, **one)  # noqa: E731
    return {
        "put-inventory-config": put_inventory(name, inventory(bucket())),
        "list-inventory-config": listed(),
        "get-inventory-config": got(),
        "del-inventory-config": answer(s3.delete_bucket_inventory_configuration, Bucket=name, **one),
        "list-inventory-config-after-del": listed(),
        "get-nonexistent-inv-config": got(),
    }


def test_s3_put_inventory_report_exceptions():
    name, target = bucket(), bucket()
    put = lambda **changed: put_inventory(name, inventory(target, **changed))  # noqa: E731
    return {
        "wrong-id": put_inventory(name, inventory(target), of="wrong-id"),
        "wrong-destination-arn": put(destination={"Bucket": target}),
        "wrong-destination-format": put(destination={"Format": "WRONG-FORMAT"}),
        "wrong-object-versions": put(IncludedObjectVersions="Wrong"),
        "wrong-schedule-frequency": put(Schedule={"Frequency": "Hourly"}),
        "wrong-optional-field": put(OptionalFields=["TestField"]),
    }


def test_bucket_acceleration_configuration_crud():
    name = {"Bucket": bucket()}
    get = lambda: answer(s3.get_bucket_accelerate_configuration, **name)  # noqa: E731

    def put(status):
        return answer(s3.put_bucket_accelerate_configuration, **name, AccelerateConfiguration={"Status": status})

    return {
        "get-bucket-default-accelerate-config": get(),
        "put-bucket-accelerate-config-enabled": put("Enabled"),
        "get-bucket-accelerate-config-enabled": get(),
        "put-bucket-accelerate-config-disabled": put("Suspended"),
        "get-bucket-accelerate-config-disabled": get(),
    }


def tiering(prefix, of):
    tiers = [{"AccessTier": "ARCHIVE_ACCESS", "Days": 90}]
    return {"Id": of, "Filter": {"Prefix": prefix}, "Status": "Enabled", "Tierings": tiers}


def test_s3_intelligent_tier_config():
    name, call = bucket(), "bucket_intelligent_tiering_configuration"

    def put(of, configuration):
        given = {"Id": of, "IntelligentTieringConfiguration": configuration}
        return answer(s3.put_bucket_intelligent_tiering_configuration, Bucket=name, **given)

    def delete(of, where=name):
        return answer(s3.delete_bucket_intelligent_tiering_configuration, Bucket=where, Id=of)

    listed = lambda: answer(s3.list_bucket_intelligent_tiering_configurations, Bucket=name)  # noqa: E731
    steps = {
        f"put_{call}_1": put("test1", tiering("test1", "test1")),
        f"get_{call}_1": answer(s3.get_bucket_intelligent_tiering_configuration, Bucket=name, Id="test1"),
        # The name was recorded so.
        f"put_{call}_err_1`": put("incorrect_id", tiering("test1", "test1")),
    }
    put("test2", tiering("test2", "test2"))
    steps[f"list_{call}s_1"] = listed()
    put("test1", tiering("testupdate", "test1"))
    steps[f"list_{call}s_2"] = listed()
    steps[f"delete_{call}_err_1"] = delete("test1", nowhere())
    steps[f"delete_{call}_err_2"] = delete("non-existing")
    delete("test1")
    return steps | {f"list_{call}s_3": listed()}


class Metrics:
    """The metrics of one id, of one bucket."""

    def __init__(self):
        self.one = {"Bucket": bucket(), "Id": "metrics"}

    def put(self, prefix):
        configuration = {"Id": self.one["Id"], "Filter": {"Prefix": prefix}}
        return answer(s3.put_bucket_metrics_configuration, **self.one, MetricsConfiguration=configuration)

    def get(self):
        return answer(s3.get_bucket_metrics_configuration, **self.one)

    def delete(self):
        return answer(s3.delete_bucket_metrics_configuration, **self.one)


def test_put_bucket_metrics_configuration():
    one = Metrics()
    put = one.put("logs/")
    return {"put_bucket_metrics_configuration": put, "get_bucket_metrics_configuration": one.get()}


def test_get_bucket_metrics_configuration():
    one = Metrics()
    one.put("logs/")
    return {"get_bucket_metrics_configuration": one.get()}


def test_overwrite_bucket_metrics_configuration():
    one = Metrics()
    one.put("logs/")
    put = one.put("logs/new-prefix")
    return {"overwrite_bucket_metrics_configuration": put, "get_bucket_metrics_configuration": one.get()}


def test_delete_metrics_configuration_twice():
    one = Metrics()
    one.put("logs/")
    return {f"delete_bucket_metrics_configuration_{at}": one.delete() for at in (1, 2)}
