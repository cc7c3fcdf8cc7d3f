"""Walks an organization with boto3. Usage: boto3_organizations.py UNIT DEV OPS, with the server in the environment."""

import json
import sys

import boto3
from botocore.exceptions import ClientError

unit, dev, ops = sys.argv[1:]
client = boto3.client("organizations")


def everything(operation, member, **arguments):
    pages = client.get_paginator(operation).paginate(PaginationConfig={"PageSize": 1}, **arguments)
    return [item for page in pages for item in page[member]]


def refused(operation, **arguments):
    try:
        getattr(client, operation)(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response.get("Reason")
    raise AssertionError(f"{operation} was not refused")


organization = client.describe_organization()["Organization"]
management = organization["MasterAccountId"]
accounts = everything("list_accounts", "Accounts")
assert {each["Id"] for each in accounts} == {management, dev, ops}, accounts
root = everything("list_roots", "Roots")[0]["Id"]
assert [each["Id"] for each in everything("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=root)] == [unit]
assert everything("list_parents", "Parents", ChildId=dev) == [{"Id": root, "Type": "ROOT"}]

content = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]}
policy = {"Name": "boto3", "Description": "d", "Type": "SERVICE_CONTROL_POLICY", "Content": json.dumps(content)}
made = client.create_policy(**policy, Tags=[{"Key": "team", "Value": "blue"}])["Policy"]["PolicySummary"]["Id"]
assert refused("create_policy", **policy)[0] == "DuplicatePolicyException"
assert refused("create_policy", **{**policy, "Name": "x", "Content": "{}"})[0] == "MalformedPolicyDocumentException"
client.attach_policy(PolicyId=made, TargetId=dev)
assert refused("attach_policy", PolicyId=made, TargetId=dev)[0] == "DuplicatePolicyAttachmentException"
assert refused("delete_policy", PolicyId=made)[0] == "PolicyInUseException"
names = [each["Name"] for each in everything("list_policies_for_target", "Policies", TargetId=dev, Filter=policy["Type"])]
assert sorted(names) == ["FullAWSAccess", "boto3"], names
client.detach_policy(PolicyId=made, TargetId=dev)
last = refused("detach_policy", PolicyId="p-FullAWSAccess", TargetId=dev)
assert last == ("ConstraintViolationException", "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"), last
assert client.list_tags_for_resource(ResourceId=made)["Tags"] == [{"Key": "team", "Value": "blue"}]
client.delete_policy(PolicyId=made)
assert refused("describe_account", AccountId="999999999999")[0] == "AccountNotFoundException"
assert refused("describe_account", AccountId="99999999999")[0] == "InvalidInputException"
print("done")
