"""Requests as no SDK sends them: with a presigned URL, signed by hand or not at all; and their answers in the recordings' shape."""

import os
from xml.etree import ElementTree

import boto3
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from .player import REGION, client

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
POOL = urllib3.PoolManager(maxsize=4)
CREDENTIALS = boto3.Session().get_credentials()
# The recordings' client wrote these small, and left the others as they came.
SMALL = ("Date", "Server", "Accept-Ranges")


def send(method, url, headers=None, body=None, **options):
    return POOL.request(method, url, headers=headers or {}, body=body, redirect=False, retries=False, **options)


def url_of(bucket, key="", query=""):
    return f"{ENDPOINT}/{bucket}" + (f"/{key}" if key else "") + (f"?{query}" if query else "")


def signed_get(url):
    request = AWSRequest("GET", url, headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
    SigV4Auth(CREDENTIALS, "s3", REGION).add_auth(request)
    return send("GET", url, dict(request.headers))


def tree(response):
    """An answer's XML as nested members; an element that is there several times is a list, an empty one None."""
    root = ElementTree.fromstring(response.data)
    return {local(root): members(root)}


def members(element):
    if len(element) == 0:
        return element.text
    found = {}
    for child in element:
        found.setdefault(local(child), []).append(members(child))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def local(element):
    return element.tag.rpartition("}")[2]


def with_status(response):
    return (tree(response) if response.data else {}) | {"StatusCode": response.status}


def with_headers(response):
    headers = {name.lower() if name in SMALL else name: value for name, value in response.headers.items()}
    body = tree(response) if "xml" in response.headers.get("Content-Type", "") else response.data.decode()
    return {"StatusCode": response.status, "Headers": headers, "Body": body}


def signer(version, virtual=False):
    """A client whose URLs are signed in that version: `s3` is the second, `s3v4` the fourth."""
    return client(signature_version=version, s3={"addressing_style": "virtual" if virtual else "path"})
