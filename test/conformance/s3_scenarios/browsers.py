"""What browsers ask: preflights, pages of other origins, websites."""

import uuid
from urllib.parse import urlsplit

from .player import answer, bucket, s3
from .raw import ENDPOINT, send, tree, url_of, with_headers

EVERYBODY = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}


def public(**arguments):
    """A bucket that lets lists of access be set, and everybody write."""
    name = bucket(ObjectOwnership="ObjectWriter")
    s3.delete_public_access_block(Bucket=name)
    s3.put_bucket_acl(Bucket=name, ACL="public-read-write", **arguments)
    return name


def shown(name, key, body, **arguments):
    s3.put_object(Bucket=name, Key=key, Body=body, ACL="public-read", **arguments)
    return url_of(name, key)


def cors_rules(name, *rules):
    return answer(s3.put_bucket_cors, Bucket=name, CORSConfiguration={"CORSRules": list(rules)})


def read_rules(name):
    return answer(s3.get_bucket_cors, Bucket=name)


def preflight(url, origin=None, method=None, headers=None):
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return send("OPTIONS", url, {name: value for name, value in asked.items() if value})


def test_cors_http_options_no_config():
    url = shown(public(), "test-cors-options-no-config", "cors-test")
    return {
        "options-no-origin": tree(preflight(url)),
        "options-with-origin-and-method": tree(preflight(url, "whatever", "PUT")),
        "options-with-origin-no-method": tree(preflight(url, "whatever")),
    }


def test_cors_http_get_no_config():
    """Nothing is recorded of it but that an origin changes nothing."""
    url = shown(public(), "test-cors-get-no-config", "cors-test")
    for headers in ({}, {"Origin": "whatever"}):
        page = send("GET", url, headers)
        assert (page.status, page.data) == (200, b"cors-test")
        assert not any(name.lower().startswith("access-control") for name in page.headers)
    return {}


def test_cors_http_options_non_existent_bucket():
    url = url_of(f"nowhere-{uuid.uuid4()}", "key")
    return {"options-no-origin": tree(preflight(url)), "options-with-origin": tree(preflight(url, "whatever"))}


def test_cors_options_fails_partial_origin():
    name = public()
    cors_rules(name, {"AllowedOrigins": ["http://*.origin.com"], "AllowedMethods": ["GET"], "AllowedHeaders": ["*"]})
    refused = preflight(url_of(name), "http://test.origin.com/", "GET")
    return {"options_fails_partial_origin": with_headers(refused)}


def test_cors_expose_headers():
    name = public()
    cors_rules(name, EVERYBODY | {"ExposeHeaders": ["x-amz-id-2", "x-amz-request-id", "x-amz-request-payer"]})
    url = shown(name, "test-cors-expose", "test-cors")
    return {"opt-get": with_headers(preflight(url, "localhost:4566", "GET"))}


def test_put_cors_default_values():
    name = public()
    cors_rules(name, EVERYBODY)
    url = shown(name, "test-cors-default", "test-cors")
    return {
        "opt-get": with_headers(preflight(url, "localhost:4566", "GET")),
        "opt-get-headers": with_headers(preflight(url, "localhost:4566", "GET", "x-amz-request-payer")),
    }


def test_get_cors():
    name = bucket()
    absent = read_rules(name)
    cors_rules(name, EVERYBODY)
    return {"get-cors-no-set": absent, "get-cors-after-set": read_rules(name)}


def test_put_cors():
    name = bucket()
    rule = {
        "AllowedOrigins": ["https://test.com", "https://app.test.com", "http://test.com:80"],
        "AllowedMethods": ["GET", "PUT", "HEAD"],
        "AllowedHeaders": ["x-amz-expected-bucket-owner", "x-amz-server-side-encryption-customer-algorithm"],
        "MaxAgeSeconds": 3000,
    }
    return {"put-cors": cors_rules(name, rule), "get-cors": read_rules(name)}


def test_put_cors_invalid_rules():
    name = bucket()
    unknown = {"AllowedOrigins": ["*", "https://test.com"], "AllowedMethods": ["GET", "PUT", "HEAD", "MYMETHOD"]}
    return {"put-cors-exc": cors_rules(name, unknown), "put-cors-exc-empty": cors_rules(name)}


