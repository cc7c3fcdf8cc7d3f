import base64
import hashlib
import uuid

from .player import ELSEWHERE, answer, bucket, client, complete, kms, s3

KMS = {"ServerSideEncryption": "aws:kms"}


def rule(algorithm, key=None, **more):
    by_default = {"SSEAlgorithm": algorithm} | ({"KMSMasterKeyID": key} if key else {})
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": by_default, **more}]}


def put_rule(name, *arguments, **more):
    configuration = rule(*arguments, **more)
    return answer(s3.put_bucket_encryption, Bucket=name, ServerSideEncryptionConfiguration=configuration)


def new_key():
    return kms.create_key()["KeyMetadata"]["KeyId"]


def test_s3_default_bucket_encryption():
    name = bucket()
    return {
        "default-bucket-encryption": answer(s3.get_bucket_encryption, Bucket=name),
        "delete-bucket-encryption": answer(s3.delete_bucket_encryption, Bucket=name),
        "delete-bucket-encryption-idempotent": answer(s3.delete_bucket_encryption, Bucket=name),
        # Recorded as an empty answer: what it shows is that there is one.
        "get-bucket-no-encryption": {"ResponseMetadata": answer(s3.get_bucket_encryption, Bucket=name)["ResponseMetadata"]},
    }


def test_s3_default_bucket_encryption_exc():
    name, nowhere = bucket(), f"nowhere-{uuid.uuid4()}"
    one = rule("AES256")["Rules"]

    def put(bucket_name, rules):
        rules = {"Rules": rules}
        return answer(s3.put_bucket_encryption, Bucket=bucket_name, ServerSideEncryptionConfiguration=rules)

    return {
        "delete-bucket-enc-no-bucket": answer(s3.delete_bucket_encryption, Bucket=nowhere),
        "get-bucket-enc-no-bucket": answer(s3.get_bucket_encryption, Bucket=nowhere),
        "put-bucket-enc-no-bucket": put(nowhere, one),
        "put-bucket-encryption-no-rules": put(name, []),
        "put-bucket-encryption-two-rules": put(name, one * 2),
        "put-bucket-encryption-kms-with-aes": put(name, rule("AES256", "some-key")["Rules"]),
    }


def test_s3_bucket_encryption_sse_s3():
    place = {"Bucket": bucket(), "Key": "key"}
    return {
        "put-bucket-enc": put_rule(place["Bucket"], "AES256", BucketKeyEnabled=True),
        "put-object-encrypted": answer(s3.put_object, **place, Body="test-encrypted"),
        "head-object-encrypted": answer(s3.head_object, **place),
        "get-object-encrypted": answer(s3.get_object, **place),
    }


def test_s3_bucket_encryption_sse_kms():
    place, key = {"Bucket": bucket(), "Key": "key"}, new_key()
    return {
        "put-bucket-enc": put_rule(place["Bucket"], "aws:kms", key, BucketKeyEnabled=True),
        "get-bucket-enc": answer(s3.get_bucket_encryption, Bucket=place["Bucket"]),
        "put-object-encrypted": answer(s3.put_object, **place, Body="test-encrypted"),
        "head-object-encrypted": answer(s3.head_object, **place),
        "get-object-encrypted": answer(s3.get_object, **place),
        "put-bucket-enc-bucket-key-disabled": put_rule(place["Bucket"], "aws:kms", key, BucketKeyEnabled=False),
        "put-object-encrypted-bucket-key-disabled": answer(
            s3.put_object, Bucket=place["Bucket"], Key="other", Body="test-encrypted"
        ),
    }


def test_s3_sse_bucket_key_default():
    name, key = bucket(), new_key()
    before, after = {"Bucket": name, "Key": "before"}, {"Bucket": name, "Key": "after"}
    return {
        "put-obj-default-before-setting": answer(s3.put_object, **before, Body="test-sse"),
        "get-obj-default-before-setting": answer(s3.get_object, **before),
        "put-bucket-encryption": put_rule(name, "aws:kms", key, BucketKeyEnabled=True),
        "get-bucket-encryption": answer(s3.get_bucket_encryption, Bucket=name),
        "get-obj-default-after-setting": answer(s3.get_object, **before),
        "put-obj-after-setting": answer(s3.put_object, **after, Body="test-sse"),
        "get-obj-after-setting": answer(s3.get_object, **after),
    }


def test_s3_sse_default_kms_key():
    one, two = {"Bucket": bucket(), "Key": "key"}, {"Bucket": bucket(), "Key": "key"}
    ruled = {"Bucket": one["Bucket"], "Key": "by-rule"}
    return {
        "put-obj-default-kms-s3-key": answer(s3.put_object, **one, Body="test-sse", **KMS),
        "get-obj-default-kms-s3-key": answer(s3.get_object, **one),
        "put-obj-default-kms-s3-key-bucket-2": answer(s3.put_object, **two, Body="test-sse", **KMS),
        "get-obj-default-kms-s3-key-bucket-2": answer(s3.get_object, **two),
        "put-bucket-encryption-default-kms-s3-key": put_rule(one["Bucket"], "aws:kms", BucketKeyEnabled=True),
        "get-bucket-encryption-default-kms-s3-key": answer(s3.get_bucket_encryption, Bucket=one["Bucket"]),
        "put-obj-default-kms-s3-key-from-bucket": answer(s3.put_object, **ruled, Body="test-sse"),
        "get-obj-default-kms-s3-key-from-bucket": answer(s3.get_object, **ruled),
    }


