"""What people do with boto3, part by part. Any difference ends it with a traceback."""

import csv
import io
import json
import os
import urllib.error
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

MIB = 1024 * 1024
kms, iam, sts, s3, cloudtrail = (boto3.client(name) for name in ("kms", "iam", "sts", "s3", "cloudtrail"))


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "none"


def everything(client, operation, member, size, **arguments):
    """Through the paginator, `size` items a page."""
    pages = client.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}, **arguments)
    return [item for page in pages for item in page.get(member, [])]


def keys():
    made = kms.create_key(Description="boto3", Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]
    key = made["KeyId"]
    for number in range(5):
        kms.create_alias(AliasName=f"alias/boto3-{number}", TargetKeyId=key)
        kms.tag_resource(KeyId=key, Tags=[{"TagKey": f"t{number}", "TagValue": "v"}])
    context = {"who": "boto3", "ü": "é"}
    sealed = kms.encrypt(KeyId="alias/boto3-1", Plaintext=b"secret", EncryptionContext=context)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"] == b"secret"
    assert code_of(kms.decrypt, CiphertextBlob=sealed) == "InvalidCiphertextException"
    data_key = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert len(data_key["Plaintext"]) == 32
    kms.rotate_key_on_demand(KeyId=key)
    assert kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"])["Plaintext"] == data_key["Plaintext"]
    user = iam.create_user(UserName="grantee")["User"]["Arn"]
    grants = [kms.create_grant(KeyId=key, GranteePrincipal=user, Operations=["Decrypt"], Name=f"g{n}")["GrantId"] for n in range(5)]
    assert sorted(g["GrantId"] for g in everything(kms, "list_grants", "Grants", 2, KeyId=key)) == sorted(grants)
    assert len(everything(kms, "list_retirable_grants", "Grants", 2, RetiringPrincipal=user)) == 0
    mine = [a for a in everything(kms, "list_aliases", "Aliases", 2) if a.get("TargetKeyId") == key]
    assert len(mine) == 5
    assert len(everything(kms, "list_aliases", "Aliases", 3, KeyId=key)) == 5
    assert len(everything(kms, "list_resource_tags", "Tags", 2, KeyId=key)) == 6
    assert everything(kms, "list_key_policies", "PolicyNames", 1, KeyId=key) == ["default"]
    assert len(everything(kms, "list_key_rotations", "Rotations", 1, KeyId=key)) == 1
    for _ in range(4):
        kms.create_key()
    assert key in [k["KeyId"] for k in everything(kms, "list_keys", "Keys", 2)]
    assert len(everything(kms, "list_keys", "Keys", 2)) == len(everything(kms, "list_keys", "Keys", 1000))
    kms.disable_key(KeyId=key)
    assert code_of(kms.encrypt, KeyId=key, Plaintext=b"x") == "DisabledException"
    kms.enable_key(KeyId=key)


def people():
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}]})
    account = sts.get_caller_identity()["Account"]
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": account}}]})
    for number in range(5):
        iam.create_user(UserName=f"user-{number}")
        iam.create_group(GroupName=f"group-{number}")
        iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument=trust)
        arn = iam.create_policy(PolicyName=f"policy-{number}", PolicyDocument=policy)["Policy"]["Arn"]
        iam.attach_user_policy(UserName="user-0", PolicyArn=arn)
        iam.attach_role_policy(RoleName="role-0", PolicyArn=arn)
        iam.add_user_to_group(GroupName=f"group-{number}", UserName="user-0")
        iam.put_user_policy(UserName="user-0", PolicyName=f"own-{number}", PolicyDocument=policy)
    assert len([u for u in everything(iam, "list_users", "Users", 2) if u["UserName"].startswith("user-")]) == 5
    assert len(everything(iam, "list_groups", "Groups", 2)) == 5
    assert len(everything(iam, "list_roles", "Roles", 2)) == 5
    assert len(everything(iam, "list_policies", "Policies", 2, Scope="Local")) == 5
    assert len(everything(iam, "list_attached_user_policies", "AttachedPolicies", 2, UserName="user-0")) == 5
    assert len(everything(iam, "list_attached_role_policies", "AttachedPolicies", 2, RoleName="role-0")) == 5
    assert len(everything(iam, "list_groups_for_user", "Groups", 2, UserName="user-0")) == 5
    assert len(everything(iam, "list_user_policies", "PolicyNames", 2, UserName="user-0")) == 5
    assert len(everything(iam, "get_group", "Users", 1, GroupName="group-0")) == 1
    assert iam.get_user_policy(UserName="user-0", PolicyName="own-0")["PolicyDocument"]["Statement"][0]["Action"] == "s3:List*"
    assert code_of(iam.create_user, UserName="user-0") == "EntityAlreadyExists"
    assert code_of(iam.delete_user, UserName="user-0") == "DeleteConflict"
    assert code_of(iam.get_role, RoleName="nobody") == "NoSuchEntity"


