"""S3 Control as people use it with boto3. `begin` makes a job and prints its id; `finish JOB` reads its report back;
`each` makes one job of every other operation.

The server is named as the proxy too (HTTP_PROXY): the account stands before the host, in a name that nobody resolves.
"""

import csv
import datetime
import hashlib
import io
import json
import os
import sys
import time
import urllib.parse

import boto3
from botocore.exceptions import ClientError

account, role, key = (os.environ[name] for name in ("ACCOUNT", "ROLE_ARN", "KEY_ARN"))
s3, control = boto3.client("s3"), boto3.client("s3control")


def code_of(call, **arguments):
    try:
        call(AccountId=account, **arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "none"


def block():
    assert code_of(control.get_public_access_block) == "NoSuchPublicAccessBlockConfiguration"
    flags = {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": True, "RestrictPublicBuckets": False}
    control.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=flags)
    assert control.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"] == flags
    s3.delete_public_access_block(Bucket="batch")
    public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::batch/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [public]})
    try:
        s3.put_bucket_policy(Bucket="batch", Policy=policy)
        raise AssertionError("a public policy was taken")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error
    control.delete_public_access_block(AccountId=account)
    s3.put_bucket_policy(Bucket="batch", Policy=policy)
    s3.delete_bucket_policy(Bucket="batch")


def begin():
    block()
    names = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="batch") for o in page["Contents"]]
    lines = "".join(f"batch,{urllib.parse.quote(name)}\n" for name in names)
    etag = s3.put_object(Bucket="reports", Key="lists/all.csv", Body=lines.encode())["ETag"]
    copy = {"TargetResource": "arn:aws:s3:::batch", "SSEAwsKmsKeyId": key, "BucketKeyEnabled": True}
    report = {"Bucket": "arn:aws:s3:::reports", "Format": "Report_CSV_20180820", "Enabled": True, "Prefix": "done", "ReportScope": "AllTasks"}
    location = {"ObjectArn": "arn:aws:s3:::reports/lists/all.csv", "ETag": etag}
    job = {
        "ConfirmationRequired": True,
        "Operation": {"S3PutObjectCopy": copy},
        "Manifest": {"Spec": {"Format": "S3BatchOperations_CSV_20180820", "Fields": ["Bucket", "Key"]}, "Location": location},
        "Report": report,
        "Priority": 7,
        "RoleArn": role,
        "Description": "under another key",
        "ClientRequestToken": "once",
        "Tags": [{"Key": "team", "Value": "files"}],
    }
    made = control.create_job(AccountId=account, **job)["JobId"]
    assert control.create_job(AccountId=account, **job)["JobId"] == made, "the same request makes no second job"
    assert code_of(control.create_job, **{**job, "Priority": 8}) == "IdempotencyException"
    assert code_of(control.create_job, **{**job, "Operation": {"LambdaInvoke": {"FunctionArn": "arn"}}, "ClientRequestToken": "other"}) == "NotImplemented"
    assert code_of(control.describe_job, JobId="00000000-0000-4000-8000-000000000000") == "NoSuchJob"
    assert control.get_job_tagging(AccountId=account, JobId=made)["Tags"] == job["Tags"]
    control.put_job_tagging(AccountId=account, JobId=made, Tags=[{"Key": "a", "Value": "b"}])
    assert control.get_job_tagging(AccountId=account, JobId=made)["Tags"] == [{"Key": "a", "Value": "b"}]
    control.delete_job_tagging(AccountId=account, JobId=made)
    assert control.get_job_tagging(AccountId=account, JobId=made)["Tags"] == []
    assert control.update_job_priority(AccountId=account, JobId=made, Priority=9)["Priority"] == 9
    told = until(made, "Suspended")
    assert told["Operation"] == {"S3PutObjectCopy": copy} and told["Report"] == report and told["Priority"] == 9
    assert told["Manifest"]["Location"] == location and told["ConfirmationRequired"] and "SuspendedDate" in told
    assert told["ProgressSummary"]["TotalNumberOfTasks"] == len(names)
    print(made)


def until(job, status):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        told = control.describe_job(AccountId=account, JobId=job)["Job"]
        if told["Status"] == status:
            return told
        assert told["Status"] not in ("Failed", "Cancelled"), told
        time.sleep(0.1)
    raise AssertionError(told)