def test_s3_sse_validate_kms_key():
    place = {"Bucket": bucket(), "Key": "key"}
    s3.put_object(**place, Body="test-sse")
    made = client("kms", ELSEWHERE).create_key(Description=f"described {uuid.uuid4()}")["KeyMetadata"]
    absent = "134f2428-cec1-4b25-a1ae-9048164dba47"
    account = made["AWSAccountId"]

    def put(key):
        return answer(s3.put_object, **place, Body="x", SSEKMSKeyId=key, **KMS)

    copy = {"CopySource": f"{place['Bucket']}/{place['Key']}", "SSEKMSKeyId": "fake-key-id", **KMS}
    shown = made | {"CreationDate": made["CreationDate"].isoformat()}
    return {
        "create-kms-key": shown,
        "put-obj-wrong-kms-key": put("fake-key-id"),
        "put-obj-wrong-kms-key-real-uuid": put(absent),
        "put-obj-wrong-kms-key-real-uuid-arn": put(f"arn:aws:kms:us-east-1:{account}:key/{absent}"),
        "put-obj-different-region-kms-key": put(made["Arn"]),
        "put-obj-different-region-kms-key-no-arn": put(made["KeyId"]),
        "copy-obj-wrong-kms-key": answer(s3.copy_object, **place, **copy),
        "create-multipart-wrong-kms-key": answer(
            s3.create_multipart_upload, **place, SSEKMSKeyId="fake-key-id", **KMS
        ),
    }


def test_copy_in_place_with_bucket_encryption():
    place = {"Bucket": bucket(), "Key": "key"}
    source = f"{place['Bucket']}/{place['Key']}"
    return {
        "put-bucket-encryption": put_rule(place["Bucket"], "AES256", BucketKeyEnabled=True),
        "put-obj": answer(s3.put_object, **place, Body=""),
        "copy-obj": answer(s3.copy_object, **place, CopySource=source),
    }


def test_s3_copy_object_in_place_with_encryption():
    place = {"Bucket": bucket(), "Key": "key"}
    copy = {**place, "CopySource": f"{place['Bucket']}/{place['Key']}"}
    put = answer(
        s3.put_object, **place, Body="test", SSEKMSKeyId=new_key(), BucketKeyEnabled=True, **KMS
    )
    return {
        "put-object-with-kms-encryption": put,
        "head-object": answer(s3.head_object, **place),
        "copy-object-in-place-with-sse": answer(s3.copy_object, **copy, **KMS),
        "head-copy-with-sse": answer(s3.head_object, **place),
        "copy-object-in-place-without-kms-sse": answer(s3.copy_object, **copy, ServerSideEncryption="AES256"),
        "head-copy-without-kms-sse": answer(s3.head_object, **place),
        "copy-object-in-place-with-aes": answer(s3.copy_object, **copy, ServerSideEncryption="AES256"),
        "head-copy-with-aes": answer(s3.head_object, **place),
    }


FIRST, SECOND = b"1234567890abcdef" * 2, b"abcdef1234567890" * 2
MEMBERS = ("SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5")


def customer(key, algorithm="AES256", prefix="", md5_of=None):
    """All three members, each as it goes over the wire."""
    md5 = base64.b64encode(hashlib.md5(md5_of or key).digest()).decode()
    values = (algorithm, base64.b64encode(key).decode(), md5)
    return {prefix + member: value for member, value in zip(MEMBERS, values)}


def test_put_object_lifecycle_with_sse_c():
    place, key = {"Bucket": bucket(), "Key": "key"}, customer(FIRST)
    return {
        "put-obj-sse-c": answer(s3.put_object, **place, Body="test_data", **key),
        "head-obj-sse-c": answer(s3.head_object, **place, **key),
        "get-obj-sse-c": answer(s3.get_object, **place, **key),
        "get-obj-attrs-sse-c": answer(
            s3.get_object_attributes, **place, ObjectAttributes=["ETag", "ObjectSize"], **key
        ),
        "del-obj-sse-c": answer(s3.delete_object, **place),
    }


def test_put_object_default_checksum_with_sse_c():
    silent = client(request_checksum_calculation="when_required")
    place, key = {"Bucket": bucket(), "Key": "key"}, customer(FIRST)
    silent.put_object(**place, Body="test data..", **key)
    return {
        "head-obj-sse-c": answer(s3.head_object, **place, ChecksumMode="ENABLED", **key),
        "get-obj-sse-c": answer(s3.get_object, **place, ChecksumMode="ENABLED", **key),
        "get-obj-attrs-sse-c": answer(
            s3.get_object_attributes, **place, ObjectAttributes=["ETag", "Checksum"], **key
        ),
    }


