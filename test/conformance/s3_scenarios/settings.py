"""Buckets, where they are and what is configured of them."""

import base64
import hashlib
import os
import urllib.request
import uuid
from xml.etree import ElementTree

from botocore import UNSIGNED

from .buckets import nowhere, owner, policed, policy_of
from .player import ELSEWHERE, REGION, answer, boto3, bucket, client, loose, s3

AMONG = {"LocationConstraint": ELSEWHERE}


def test_bucket_constraint_aws_global(region):
    made = client(region=region).create_bucket
    there = {"CreateBucketConfiguration": {"LocationConstraint": "aws-global"}}
    return {"aws-global-constraint": answer(made, Bucket=f"played-{uuid.uuid4()}", **there)}


def cors(methods, origin):
    return {"CORSConfiguration": {"CORSRules": [{"AllowedMethods": methods, "AllowedOrigins": [origin]}]}}


def test_bucket_exists():
    name = {"Bucket": bucket()}
    s3.put_bucket_cors(**name, **cors(["GET", "POST", "PUT", "DELETE"], "localhost"))
    return {
        "get-bucket-cors": answer(s3.get_bucket_cors, **name),
        "get-bucket-acl": answer(s3.get_bucket_acl, **name),
        "get-bucket-not-exists": answer(s3.get_bucket_acl, Bucket="bucket-not-exists"),
    }


def test_bucket_operation_between_regions():
    here, there = client(region="us-west-2"), client(region="us-east-1")
    name = {"Bucket": f"played-{uuid.uuid4()}"}
    here.create_bucket(**name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    website = {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "index.html"}}}
    return {
        "put-website-config-region-1": answer(here.put_bucket_website, **name, **website),
        "put-cors-config-region-1": answer(here.put_bucket_cors, **name, **cors(["GET"], "*")),
        "get-website-config-region-2": answer(there.get_bucket_website, **name),
        "get-cors-config-region-2": answer(there.get_bucket_cors, **name),
    }


def of_amazon(given):
    """The headers that are S3's own."""
    headers = given["ResponseMetadata"]["HTTPHeaders"]
    return {name: headers[name] for name in headers if name.startswith("x-amz") or name == "content-type"}


def test_create_bucket_head_bucket():
    one, two = (f"played-{uuid.uuid4()}" for _ in range(2))
    steps = {
        "create_bucket": answer(s3.create_bucket, Bucket=one),
        "create_bucket_location_constraint": answer(s3.create_bucket, Bucket=two, CreateBucketConfiguration=AMONG),
    }
    for suffix, name in (("", one), ("_2", two)):
        head = answer(s3.head_bucket, Bucket=name)
        steps |= {f"head_bucket{suffix}": head, f"head_bucket{suffix}_filtered_header": of_amazon(head)}
    return steps | {"head_bucket_not_exist": answer(s3.head_bucket, Bucket=nowhere())}


def test_delete_bucket_with_content():
    name, kept = bucket(), bucket()
    for at in range(10):
        s3.put_object(Bucket=name, Key=f"test-key-{at}", Body=f"test-{at}")
    objects = answer(s3.list_objects, Bucket=name, MaxKeys=100)
    s3.delete_objects(Bucket=name, Delete={"Objects": [{"Key": each["Key"]} for each in objects["Contents"]]})
    s3.delete_bucket(Bucket=name)
    listed = answer(s3.list_buckets)
    # Other scenarios play beside this one.
    listed["Buckets"] = [each for each in listed["Buckets"] if each["Name"] in (name, kept)]
    return {"list-objects": objects, "list-buckets": listed}


def test_delete_bucket_policy_expected_bucket_owner():
    name = policed()
    s3.put_bucket_policy(Bucket=name, Policy=policy_of(name))
    delete = lambda account: answer(loose.delete_bucket_policy, Bucket=name, ExpectedBucketOwner=account)  # noqa: E731
    return {
        "delete-bucket-policy-with-expected-bucket-owner-error": delete("000000000002"),
        "delete-bucket-policy-invalid-bucket-owner": delete("invalid"),
        "delete-bucket-policy-with-expected-bucket-owner": delete(owner()),
    }


def test_get_bucket_notification_configuration_no_such_bucket():
    return {"expected_error": answer(s3.get_bucket_notification_configuration, Bucket=nowhere())}


def test_bucket_notification_with_invalid_filter_rules():
    queue = {
        "QueueArn": f"arn:aws:sqs:{REGION}:{owner()}:my-queue",
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "INVALID", "Value": "does not matter"}]}},
    }
    put = {"Bucket": bucket(), "NotificationConfiguration": {"QueueConfigurations": [queue]}}
    return {"invalid_filter_name": answer(s3.put_bucket_notification_configuration, **put)}


def log_to(name, target, given=s3):
    status = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "log"}}
    return answer(given.put_bucket_logging, Bucket=name, BucketLoggingStatus=status)


def test_put_bucket_logging_wrong_target():
    return {
        "put-bucket-logging-different-regions": log_to(bucket(), bucket(CreateBucketConfiguration=AMONG)),
        "put-bucket-logging-non-existent-bucket": log_to(bucket(), nowhere()),
    }


def test_put_bucket_logging_cross_locations():
    first, second = (bucket(CreateBucketConfiguration={"LocationConstraint": at}) for at in ("us-west-2", "eu-west-1"))
    return {
        "put-bucket-logging-different-regions": log_to(first, second),
        "put-bucket-logging-cross-us-east-1": log_to(bucket(), second),
    }


def pay(payer, name):
    configuration = {"Payer": payer}
    return answer(s3.put_bucket_request_payment, Bucket=name, RequestPaymentConfiguration=configuration)


def test_s3_request_payer():
    name = bucket()
    put = pay("Requester", name)
    return {
        "put-bucket-request-payment": put,
        "get-bucket-request-payment": answer(s3.get_bucket_request_payment, Bucket=name),
    }


def test_s3_request_payer_exceptions():
    return {"wrong-payer-type": pay("Random", bucket()), "wrong-bucket-name": pay("Requester", nowhere())}


def test_s3_batch_delete_public_objects_using_requests():
    name = bucket()
    s3.delete_bucket_ownership_controls(Bucket=name)
    s3.delete_public_access_block(Bucket=name)
    s3.put_bucket_acl(Bucket=name, ACL="public-read-write")
    anyone, keys = client(signature_version=UNSIGNED), [f"key-created-by-anonymous-{at}" for at in (1, 2)]
    for key in keys:
        anyone.put_object(Bucket=name, Key=key, Body="This body document", ACL="public-read-write")
    answered = post_delete(name, keys)
    return {
        "multi-delete-with-requests": {"DeleteResult": answered},
        "list-remaining-objects": answer(s3.list_objects, Bucket=name),
    }


def post_delete(name, keys):
    """As anybody can send it, and its answer with the name space that it has."""
    body = f"<Delete>{''.join(f'<Object><Key>{key}</Key></Object>' for key in keys)}</Delete>".encode()
    md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
    url = f"{os.environ['AWS_ENDPOINT_URL']}/{name}?delete"
    request = urllib.request.Request(url, body, {"Content-MD5": md5, "Content-Type": "application/xml"})
    with urllib.request.urlopen(request) as response:
        root = ElementTree.fromstring(response.read())
    space, _, local = root.tag[1:].partition("}")
    assert local == "DeleteResult"
    deleted = [{child.tag.removeprefix(f"{{{space}}}"): child.text for child in each} for each in root]
    return {"@xmlns": space, "Deleted": deleted}