def finish(job):
    told = until(job, "Complete")
    counted = told["ProgressSummary"]
    total = counted["TotalNumberOfTasks"]
    assert (counted["NumberOfTasksSucceeded"], counted["NumberOfTasksFailed"]) == (total, 0), counted
    assert code_of(control.update_job_status, JobId=job, RequestedJobStatus="Cancelled") == "JobStatusException"
    listed = control.list_jobs(AccountId=account, JobStatuses=["Complete", "Failed"], MaxResults=1)
    assert [one["JobId"] for one in listed["Jobs"]] == [job] and "NextToken" not in listed, listed
    assert control.list_jobs(AccountId=account, JobStatuses=["Active"])["Jobs"] == []
    manifest = json.loads(read(f"done/job-{job}/manifest.json"))
    assert manifest["Format"] == "Report_CSV_20180820"
    rows = []
    for result in manifest["Results"]:
        body = read(result["Key"])
        assert result["TaskExecutionStatus"] == "succeeded" and hashlib.md5(body).hexdigest() == result["MD5Checksum"]
        rows += list(csv.reader(io.StringIO(body.decode())))
    names = [urllib.parse.unquote(name) for _, name, *_ in rows]
    assert len(names) == len(set(names)) == total, "each task stands in the report once"
    assert all(row[0] == "batch" and row[3:] == ["succeeded", "200", "", "Successful"] for row in rows), rows[0]
    for name in names:
        head = s3.head_object(Bucket="batch", Key=name)
        assert (head["SSEKMSKeyId"], head["BucketKeyEnabled"]) == (key, True), name
        assert head["Metadata"] == {"of": "before"}, head
    assert s3.get_object(Bucket="batch", Key=names[0])["Body"].read() == names[0].encode()
    print(f"ok: {total} tasks")


UNTIL = datetime.datetime(2035, 1, 1, tzinfo=datetime.timezone.utc)


