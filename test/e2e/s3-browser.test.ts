/** What browsers do with S3: forms, pages of other sites, websites. Answers are held against recorded ones of AWS. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as sdk from "@aws-sdk/client-s3";
import { type Clients, clientsOf } from "../harness/clients.js";
import { newUser } from "../harness/people.js";
import { anotherField, type PostForm, sendForm } from "../harness/post-form.js";
import { type Answer, codeIn, messageIn, sendPlain } from "../harness/raw.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("s3-browser");
const Bucket = "for.browsers";
let server: Server;
let root: Clients;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data`, workers: 1 });
  root = clientsOf(server);
  await root.s3.send(new sdk.CreateBucketCommand({ Bucket }));
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const elementIn = ({ text }: Answer, name: string) => text.match(new RegExp(`<${name}>([^<]*)</${name}>`))?.[1];
const textOf = async (Key: string) =>
  (await root.s3.send(new sdk.GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

test("a form uploads what its policy lets it, with headers, tags and metadata", async () => {
  const fields = {
    key: "up/${filename}",
    acl: "bucket-owner-full-control",
    "Content-Type": "text/x-test",
    "Cache-Control": "no-store",
    "x-amz-meta-Test-1": "one",
    "x-amz-server-side-encryption": "AES256",
    tagging: "<Tagging><TagSet><Tag><Key>a+b&#58;c</Key><Value>1</Value></Tag></TagSet></Tagging>",
  };
  const answer = await sendForm(server, {
    bucket: Bucket,
    fields,
    conditions: [["starts-with", "$key", "up/"]],
    fileName: "C:\\here\\x.txt",
    file: "hello",
  });
  assert.equal(answer.status, 204, answer.text);
  assert.equal(answer.headers["etag"], '"5d41402abc4b2a76b9719d911017c592"');
  assert.equal(answer.headers["x-amz-server-side-encryption"], "AES256");
  const head = await root.s3.send(new sdk.HeadObjectCommand({ Bucket, Key: "up/x.txt" }));
  assert.equal(head.ContentType, "text/x-test");
  assert.equal(head.CacheControl, "no-store");
  assert.deepEqual(head.Metadata, { "test-1": "one" });
  const { TagSet } = await root.s3.send(new sdk.GetObjectTaggingCommand({ Bucket, Key: "up/x.txt" }));
  assert.deepEqual(TagSet, [{ Key: "a+b:c", Value: "1" }]);
});

test("the form says how it wants to be answered, and what stands behind the file is ignored", async () => {
  const created = await sendForm(server, {
    bucket: Bucket,
    fields: { key: "a b", success_action_status: "201" },
    file: Buffer.alloc(300_000, "x"),
    behind: anotherField("submit", "Go"),
  });
  assert.equal(created.status, 201);
  assert.equal(elementIn(created, "Key"), "a b");
  assert.match(elementIn(created, "Location") ?? "", /\/for\.browsers\/a%20b$/);
  assert.equal((await textOf("a b"))?.length, 300_000);
  const fields = { key: "r", success_action_redirect: "http://example.com/done?x=1" };
  const redirected = await sendForm(server, { bucket: Bucket, fields });
  assert.equal(redirected.status, 303);
  const url = new URL(String(redirected.headers["location"]));
  assert.deepEqual([...url.searchParams.keys()], ["x", "bucket", "key", "etag"]);
  const wrong = await sendForm(server, { bucket: Bucket, fields: { key: "s", success_action_status: "302" } });
  assert.equal(wrong.status, 204);
});

const REFUSED: readonly (readonly [what: string, form: Partial<PostForm>, code: string, message: RegExp])[] = [
  [
    "an expired policy",
    { expiration: "2020-01-01T00:00:00Z" },
    "AccessDenied",
    /^Invalid according to Policy: Policy expired\.$/,
  ],
  [
    "a policy without an end",
    { expiration: "soon" },
    "InvalidPolicyDocument",
    /^Invalid Policy: Invalid 'expiration' value: 'soon'$/,
  ],
  [
    "a field that the policy does not name",
    { changed: { "x-amz-meta-more": "1" } },
    "AccessDenied",
    /^Invalid according to Policy: Extra input fields: x-amz-meta-more$/,
  ],
  [
    "a field that is not as the policy says",
    { changed: { key: "other" } },
    "AccessDenied",
    /^Invalid according to Policy: Policy Condition failed: \[(?:"|&quot;)eq/,
  ],
  [
    "a key that begins otherwise",
    { conditions: [["starts-with", "$key", "u/"]] },
    "AccessDenied",
    /Policy Condition failed: \[(?:"|&quot;)starts-with/,
  ],
  ["a condition of an unknown kind", { conditions: [["like", "$key", "k"]] }, "InvalidPolicyDocument", /like/],
  ["a condition of two fields", { conditions: [{ a: "b", c: "d" }] }, "InvalidPolicyDocument", /exactly one property/],
  [
    "a range that is none",
    { conditions: [["content-length-range", "test", "10"]] },
    "AccessDenied",
    /Policy Condition failed: \[(?:"|&quot;)content-length-range(?:"|&quot;), (?:"|&quot;)test(?:"|&quot;), (?:"|&quot;)10(?:"|&quot;)\]$/,
  ],
  [
    "a file that is too large",
    { conditions: [["content-length-range", 0, 5]] },
    "EntityTooLarge",
    /exceeds the maximum/,
  ],
  [
    "a file that is too small",
    { conditions: [["content-length-range", 50, 99]] },
    "EntityTooSmall",
    /smaller than the minimum/,
  ],
  [
    "no signature",
    { changed: { "x-amz-signature": undefined } },
    "InvalidArgument",
    /field named 'X-Amz-Signature'\. {2}If it is/,
  ],
  ["a wrong signature", { changed: { "x-amz-signature": "0".repeat(64) } }, "SignatureDoesNotMatch", /does not match/],
  ["a changed policy", { changed: { policy: "e30=" } }, "SignatureDoesNotMatch", /does not match/],
  [
    "a key of nobody",
    { credentials: { accessKeyId: "AKIANOBODYNOBODYNOBO", secretAccessKey: "x" } },
    "InvalidAccessKeyId",
    /./,
  ],
  ["no key", { fields: {} }, "InvalidArgument", /field named 'key'/],
  ["an empty key", { fields: { key: "" } }, "InvalidArgument", /User key must have a length greater than 0/],
  [
    "fields without end",
    { fields: { key: "k", "x-amz-meta-a": "y".repeat(21_000) } },
    "MaxPostPreDataLengthExceededError",
    /too large/,
  ],
  ["no form in the body", { behind: "" }, "MalformedPOSTRequest", /not well-formed multipart/],
  ["no signature at all", { signed: false }, "AccessDenied", /^Access Denied$/],
  ["tags that are no XML", { fields: { key: "k", tagging: "not-xml" } }, "MalformedXML", /./],
  [
    "an encryption that is none",
    { fields: { key: "k", "x-amz-server-side-encryption": "rot13" } },
    "InvalidArgument",
    /./,
  ],
];

test("each wrong form is refused in S3's words, and nothing is stored", async () => {
  for (const [what, form, code, message] of REFUSED) {
    const answer = await sendForm(server, { bucket: Bucket, fields: { key: "k" }, ...form });
    assert.equal(codeIn(answer), code, `${what}: ${answer.text}`);
    assert.match(messageIn(answer), message, what);
  }
  await assert.rejects(textOf("k"), sdk.NoSuchKey);
  const sizes = await sendForm(server, {
    bucket: Bucket,
    fields: { key: "k" },
    conditions: [["content-length-range", 0, 5]],
    file: "x".repeat(12),
  });
  assert.deepEqual([elementIn(sizes, "ProposedSize"), elementIn(sizes, "MaxSizeAllowed")], ["12", "5"]);
  const plain = await sendPlain(
    server,
    "POST",
    `/${Bucket}`,
    { host: `127.0.0.1:${server.port}`, "content-type": "text/plain" },
    "x",
  );
  assert.equal(plain.status, 412);
});

test("a form is as good as its signer: no more than the signer may, also through a session", async () => {
  const user = await newUser(server, root, "form-signer", {
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${Bucket}/mine/*`,
  });
  const form = (key: string) => ({ bucket: Bucket, fields: { key }, credentials: user.credentials });
  assert.equal((await sendForm(server, form("mine/a"))).status, 204);
  assert.equal(codeIn(await sendForm(server, form("yours/a"))), "AccessDenied");
});

const options = (path: string, headers: Record<string, string>) =>
  sendPlain(server, "OPTIONS", path, { host: `127.0.0.1:${server.port}`, ...headers });
const preflight = (path: string, origin: string, method: string, more: Record<string, string> = {}) =>
  options(path, { origin, "access-control-request-method": method, ...more });
const cors = (...CORSRules: sdk.CORSRule[]) =>
  root.s3.send(new sdk.PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));

test("a preflight without rules is refused as AWS refuses it", async () => {
  const none = await options(`/${Bucket}`, {});
  assert.deepEqual([none.status, codeIn(none)], [400, "BadRequest"]);
  assert.equal(messageIn(none), "Insufficient information. Origin request header needed.");
  const asked = await preflight(`/${Bucket}`, "https://a.example", "PUT");
  assert.equal(asked.status, 403);
  assert.deepEqual(
    [codeIn(asked), messageIn(asked), elementIn(asked, "Method"), elementIn(asked, "ResourceType")],
    ["AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.", "PUT", "BUCKET"],
  );
  const missing = await options("/no-such-bucket-here", { origin: "https://a.example" });
  assert.deepEqual([messageIn(missing), elementIn(missing, "Method")], ["CORSResponse: Bucket not found", "OPTIONS"]);
});

test("rules that cannot be are refused, and the first that fits answers", async () => {
  const rule = { AllowedMethods: ["GET"], AllowedOrigins: ["*"] };
  const wrong: readonly (readonly [sdk.CORSRule[], string, RegExp])[] = [
    [[], "MalformedXML", /not well-formed/],
    [
      [{ ...rule, AllowedMethods: ["MYMETHOD"] }],
      "InvalidRequest",
      /^Found unsupported HTTP method in CORS config\. Unsupported method is MYMETHOD$/,
    ],
    [[{ ...rule, AllowedOrigins: ["http://*.*"] }], "InvalidRequest", /can not have more than one wildcard\.$/],
    [[{ ...rule, AllowedHeaders: ["*-*"] }], "InvalidRequest", /can not have more than one wildcard\.$/],
    [[{ ...rule, ExposeHeaders: ["x-*"] }], "InvalidRequest", /contains wildcard/],
    [Array.from({ length: 101 }, () => rule), "InvalidRequest", /100/],
  ];
  for (const [rules, name, message] of wrong) await assert.rejects(cors(...rules), { name, message });
  await cors(
    {
      ...rule,
      AllowedOrigins: ["https://*.one.example"],
      AllowedMethods: ["PUT", "GET"],
      AllowedHeaders: ["X-Amz-*"],
      MaxAgeSeconds: 30,
      ExposeHeaders: ["ETag", "x-amz-id-2"],
    },
    { AllowedMethods: ["GET"], AllowedOrigins: ["*"] },
  );
  const put = await preflight(`/${Bucket}/k`, "https://a.one.example", "PUT", {
    "access-control-request-headers": "x-amz-date, X-Amz-Meta-A",
  });
  assert.equal(put.status, 200, put.text);
  assert.equal(put.text, "");
  const told = Object.fromEntries(Object.entries(put.headers).filter(([name]) => /^(access-control|vary)/.test(name)));
  assert.deepEqual(told, {
    "access-control-allow-credentials": "true",
    "access-control-allow-headers": "x-amz-date, x-amz-meta-a",
    "access-control-allow-methods": "PUT, GET",
    "access-control-allow-origin": "https://a.one.example",
    "access-control-expose-headers": "ETag, x-amz-id-2",
    "access-control-max-age": "30",
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  });
  const get = await preflight(`/${Bucket}/k`, "https://other.example", "GET");
  assert.equal(get.headers["access-control-allow-origin"], "*");
  assert.equal(get.headers["access-control-allow-credentials"], undefined);
  for (const [origin, method, header] of [
    ["https://other.example", "PUT", ""],
    ["https://one.example", "PUT", ""],
    ["https://a.one.example.evil", "PUT", ""],
    ["https://a.one.example", "PUT", "authorization"],
  ] as const) {
    const refused = await preflight(`/${Bucket}/k`, origin, method, { "access-control-request-headers": header });
    assert.equal(refused.status, 403);
    assert.match(messageIn(refused), /^CORSResponse: This CORS request is not allowed\. .*evalution of Origin/);
    assert.equal(elementIn(refused, "ResourceType"), "OBJECT");
  }
  assert.equal((await preflight(`/${Bucket}/k`, "https://a.one.example", "PATCH")).status, 400);
});

test("an actual request's answer carries the rule's headers, also when it is a refusal", async () => {
  const get = (origin: string) =>
    sendPlain(server, "GET", `/${Bucket}/k`, { host: `127.0.0.1:${server.port}`, origin });
  const refused = await get("https://a.one.example");
  assert.equal(refused.status, 403);
  assert.equal(refused.headers["access-control-allow-origin"], "https://a.one.example");
  assert.equal((await get("https://b.example")).headers["access-control-allow-origin"], "*");
  await root.s3.send(new sdk.DeleteBucketCorsCommand({ Bucket }));
  assert.equal((await get("https://b.example")).headers["access-control-allow-origin"], undefined);
  await assert.rejects(root.s3.send(new sdk.GetBucketCorsCommand({ Bucket })), { name: "NoSuchCORSConfiguration" });
});

const page = (path: string, method = "GET", bucket = Bucket) =>
  sendPlain(server, method, path, { host: `${bucket}.s3-website-us-east-1.localhost:${server.port}` });
const website = (WebsiteConfiguration: sdk.WebsiteConfiguration) =>
  root.s3.send(new sdk.PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
const shown = ({ text }: Answer) =>
  text
    .replace(/<li>RequestId: .*<\/li>/, "<li>RequestId: <request-id></li>")
    .replace(/<li>HostId: .*<\/li>/, "<li>HostId: <host-id></li>");
const notFound = (rows: string, more = "") =>
  `<html>\n<head><title>404 Not Found</title></head>\n<body>\n<h1>404 Not Found</h1>\n<ul>\n${rows}<li>RequestId: <request-id></li>\n<li>HostId: <host-id></li>\n</ul>\n${more}<hr/>\n</body>\n</html>\n`;
const missingKey = (key: string) =>
  `<li>Code: NoSuchKey</li>\n<li>Message: The specified key does not exist.</li>\n<li>Key: ${key}</li>\n`;

test("a website that cannot be is refused in S3's words", async () => {
  const index = { IndexDocument: { Suffix: "index.html" } };
  const rule = (parts: sdk.RoutingRule) => ({ ...index, RoutingRules: [parts] });
  const wrong: readonly (readonly [sdk.WebsiteConfiguration, string, RegExp])[] = [
    [{ IndexDocument: { Suffix: "/index.html" } }, "InvalidArgument", /^The IndexDocument Suffix is not well formed$/],
    [{ IndexDocument: { Suffix: "" } }, "InvalidArgument", /^The IndexDocument Suffix is not well formed$/],
    [
      { ...index, RedirectAllRequestsTo: { HostName: "a" } },
      "InvalidArgument",
      /^RedirectAllRequestsTo cannot be provided/,
    ],
    [{}, "InvalidArgument", /^A value for IndexDocument Suffix must be provided/],
    [{ RedirectAllRequestsTo: { HostName: "a", Protocol: "ftp" as "http" } }, "InvalidRequest", /^Invalid protocol/],
    [rule({ Redirect: { ReplaceKeyWith: "a", ReplaceKeyPrefixWith: "b" } }), "InvalidRequest", /^You can only define/],
    [rule({ Condition: {}, Redirect: { HostName: "a" } }), "InvalidRequest", /^Condition cannot be empty/],
    [{ ...index, RoutingRules: [] }, "MalformedXML", /./],
  ];
  for (const [configuration, name, message] of wrong) await assert.rejects(website(configuration), { name, message });
});

test("without a website, and of no bucket, there is a page that says so", async () => {
  const none = await page("/");
  assert.equal(none.status, 404);
  assert.equal(
    shown(none),
    notFound(
      `<li>Code: NoSuchWebsiteConfiguration</li>\n<li>Message: The specified bucket does not have a website configuration</li>\n<li>BucketName: ${Bucket}</li>\n`,
    ),
  );
  assert.match((await page("/", "GET", "no-such-bucket-here")).text, /<li>Code: NoSuchBucket<\/li>/);
});

test("pages, index and error documents, redirects: to anybody whom the bucket's policy lets in", async () => {
  await website({ IndexDocument: { Suffix: "index.html" }, ErrorDocument: { Key: "error.html" } });
  assert.equal((await page("/")).status, 403);
  await root.s3.send(new sdk.DeletePublicAccessBlockCommand({ Bucket }));
  const everybody = { Effect: "Allow", Principal: "*" };
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { ...everybody, Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` },
      { ...everybody, Action: "s3:ListBucket", Resource: `arn:aws:s3:::${Bucket}` },
    ],
  });
  await root.s3.send(new sdk.PutBucketPolicyCommand({ Bucket, Policy }));
  const put = (Key: string, Body: string, more: object = {}) =>
    root.s3.send(new sdk.PutObjectCommand({ Bucket, Key, Body, ContentType: "text/html", ...more }));
  const nested = await page("/");
  assert.equal(
    shown(nested),
    notFound(
      missingKey("index.html"),
      `<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n${missingKey("error.html")}</ul>\n`,
    ),
  );
  await put("index.html", "start");
  await put("dir/index.html", "folder");
  await put("error.html", "my error");
  await put("moved.html", "", { WebsiteRedirectLocation: "/index.html" });
  const start = await page("/");
  assert.deepEqual([start.status, start.text, start.headers["content-type"]], [200, "start", "text/html"]);
  assert.equal((await page("/dir/")).text, "folder");
  const slash = await page("/dir");
  assert.deepEqual([slash.status, slash.headers["location"]], [302, "/dir/"]);
  const moved = await page("/moved.html");
  assert.deepEqual([moved.status, moved.headers["location"]], [301, "/index.html"]);
  const missing = await page("/none");
  assert.deepEqual([missing.status, missing.text], [404, "my error"]);
  const head = await page("/dir/", "HEAD");
  assert.deepEqual([head.status, head.text, head.headers["content-length"]], [200, "", "6"]);
  const tag = String(start.headers["etag"]);
  const host = `${Bucket}.s3-website.us-east-1.localhost:${server.port}`;
  assert.equal((await sendPlain(server, "GET", "/", { host, "if-none-match": tag })).status, 304);
  assert.equal((await sendPlain(server, "GET", "/", { host, range: "bytes=1-2" })).text, "ta");
  const wrong = await page("/index.html", "DELETE");
  assert.equal(wrong.status, 405);
  assert.match(
    wrong.text,
    /<h1>405 Method Not Allowed<\/h1>\n<ul>\n<li>Code: MethodNotAllowed<\/li>\n<li>Message: The specified method is not allowed against this resource\.<\/li>\n<li>Method: DELETE<\/li>\n<li>ResourceType: OBJECT<\/li>/,
  );
});

test("routing rules act before a page is looked for, and after it failed", async () => {
  await website({
    IndexDocument: { Suffix: "index.html" },
    RoutingRules: [
      { Condition: { KeyPrefixEquals: "docs/" }, Redirect: { ReplaceKeyPrefixWith: "documents/" } },
      {
        Condition: { HttpErrorCodeReturnedEquals: "404", KeyPrefixEquals: "app/" },
        Redirect: { HostName: "app.example", HttpRedirectCode: "302", Protocol: "https" },
      },
    ],
  });
  const before = await page("/docs/a%20b");
  assert.equal(before.status, 301);
  assert.match(
    String(before.headers["location"]),
    /^http:\/\/for\.browsers\.s3-website-us-east-1\.localhost:\d+\/documents\/a%20b$/,
  );
  const after = await page("/app/x");
  assert.deepEqual([after.status, after.headers["location"]], [302, "https://app.example/app/x"]);
  assert.equal((await page("/other")).status, 404);
  await website({ RedirectAllRequestsTo: { HostName: "elsewhere.example" } });
  const all = await page("/x/y");
  assert.deepEqual([all.status, all.headers["location"]], [301, "http://elsewhere.example/x/y"]);
  await root.s3.send(new sdk.DeleteBucketWebsiteCommand({ Bucket }));
  assert.equal((await page("/")).status, 404);
});