def test_object_retrieval_sse_c():
    place = {"Bucket": bucket(), "Key": "key"}
    put = answer(s3.put_object, **place, Body="test_data", **customer(FIRST))
    wrong = customer(FIRST, "KMS")
    # Without its MD5 boto3 takes the text for the key itself, and writes base64 of base64.
    twice = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": customer(FIRST)["SSECustomerKey"]}
    attributes = {"ObjectAttributes": ["ETag"]}

    def get(key):
        return answer(s3.get_object, **place, **key)

    return {
        "put-obj-sse-c": put,
        "get-obj-no-sse-c": get({}),
        "get-obj-sse-c-no-md5": get(twice),
        "get-obj-sse-c-bad-md5": get(customer(FIRST, md5_of=SECOND)),
        "get-obj-sse-c-wrong-key": get(customer(SECOND)),
        "get-obj-sse-c-wrong-key-size": get(customer(FIRST[:16])),
        "get-obj-sse-c-wrong-algo": get(wrong),
        "head-obj-sse-c-no-md5": answer(s3.head_object, **place, **twice),
        "head-obj-sse-c-wrong-algo": answer(s3.head_object, **place, **wrong),
        "get-obj-attrs-sse-c-wrong-algo": answer(s3.get_object_attributes, **place, **attributes, **wrong),
    }


def test_copy_object_with_sse_c():
    place = {"Bucket": bucket(), "Key": "key"}
    copy = {"Bucket": place["Bucket"], "Key": "copy", "CopySource": f"{place['Bucket']}/{place['Key']}"}
    key, source = customer(FIRST), customer(FIRST, prefix="CopySource")
    wrong_source = customer(FIRST, "KMS", "CopySource")

    def copied(*members, **more):
        return answer(s3.copy_object, **copy, **{k: v for each in members for k, v in each.items()}, **more)

    return {
        "put-obj-sse-c": answer(s3.put_object, **place, Body="test_data", **key),
        "copy-obj-no-src-sse-c": copied(),
        "copy-obj-wrong-src-sse-c-algo": copied(wrong_source),
        "copy-obj-wrong-target-sse-c-algo": copied(source, customer(FIRST, "KMS")),
        "copy-obj-target-double-encryption": copied(source, key, ServerSideEncryption="AES256"),
        "copy-obj-sse-c-target-no-sse-c": copied(source),
        "copy-obj-sse-c": copied(source, key),
        "get-obj-no-sse-c-param": answer(s3.get_object, Bucket=copy["Bucket"], Key=copy["Key"]),
    }


def test_multipart_upload_sse_c():
    place, key = {"Bucket": bucket(), "Key": "test-sse-c-multipart"}, customer(FIRST)
    steps = {"create-mpu-sse-c": answer(s3.create_multipart_upload, **place, **key)}
    upload = steps["create-mpu-sse-c"]["UploadId"]
    for at in range(3):
        body = b"a" * (5 * 1024 * 1024 + 1)
        part = {"UploadId": upload, "PartNumber": at + 1, "Body": body}
        steps[f"upload-part-{at}"] = answer(s3.upload_part, **place, **part, **key)
    steps["list-parts"] = answer(s3.list_parts, **place, UploadId=upload)
    etags = [steps[f"upload-part-{at}"]["ETag"] for at in range(3)]
    steps["complete-multipart-checksum"] = answer(s3.complete_multipart_upload, **complete(place, upload, *etags))
    got = answer(s3.get_object, **place, **key)
    assert got["Body"] == "a" * 3 * (5 * 1024 * 1024 + 1)
    steps["get-obj-sse-c"] = got | {"Body": ""}
    steps["get-obj-no-sse-c-param"] = answer(s3.get_object, **place)
    return steps


def test_sse_c_with_versioning():
    place = {"Bucket": bucket(), "Key": "key"}
    s3.put_bucket_versioning(Bucket=place["Bucket"], VersioningConfiguration={"Status": "Enabled"})
    one, two = customer(FIRST), customer(SECOND)
    first = answer(s3.put_object, **place, Body="version1", **one)
    second = answer(s3.put_object, **place, Body="version2", **two)

    def get(key, **version):
        return answer(s3.get_object, **place, **key, **version)

    return {
        "put-obj-sse-c-version-1": first,
        "put-obj-sse-c-version-2": second,
        "get-obj-sse-c-version-1": get(one, VersionId=first["VersionId"]),
        "get-obj-sse-c-version-2": get(two, VersionId=second["VersionId"]),
        "get-obj-sse-c-last-version": get(two),
        "get-obj-sse-c-last-version-wrong-key": get(one),
    }