def test_put_cors_empty_origin():
    name = bucket()
    cors_rules(name, {"AllowedOrigins": [""], "AllowedMethods": ["GET", "PUT", "HEAD"]})
    return {"get-cors-empty": read_rules(name)}


def test_delete_cors():
    name = bucket()
    before = answer(s3.delete_bucket_cors, Bucket=name)
    return {
        "delete-cors-before-set": before,
        "put-cors": cors_rules(name, EVERYBODY),
        "get-cors": read_rules(name),
        "delete-cors": answer(s3.delete_bucket_cors, Bucket=name),
        "get-cors-deleted": read_rules(name),
    }


INDEX = {"IndexDocument": {"Suffix": "index.html"}}
WITH_ERROR_PAGE = INDEX | {"ErrorDocument": {"Key": "error.html"}}


def configured(name, configuration):
    return answer(s3.put_bucket_website, Bucket=name, WebsiteConfiguration=configuration)


def visit(name, path="/", method="GET", body=None):
    """A page at a website's host, which is a name of its own: the address stays the server's."""
    headers = {"Host": f"{name}.s3-website-us-east-1.{urlsplit(ENDPOINT).netloc}"}
    return send(method, f"{ENDPOINT}{path}", headers, body)


def text(response, status=404):
    assert response.status == status, response.status
    return response.data.decode()


def test_website_hosting_no_such_website():
    name = public()
    return {
        "no-such-bucket": text(visit(f"nowhere-{uuid.uuid4()}")),
        "no-such-website-config": text(visit(name)),
        "no-such-website-config-key": text(visit(name, "/actual/key.html")),
    }


def test_website_hosting_http_methods():
    name = public()
    configured(name, INDEX)
    steps = {
        "not-allowed-post": {"content": text(visit(name, method="POST", body="test"), 405)},
        "not-allowed-delete": {"content": text(visit(name, method="DELETE"), 405)},
    }
    configured(name, WITH_ERROR_PAGE)
    shown(name, "error.html", "error", ContentType="text/html")
    assert text(visit(name, method="POST", body="test"), 405) != "error"
    return steps


def test_website_hosting_index_lookup():
    name = public()
    configured(name, INDEX)
    for key in ("index.html", "directory/index.html"):
        shown(name, key, "index", ContentType="text/html")
    assert text(visit(name), 200) == "index"
    moved = visit(name, "/directory")
    assert (moved.status, moved.headers["Location"]) == (302, "/directory/")
    assert text(visit(name, "/directory/"), 200) == "index"
    return {
        "404-no-trailing-slash": text(visit(name, "/directory-wrong")),
        "404-with-trailing-slash": text(visit(name, "/directory-wrong/")),
    }


def test_website_hosting_404():
    name = public()
    configured(name, INDEX)
    steps = {"404-no-such-key": text(visit(name))}
    configured(name, WITH_ERROR_PAGE)
    steps["404-no-such-key-nor-custom"] = text(visit(name))
    shown(name, "error.html", "error", ContentType="text/html")
    assert text(visit(name)) == "error"
    return steps


def test_validate_website_configuration():
    name = bucket()
    routed = lambda **rule: INDEX | {"RoutingRules": [rule]}  # noqa: E731
    wrong = (
        {"IndexDocument": {"Suffix": "/index.html"}},
        {"IndexDocument": {"Suffix": ""}},
        {"RedirectAllRequestsTo": {"HostName": "test"}, "IndexDocument": {"Suffix": "/index.html"}},
        {"ErrorDocument": {"Key": "/index.html"}},
        routed(Redirect={"Protocol": "protocol"}),
        routed(Redirect={"ReplaceKeyPrefixWith": "prefix", "ReplaceKeyWith": "key-name"}),
        routed(Redirect={"ReplaceKeyPrefixWith": "prefix"}, Condition={}),
        INDEX | {"RoutingRules": []},
    )
    return {f"invalid-website-conf-{n}": configured(name, each) for n, each in enumerate(wrong)}
