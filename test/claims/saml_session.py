"""boto3 with nothing but a SAML assertion: what its role may read, and what it may not."""
import sys

import boto3
from botocore.exceptions import ClientError

role, provider, assertion, own, neighbour = sys.argv[1:]
with open(assertion, encoding="ascii") as file:
    text = file.read()

answer = boto3.client("sts").assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion=text)
credentials = answer["Credentials"]
session = boto3.Session(
    aws_access_key_id=credentials["AccessKeyId"],
    aws_secret_access_key=credentials["SecretAccessKey"],
    aws_session_token=credentials["SessionToken"],
)
s3 = session.client("s3")
assert s3.get_object(Bucket=own, Key="note")["Body"].read() == b"for readers"
try:
    s3.get_object(Bucket=neighbour, Key="note")
except ClientError as error:
    assert error.response["Error"]["Code"] == "AccessDenied", error
else:
    raise AssertionError("the neighbour was read")
print(session.client("sts").get_caller_identity()["Arn"])
