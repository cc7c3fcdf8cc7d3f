"""The story of a key and a real tree, as boto3 tells it: boto3_story.py PHASE TREE ACKNOWLEDGED."""

import hashlib
import json
import os
import sys
import threading
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError

phase, tree, acknowledged_file = sys.argv[1:]
BUCKET = "tree"
kms, iam, sts, s3, cloudtrail = (boto3.client(name) for name in ("kms", "iam", "sts", "s3", "cloudtrail"))
names = sorted(
    os.path.relpath(os.path.join(folder, file), tree) for folder, _, files in os.walk(tree) for file in files
)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def local(name):
    with open(os.path.join(tree, name), "rb") as file:
        return sha256(file.read())


def assert_reads(client, prefix="", some=None):
    for name in names if some is None else some:
        assert sha256(client.get_object(Bucket=BUCKET, Key=prefix + name)["Body"].read()) == local(name), name


def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return "none", ""


def role_client(account):
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    read = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
    document = lambda statement: json.dumps({"Version": "2012-10-17", "Statement": [statement]})  # noqa: E731
    arn = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="reader", PolicyName="own", PolicyDocument=document(read))
    iam.create_user(UserName="opener")
    iam.attach_user_policy(UserName="opener", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    pair = iam.create_access_key(UserName="opener")["AccessKey"]
    opener = boto3.Session(pair["AccessKeyId"], pair["SecretAccessKey"]).client("sts")
    given = opener.assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
    return arn, boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]).client("s3")


def revocation(key):
    """Four clients read all the time; answers how long after the answer to DisableKey a read could begin and succeed."""
    attempts, stop = [], threading.Event()

    def read(client):
        while not stop.is_set():
            began = time.monotonic()
            attempts.append((began, refusal(client.get_object, Bucket=BUCKET, Key=names[0])[0]))

    threads = [threading.Thread(target=read, args=(boto3.client("s3"),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(attempts) < 40:
        time.sleep(0.01)
    kms.disable_key(KeyId=key)
    disabled = time.monotonic()
    count = len(attempts)
    while len(attempts) < count + 100:
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    later = [(began - disabled, code) for began, code in attempts if began >= disabled]
    assert {code for _, code in later} <= {"KMS.DisabledException", "none"}, later
    return len(later), max([began for began, code in later if code == "none"], default=0)


def first():
    key = kms.create_key()["KeyMetadata"]["Arn"]
    s3.create_bucket(Bucket=BUCKET)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    for name in names:
        s3.upload_file(os.path.join(tree, name), BUCKET, name)
    assert_reads(s3)
    kms.rotate_key_on_demand(KeyId=key)
    assert_reads(s3)
    arn, reader = role_client(key.split(":")[4])
    code, message = refusal(reader.get_object, Bucket=BUCKET, Key=names[0])
    assert code == "AccessDenied" and "assumed-role/reader/session is not authorized to perform: kms:Decrypt" in message, message
    grant = kms.create_grant(KeyId=key, GranteePrincipal=arn, Operations=["Decrypt"])["GrantId"]
    assert_reads(reader)
    kms.revoke_grant(KeyId=key, GrantId=grant)
    assert refusal(reader.get_object, Bucket=BUCKET, Key=names[0])[0] == "AccessDenied"
    reads, last = revocation(key)
    print(f"of {reads} reads that began after disable_key returned, the last success began {last * 1000:.1f} ms later")
    assert last < 1
    kms.enable_key(KeyId=key)
    assert_reads(s3)


def interrupted():
    """Ends with 3 when the server was killed meanwhile; what was acknowledged is in the file."""
    with open(acknowledged_file, "w") as told:
        for name in names:
            try:
                s3.upload_file(os.path.join(tree, name), BUCKET, f"again/{name}")
            except (BotoCoreError, ClientError, boto3.exceptions.S3UploadFailedError):
                sys.exit(3)
            print(name, file=told, flush=True)


def after():
    with open(acknowledged_file) as told:
        acknowledged = told.read().splitlines()
    assert 0 < len(acknowledged) < len(names)
    assert_reads(s3, "again/", acknowledged)
    for name in names:
        s3.upload_file(os.path.join(tree, name), BUCKET, f"again/{name}")
    assert_reads(s3, "again/")
    pages = cloudtrail.get_paginator("lookup_events").paginate()
    events = [event["EventName"] for page in pages for event in page["Events"]]
    steps = ["RotateKeyOnDemand", "CreateGrant", "RevokeGrant", "DisableKey", "EnableKey"]
    assert [event for event in reversed(events) if event in steps] == steps, events
    assert events.count("GenerateDataKey") >= len(names) + len(acknowledged)
    print(f"{len(acknowledged)} uploads acknowledged before kill -9, {len(events)} events")


{"first": first, "interrupted": interrupted, "after": after}[phase]()
