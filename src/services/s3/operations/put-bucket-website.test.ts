import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const Bucket = BUCKET;
const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

const WebsiteConfiguration = { IndexDocument: { Suffix: "index.html" } };
const put = (configuration: object, parts: object = {}) =>
  house.call("PutBucketWebsite", { Bucket, WebsiteConfiguration: configuration }, parts);

const rule = (parts: object) => ({ ...WebsiteConfiguration, RoutingRules: [parts] });
const WRONG: readonly (readonly [string, object, string])[] = [
  ["no index", {}, "InvalidArgument"],
  ["an index in a folder", { IndexDocument: { Suffix: "a/b" } }, "InvalidArgument"],
  [
    "a redirect of all beside an index",
    { ...WebsiteConfiguration, RedirectAllRequestsTo: { HostName: "a" } },
    "InvalidArgument",
  ],
  ["a redirect to nowhere", { RedirectAllRequestsTo: {} }, "MalformedXML"],
  ["another protocol", { RedirectAllRequestsTo: { HostName: "a", Protocol: "ftp" } }, "InvalidRequest"],
  ["a rule without a redirect", rule({}), "MalformedXML"],
  ["an empty condition", rule({ Condition: {}, Redirect: { HostName: "a" } }), "InvalidRequest"],
  [
    "a redirect by no redirect's status",
    rule({ Redirect: { HostName: "a", HttpRedirectCode: "200" } }),
    "InvalidRequest",
  ],
  [
    "more rules than a website holds",
    { ...WebsiteConfiguration, RoutingRules: Array(51).fill({ Redirect: { HostName: "a" } }) },
    "MalformedXML",
  ],
];

test("a website is kept as it was given; a wrong one leaves the old one", async () => {
  await assert.rejects(put(WebsiteConfiguration, nobody), Denied);
  await put(WebsiteConfiguration);
  for (const [what, configuration, name] of WRONG) await assert.rejects(put(configuration), code(name), what);
  assert.deepEqual(await house.call("GetBucketWebsite", { Bucket }), WebsiteConfiguration);
});
