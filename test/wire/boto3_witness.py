"""Calls many operations with botocore's own models and compares what was sent and got with what the server says.

Usage: boto3_witness.py ENDPOINT. Prints one JSON object: {"calls": n, "byService": {...}, "failures": [...]}.
"""

import base64
import datetime
import json
import re
import sys
import urllib.request
import zlib

import boto3
from botocore.config import Config

ENDPOINT = sys.argv[1]
SERVICES = (
    "kms iam sts s3 cloudtrail organizations secretsmanager ssm dynamodb ec2 ebs efs rds redshift redshift-data "
    "elasticache lambda backup glacier storagegateway"
).split()
CANDIDATES = [
    "/sample/", "v1", "sample-bucket", "sample", "123456789012", "us-west-2", "service.example.com",
    "arn:aws:kms:us-east-1:123456789012:key/sample", "cluster-abcdefghijk", "https://proxy.example.com",
    "/sample/kms/xks/v1", "com.amazonaws.vpce.us-east-1.vpce-svc-0123", "ABCDEFGHIJKLMNOPQRST",
    "0123456789abcdef" * 4, "s" * 43, "s3://sample-bucket/prefix", "sample.amazonaws.com",
    "o-0123456789/r-0123", "p-01234567", "12:00", "r-0123", "ou-0123-01234567", "h-01234567", "car-01234567",
    "rt-01234567", "someone@example.com",
]
AWKWARD = "v <&>\"'+%20/\u00e9\U0001f600"
WHEN = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
FIXED = {"Bucket": "sample-bucket", "accountId": "-", "ContentLength": 0, "limit": "1"}
# Where the two official models or the client itself differ; each with its reason.
LEFT_OUT = {
    "ListDirectoryBuckets": "botocore sends it to a host of its own; nothing else tells it from ListBuckets",
    "GetBucketLifecycle": "the deprecated name of a request that has a newer one",
    "PutBucketLifecycle": "the same",
    "GetBucketNotification": "the same",
    "PutBucketNotification": "the same",
}
OWN_MEMBERS = {
    "PartNumberMarker": "a number to botocore and a string to the JavaScript client",
    "NextPartNumberMarker": "the same",
    "limit": "a string to botocore and a number to the JavaScript client",
    "SourceRegion": "botocore turns it into a presigned URL",
    "LogDeliveryConfigurations": "botocore reads another element name than the JavaScript client",
}


def text(shape, name):
    if getattr(shape, "enum", None):
        return shape.enum[0]
    meta = shape.metadata
    plain = re.match("Response(Cache|Content)", name) or shape.serialization.get("location") in ("header", "headers") or "hostLabel" in shape.serialization
    least, most = meta.get("min", 0), meta.get("max", 10**9)
    for value in [f"v-{name}" if plain else f"{AWKWARD} {name}", *CANDIDATES, "s" * least, "0" * least]:
        if least <= len(value) <= most and matches(meta.get("pattern"), value):
            return value
    return "s" * max(least, 1)


def matches(pattern, value):
    try:
        return pattern is None or re.fullmatch(pattern, value) is not None
    except re.error:  # Java's character classes
        return re.fullmatch(r"[\w/-]+", value) is not None


def sample(shape, name, depth=0):
    if name in FIXED and shape.type_name in ("string", "integer", "long"):
        return FIXED[name]
    kind = shape.type_name
    if kind == "structure":
        return structure(shape, depth)
    if kind == "list":
        count = max(1, shape.metadata.get("min", 1))
        return [sample(shape.member, name, depth + 1)] * count
    if kind == "map":
        headers = shape.serialization.get("location") == "headers"
        return {sample(shape.key, "key", depth + 1) if not headers else "key": "v" if headers else sample(shape.value, name, depth + 1)}
    if kind == "string":
        return text(shape, name)
    if kind in ("integer", "long", "float", "double"):
        return max(1, int(shape.metadata.get("min", 1)))
    if kind == "boolean":
        return True
    if kind == "timestamp":
        return WHEN
    if kind == "blob":
        return b"bytes \x00\xff" if not shape.metadata.get("min") else b"b" * shape.metadata["min"]
    raise ValueError(kind)


def structure(shape, depth):
    names = list(shape.members)
    if is_union(shape):
        names = names[:1]
    return {
        n: sample(shape.members[n], n, depth + 1)
        for n in names
        if not skipped(shape, n, depth)
    }