def each():
    """Every operation but the copy on an object of its own, by jobs that run beside each other."""
    s3.create_bucket(Bucket="each", ObjectLockEnabledForBucket=True, ObjectOwnership="BucketOwnerPreferred")
    versions = {}
    for name in ("tagged", "untagged", "listed", "held", "retained", "rewrapped", "archived", "refused", "replicated", "unruled"):
        extra = {"StorageClass": "GLACIER"} if name == "archived" else {}
        versions[name] = s3.put_object(Bucket="each", Key=name, Body=b"x", Tagging="old=tag", **extra)["VersionId"]
    rewrap = {"ObjectEncryption": {"SSEKMS": {"KMSKeyArn": key, "BucketKeyEnabled": True}}}
    tags = [{"Key": "new", "Value": "tag"}]
    jobs = {
        "tagged": {"S3PutObjectTagging": {"TagSet": tags}},
        "untagged": {"S3DeleteObjectTagging": {}},
        "listed": {"S3PutObjectAcl": {"AccessControlPolicy": {"CannedAccessControlList": "authenticated-read"}}},
        "held": {"S3PutObjectLegalHold": {"LegalHold": {"Status": "ON"}}},
        "retained": {"S3PutObjectRetention": {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": UNTIL}}},
        "rewrapped": {"S3UpdateObjectEncryption": rewrap},
        "archived": {"S3InitiateRestoreObject": {"ExpirationInDays": 1, "GlacierJobTier": "STANDARD"}},
        "refused": {"S3InitiateRestoreObject": {"ExpirationInDays": 1, "GlacierJobTier": "STANDARD"}},
        "replicated": {"S3ReplicateObject": {}},
        "unruled": {"S3ReplicateObject": {}},
    }
    s3.delete_public_access_block(Bucket="each")
    s3.create_bucket(Bucket="before")
    s3.put_object(Bucket="before", Key="replicated-null", Body=b"from before versions")
    s3.put_bucket_versioning(Bucket="before", VersioningConfiguration={"Status": "Enabled"})
    rule_to_replicas("each", "before")
    made = {name: small(name, versions[name], operation) for name, operation in jobs.items()}
    without_id = small("replicated-null", "null", {"S3ReplicateObject": {}}, "before")
    told = {name: until(job, "Complete")["ProgressSummary"] for name, job in made.items()}
    failed = {name: one["NumberOfTasksFailed"] for name, one in told.items()}
    assert failed == {**{name: 0 for name in jobs}, "refused": 1, "unruled": 1}, failed
    assert s3.get_object_tagging(Bucket="each", Key="tagged")["TagSet"] == tags
    assert s3.get_object_tagging(Bucket="each", Key="untagged")["TagSet"] == []
    grants = s3.get_object_acl(Bucket="each", Key="listed")["Grants"]
    assert [g["Permission"] for g in grants if g["Grantee"].get("URI", "").endswith("AuthenticatedUsers")] == ["READ"]
    assert s3.get_object_legal_hold(Bucket="each", Key="held")["LegalHold"]["Status"] == "ON"
    assert s3.get_object_retention(Bucket="each", Key="retained")["Retention"] == {"Mode": "GOVERNANCE", "RetainUntilDate": UNTIL}
    assert s3.head_object(Bucket="each", Key="rewrapped")["SSEKMSKeyId"] == key
    assert 'ongoing-request="true"' in s3.head_object(Bucket="each", Key="archived")["Restore"]
    replica = s3.head_object(Bucket="replicas", Key="replicated", VersionId=versions["replicated"])
    assert replica["ReplicationStatus"] == "REPLICA" and replica["TagCount"] == 1, replica
    assert s3.head_object(Bucket="each", Key="replicated")["ReplicationStatus"] == "COMPLETED"
    check_sums(versions["tagged"])
    assert until(without_id, "Complete")["ProgressSummary"]["NumberOfTasksSucceeded"] == 1
    brought = s3.get_object(Bucket="replicas", Key="replicated-null", VersionId="null")
    assert brought["Body"].read() == b"from before versions" and brought["ReplicationStatus"] == "REPLICA", brought
    for name, refusal in {"refused": "403,InvalidObjectState", "unruled": "400,SrcObjectNotEligible"}.items():
        [result] = json.loads(read(f"done/job-{made[name]}/manifest.json"))["Results"]
        line = read(result["Key"]).decode()
        assert line.startswith(f"each,{name},{versions[name]},failed,{refusal},"), line
    print(f"ok: {len(jobs)} operations")


def check_sums(version):
    """What the report says is what the bytes say, and nothing of a key that is not there."""
    job = small("summed", version, {"S3ComputeObjectChecksum": {"ChecksumAlgorithm": "SHA256"}}, more=f"each,tagged,{version}\n", scope="AllTasks")
    told = until(job, "Complete")["ProgressSummary"]
    assert (told["NumberOfTasksSucceeded"], told["NumberOfTasksFailed"]) == (1, 1), told
    rows = {}
    for result in json.loads(read(f"done/job-{job}/manifest.json"))["Results"]:
        for row in csv.reader(io.StringIO(read(result["Key"]).decode())):
            rows[row[1]] = row[3:]
    assert rows["tagged"][:3] == ["succeeded", "200", ""], rows
    told = json.loads(rows["tagged"][3])
    assert told["checksum_hex"] == hashlib.sha256(b"x").hexdigest().upper() and told["checksumType"] == "FULL_OBJECT", told
    assert told["etag"] == hashlib.md5(b"x").hexdigest() and told["checksumAlgorithm"] == "SHA256", told
    assert rows["summed"][:3] == ["failed", "200", "PermanentFailure"] and '"errorCode":"403"' in rows["summed"][3], rows


def rule_to_replicas(*sources):
    """A rule that comes after the objects: it does not reach back by itself."""
    s3.create_bucket(Bucket="replicas")
    s3.put_bucket_versioning(Bucket="replicas", VersioningConfiguration={"Status": "Enabled"})
    rule = {"Status": "Enabled", "Priority": 1, "Filter": {"Prefix": "replicated"}, "DeleteMarkerReplication": {"Status": "Disabled"}}
    rule["Destination"] = {"Bucket": "arn:aws:s3:::replicas"}
    configuration = {"Role": f"arn:aws:iam::{account}:role/replicator", "Rules": [rule]}
    for source in sources:
        s3.put_bucket_replication(Bucket=source, ReplicationConfiguration=configuration)


def small(name, version, operation, bucket="each", more="", scope="FailedTasksOnly"):
    """A job about one version of one object, and what `more` names."""
    etag = s3.put_object(Bucket="reports", Key=f"lists/{name}", Body=f"{more}{bucket},{name},{version}".encode())["ETag"]
    fields = {"Format": "S3BatchOperations_CSV_20180820", "Fields": ["Bucket", "Key", "VersionId"]}
    report = {"Bucket": "arn:aws:s3:::reports", "Format": "Report_CSV_20180820", "Enabled": True, "Prefix": "done", "ReportScope": scope}
    return control.create_job(
        AccountId=account,
        ConfirmationRequired=False,
        Operation=operation,
        Manifest={"Spec": fields, "Location": {"ObjectArn": f"arn:aws:s3:::reports/lists/{name}", "ETag": etag}},
        Report=report,
        Priority=1,
        RoleArn=role,
    )["JobId"]


def read(name):
    return s3.get_object(Bucket="reports", Key=name)["Body"].read()


if sys.argv[1] == "begin":
    begin()
elif sys.argv[1] == "each":
    each()
else:
    finish(sys.argv[2])