def sessions():
    account = sts.get_caller_identity()["Account"]
    made = iam.create_access_key(UserName="user-1")["AccessKey"]
    assert [k["AccessKeyId"] for k in everything(iam, "list_access_keys", "AccessKeyMetadata", 1, UserName="user-1")] == [made["AccessKeyId"]]
    iam.attach_user_policy(UserName="user-1", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    user = boto3.Session(aws_access_key_id=made["AccessKeyId"], aws_secret_access_key=made["SecretAccessKey"])
    assumed = user.client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/role-0", RoleSessionName="boto3")
    given = assumed["Credentials"]
    role = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert role.client("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::{account}:assumed-role/role-0/boto3"
    role.client("s3").list_buckets()
    assert code_of(role.client("kms").create_key) == "AccessDeniedException"
    token = user.client("sts").get_session_token()["Credentials"]
    session = boto3.Session(token["AccessKeyId"], token["SecretAccessKey"], token["SessionToken"])
    assert session.client("sts").get_caller_identity()["Arn"].endswith(":user/user-1")


def objects():
    key = kms.create_key()["KeyMetadata"]["Arn"]
    s3.create_bucket(Bucket="boto3")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket="boto3", ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert s3.get_bucket_encryption(Bucket="boto3")["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key
    for number in range(7):
        put = s3.put_object(Bucket="boto3", Key=f"folder/{number} ü&<>", Body=b"body", Metadata={"a": "b"}, Tagging="x=y")
        assert put["SSEKMSKeyId"] == key
    got = s3.get_object(Bucket="boto3", Key="folder/0 ü&<>", ChecksumMode="ENABLED")
    assert got["Body"].read() == b"body" and got["Metadata"] == {"a": "b"} and got["ContentType"] == "binary/octet-stream"
    for algorithm in ("CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"):
        try:
            s3.put_object(Bucket="boto3", Key=f"sum/{algorithm}", Body=io.BytesIO(b"body"), ChecksumAlgorithm=algorithm)
        except Exception as error:  # noqa: BLE001 - the algorithms of awscrt are there only with it
            assert "botocore[crt]" in str(error), error
    names = [o["Key"] for o in everything(s3, "list_objects_v2", "Contents", 3, Bucket="boto3", Prefix="folder/")]
    assert names == [f"folder/{n} ü&<>" for n in range(7)]
    assert [o["Key"] for o in everything(s3, "list_objects", "Contents", 3, Bucket="boto3", Prefix="folder/")] == names
    assert len(everything(s3, "list_object_versions", "Versions", 3, Bucket="boto3", Prefix="folder/")) == 7
    assert len(everything(s3, "list_objects_v2", "CommonPrefixes", 1, Bucket="boto3", Delimiter="/")) == 2
    for number in range(3):
        s3.create_bucket(Bucket=f"boto3-{number}")
    assert len([b for b in everything(s3, "list_buckets", "Buckets", 2) if b["Name"].startswith("boto3")]) == 4
    uploads = [s3.create_multipart_upload(Bucket="boto3", Key=f"up/{n}")["UploadId"] for n in range(5)]
    listed = everything(s3, "list_multipart_uploads", "Uploads", 2, Bucket="boto3")
    assert sorted(u["UploadId"] for u in listed) == sorted(uploads)
    for number in range(1, 6):
        s3.upload_part(Bucket="boto3", Key="up/0", UploadId=uploads[0], PartNumber=number, Body=b"x")
    assert [p["PartNumber"] for p in everything(s3, "list_parts", "Parts", 2, Bucket="boto3", Key="up/0", UploadId=uploads[0])] == [1, 2, 3, 4, 5]
    for number, upload in enumerate(uploads):
        s3.abort_multipart_upload(Bucket="boto3", Key=f"up/{number}", UploadId=upload)
    deleted = s3.delete_objects(Bucket="boto3", Delete={"Objects": [{"Key": name} for name in names]})["Deleted"]
    assert sorted(d["Key"] for d in deleted) == names
    assert code_of(s3.get_object, Bucket="boto3", Key=names[0]) == "NoSuchKey"
    assert code_of(s3.head_object, Bucket="boto3", Key=names[0]) == "404"


def transfers():
    body = os.urandom(20 * MIB + 11)
    config = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB, max_concurrency=4)
    s3.upload_fileobj(io.BytesIO(body), "boto3", "large", Config=config)
    assert s3.head_object(Bucket="boto3", Key="large")["ETag"].endswith('-3"')
    back = io.BytesIO()
    s3.download_fileobj("boto3", "large", back, Config=config)
    assert back.getvalue() == body
    s3.copy({"Bucket": "boto3", "Key": "large"}, "boto3", "copied", Config=config)
    assert s3.get_object(Bucket="boto3", Key="copied")["Body"].read() == body
    signed = boto3.client("s3", config=boto3.session.Config(signature_version="s3v4"))
    url = signed.generate_presigned_url("put_object", Params={"Bucket": "boto3", "Key": "by url"}, ExpiresIn=60)
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in url
    with urllib.request.urlopen(urllib.request.Request(url, data=b"signed", method="PUT")) as answer:
        assert answer.status == 200
    url = signed.generate_presigned_url("get_object", Params={"Bucket": "boto3", "Key": "by url"}, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"signed"
    assert refusal(url.replace("by%20url", "large")) == (403, "SignatureDoesNotMatch")
    old_urls()


def old_urls():
    """Without being told, botocore signs URLs of us-east-1 with Signature Version 2, as yet; here it is told as well."""
    version_2 = boto3.session.Config(signature_version="s3")

    def url_of(operation, client=boto3.client("s3", config=version_2), seconds=60, bucket="boto3-0", **more):
        url = client.generate_presigned_url(operation, Params={"Bucket": bucket, "Key": "old ü&", **more}, ExpiresIn=seconds)
        assert "AWSAccessKeyId=" in url and "X-Amz-Algorithm" not in url, url
        return url

    put = urllib.request.Request(url_of("put_object"), data=b"by old url", method="PUT", headers={"Content-Type": ""})
    with urllib.request.urlopen(put) as answer:
        assert answer.status == 200
    typed = url_of("put_object", ContentType="text/plain", Metadata={"a": "b"})
    headers = {"Content-Type": "text/plain", "x-amz-meta-a": "b"}
    with urllib.request.urlopen(urllib.request.Request(typed, data=b"by old url", method="PUT", headers=headers)) as answer:
        assert answer.status == 200
    assert s3.head_object(Bucket="boto3-0", Key="old ü&")["Metadata"] == {"a": "b"}
    headers["x-amz-meta-a"] = "c"
    assert refusal(urllib.request.Request(typed, data=b"x", method="PUT", headers=headers)) == (403, "SignatureDoesNotMatch")
    place = {"Bucket": "boto3-0", "Key": "old ü&"}
    put = urllib.request.Request(s3.generate_presigned_url("put_object", Params=place), data=b"by default", method="PUT", headers={"Content-Type": ""})
    with urllib.request.urlopen(put) as answer:
        assert answer.status == 200
    default = s3.generate_presigned_url("get_object", Params=place)
    with urllib.request.urlopen(default) as answer:
        assert answer.read() == b"by default"
    assert refusal(default.replace("old%20", "new%20")) == (403, "SignatureDoesNotMatch")
    url = url_of("get_object", ResponseContentType="text/x; a=\"b&c\"")
    with urllib.request.urlopen(url) as answer:
        assert answer.headers["Content-Type"] == 'text/x; a="b&c"' and answer.read() == b"by default"
    assert refusal(url.replace("old%20", "new%20")) == (403, "SignatureDoesNotMatch")
    assert refusal(url.replace("Expires=", "Expires=1")) == (403, "SignatureDoesNotMatch")
    assert refusal(urllib.request.Request(url, method="DELETE")) == (403, "SignatureDoesNotMatch")
    assert refusal(url + "&attributes") == (403, "AccessDenied")
    assert refusal(url.replace("AWSAccessKeyId=A", "AWSAccessKeyId=B")) == (403, "InvalidAccessKeyId")
    assert refusal(url_of("get_object", seconds=-5)) == (403, "AccessDenied")
    assert refusal(url_of("get_object", bucket="boto3")) == (404, "NoSuchKey")
    s3.put_object(Bucket="boto3", Key="old ü&", Body=b"under KMS")
    assert refusal(url_of("get_object", bucket="boto3")) == (400, "InvalidArgument")
    under_kms = urllib.request.Request(url_of("put_object", bucket="boto3"), data=b"x", method="PUT", headers={"Content-Type": ""})
    assert refusal(under_kms) == (400, "InvalidArgument")
    given = sts.get_session_token()["Credentials"]
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]).client("s3", config=version_2)
    with urllib.request.urlopen(url_of("get_object", session)) as answer:
        assert answer.read() == b"by default"
    boto3.client("s3", region_name="eu-west-1").create_bucket(
        Bucket="boto3-away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    assert refusal(url_of("get_object", bucket="boto3-away")) == (400, "AuthorizationHeaderMalformed")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::boto3-0/*", "Condition": {"StringEquals": {"s3:signatureversion": "AWS"}}}
    s3.put_bucket_policy(Bucket="boto3-0", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    assert refusal(url) == (403, "AccessDenied")
    assert s3.get_object(Bucket="boto3-0", Key="old ü&")["Body"].read() == b"by default"
    only_headers = {**deny, "Condition": {"StringNotEquals": {"s3:authType": "REST-HEADER"}}}
    s3.put_bucket_policy(Bucket="boto3-0", Policy=json.dumps({"Version": "2012-10-17", "Statement": [only_headers]}))
    assert refusal(s3.generate_presigned_url("get_object", Params={"Bucket": "boto3-0", "Key": "old ü&"})) == (403, "AccessDenied")
    assert s3.get_object(Bucket="boto3-0", Key="old ü&")["Body"].read() == b"by default"


def refusal(request):
    try:
        urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode().split("<Code>")[1].split("</Code>")[0]
    return 200, "none"


def trail():
    events = everything(cloudtrail, "lookup_events", "Events", 7)
    seen = {event["EventName"] for event in events}
    assert {"CreateKey", "Encrypt", "Decrypt", "CreateGrant", "DisableKey", "CreateUser", "AssumeRole", "CreateBucket"} <= seen, seen
    assert len({event["EventId"] for event in events}) == len(events), "no event comes twice"
    attribute = [{"AttributeKey": "EventName", "AttributeValue": "DisableKey"}]
    assert len(everything(cloudtrail, "lookup_events", "Events", 50, LookupAttributes=attribute)) == 1


def reports():
    """What an auditor reads with boto3, after all the others have worked."""
    details = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 3}))
    users = [user for page in details for user in page["UserDetailList"]]
    first = next(user for user in users if user["UserName"] == "user-0")
    assert len(first["GroupList"]) == len(first["UserPolicyList"]) == len(first["AttachedManagedPolicies"]) == 5
    assert first["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Action"] == "s3:List*"
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    rows = list(csv.DictReader(io.StringIO(iam.get_credential_report()["Content"].decode())))
    assert rows[0]["user"] == "<root_account>" and rows[0]["access_key_1_active"] == "true"
    signer = next(row for row in rows if row["user"] == "user-1")
    # Uses show in the other processes within minutes: which one answers here is nobody's to say.
    assert signer["access_key_1_last_used_service"] in ("sts", "N/A") and signer["password_enabled"] == "false", signer
    account = sts.get_caller_identity()["Account"]
    # Uses show at once in the process that served them and within minutes in the others: each client asks one of them.
    assert any(s3_uses(f"arn:aws:iam::{account}:role/role-0") == 1 for _ in range(40))


def s3_uses(arn):
    """How many used S3 by these policies, as one of the processes knows."""
    client = boto3.client("iam")
    report = client.get_service_last_accessed_details(JobId=client.generate_service_last_accessed_details(Arn=arn)["JobId"])
    assert report["JobStatus"] == "COMPLETED"
    [service] = report["ServicesLastAccessed"]
    assert service["ServiceNamespace"] == "s3"
    return service["TotalAuthenticatedEntities"]


PARTS = (keys, people, sessions, objects, transfers, trail, reports)
for part in PARTS:
    part()
    print(f"{part.__name__} done", flush=True)
print(f"ok: {len(PARTS)} of {len(PARTS)} parts")