def skipped(shape, name, depth):
    if name in shape.required_members:
        return False
    deep = depth > 3 and shape.members[name].type_name in ("structure", "list", "map") and not is_union(shape)
    # The client itself fills in or rewrites these: digests, customer keys, checksums, encoding types.
    own = re.match(r"ContentMD5|(CopySource)?SSECustomer|Checksum|checksum|EncodingType|Expires$|ExpiresString", name)
    return deep or bool(own) or name in OWN_MEMBERS or name == shape_stream(shape)


# Unions that botocore's models do not mark as such.
UNMARKED_UNIONS = ("AttributeValue", "AnalyticsFilter", "MetricsFilter")


def is_union(shape):
    return getattr(shape, "is_tagged_union", False) or shape.name in UNMARKED_UNIONS


def shape_stream(shape):
    payload = shape.serialization.get("payload")
    target = shape.members.get(payload) if payload else None
    return payload if target is not None and target.type_name == "blob" else None


def plain(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dict):
        pairs = {k: plain(v) for k, v in value.items()}
        return {k: v for k, v in pairs.items() if v is not None and v != {}}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if hasattr(value, "read"):
        return base64.b64encode(value.read()).decode()
    return value


def compare(want, got, known, path):
    """Where `got` differs from `want`. A member that the other side's model does not know may be absent."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key in want:
            if key in OWN_MEMBERS:
                continue
            if key not in got:
                if known is None or key in known:
                    yield f"{path}.{key} is missing"
            else:
                yield from compare(want[key], got[key], known, f"{path}.{key}")
    elif isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            yield f"{path} has {len(got)} items, not {len(want)}"
        for i, (a, b) in enumerate(zip(want, got)):
            yield from compare(a, b, known, f"{path}[{i}]")
    elif want != got:
        yield f"{path} is {got!r}, not {want!r}"


def chosen(service, operation, model):
    """All of the services that the house runs; of the others what needs no input, and every fifth."""
    shape = model.input_shape
    if operation in LEFT_OUT:
        return False
    if service in ("kms", "iam", "sts", "s3", "cloudtrail", "organizations"):
        return True
    if re.match("List|Describe|Get|Head", operation) and (shape is None or not shape.required_members):
        return True
    return zlib.crc32(operation.encode()) % 5 == 0


def last():
    with urllib.request.urlopen(f"{ENDPOINT}/_last") as response:
        return json.load(response)


def by_shape(value, shape):
    """What botocore can know of a value: members outside its older or newer model are left out."""
    if shape is None or value is None:
        return value
    if shape.type_name == "structure":
        return {k: by_shape(v, shape.members[k]) for k, v in value.items() if k in shape.members}
    if shape.type_name == "list":
        return [by_shape(v, shape.member) for v in value]
    if shape.type_name == "map":
        return {k: by_shape(v, shape.value) for k, v in value.items()}
    return value


def call(client, operation, model, failures, service):
    method = re.sub("((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", operation).lower()
    params = structure(model.input_shape, 0) if model.input_shape else {}
    try:
        got = client._make_api_call(operation, params)
    except Exception as thrown:  # every kind of failure is a finding here
        failures.append(f"{service} {operation}: {type(thrown).__name__} {str(thrown)[:300]}")
        return
    seen = last()
    if seen["operation"] != operation:
        failures.append(f"{service} {operation}: understood as {seen['operation']}")
        return
    problems = list(compare(plain(params), seen["input"], set(seen["known"]), "input"))
    got.pop("ResponseMetadata", None)
    want = by_shape(seen["output"], model.output_shape) if model.output_shape else {}
    problems += compare(drop_empty(want), drop_empty(plain(got)), None, "output")
    if problems:
        failures.append(f"{service} {operation}: {'; '.join(problems[:3])[:400]}")


def drop_empty(value):
    if isinstance(value, dict):
        pairs = {k: drop_empty(v) for k, v in value.items()}
        return {k: v for k, v in pairs.items() if v not in (None, {})}
    return [drop_empty(v) for v in value] if isinstance(value, list) else value


def main():
    config = Config(
        retries={"max_attempts": 0},
        s3={"addressing_style": "path"},
        inject_host_prefix=False,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    failures, counts = [], {}
    for service in SERVICES:
        client = boto3.client(
            service, region_name="us-east-1", endpoint_url=ENDPOINT, config=config,
            aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret",
        )
        counts[service] = 0
        for operation in client.meta.service_model.operation_names:
            model = client.meta.service_model.operation_model(operation)
            if model.has_event_stream_output or model.has_event_stream_input or not chosen(service, operation, model):
                continue
            counts[service] += 1
            call(client, operation, model, failures, service)
    print(json.dumps({"calls": sum(counts.values()), "byService": counts, "failures": failures}))


main()
