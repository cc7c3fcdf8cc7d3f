"""What every scenario needs: a client, buckets of its own, and answers in boto3's shape."""

import datetime
import threading
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION, ELSEWHERE = "us-east-1", "us-west-2"
MADE = threading.Lock()


def client(service="s3", region=REGION, **config):
    with MADE:  # boto3 makes one client at a time
        return boto3.client(service, region_name=region, config=Config(**config))


s3 = client()
kms = client("kms")
loose = client(parameter_validation=False)
unsummed = client(request_checksum_calculation="when_required", response_checksum_validation="when_required")


def bucket(**arguments):
    name = f"played-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name, **arguments)
    return name


def plain(value):
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def answer(call, **arguments):
    """The answer or the refusal."""
    try:
        given = call(**arguments)
    except ClientError as error:
        given = error.response
    about = given.pop("ResponseMetadata")
    given["ResponseMetadata"] = {"HTTPHeaders": about["HTTPHeaders"], "HTTPStatusCode": about["HTTPStatusCode"]}
    if "Body" in given:
        given["Body"] = given["Body"].read().decode(errors="replace")
    return plain(given)


def complete(place, upload_id, *etags, **members):
    """The arguments of a completion, part after part."""
    parts = [{"PartNumber": number, "ETag": etag, **members} for number, etag in enumerate(etags, 1)]
    return {**place, "UploadId": upload_id, "MultipartUpload": {"Parts": parts}}
