import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const tags = (pairs: Record<string, string>) =>
  Object.entries(pairs).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
const listed = async (KeyId: string) => (await kms.call("ListResourceTags", { KeyId })).Tags;

test("new tags come, the value of an old one changes", async () => {
  const KeyId = await kms.keyId({ Tags: tags({ a: "1", b: "2" }) });
  await kms.call("TagResource", { KeyId, Tags: tags({ b: "3", c: "" }) });
  assert.deepEqual(await listed(KeyId), tags({ a: "1", b: "3", c: "" }));
});

test("a call that breaks a rule changes nothing", async () => {
  const KeyId = await kms.keyId({ Tags: tags({ a: "1" }) });
  const refused = (Tags: object[]) => kms.refused("TagResource", { KeyId, Tags });
  assert.equal(await refused([...tags({ b: "1" }), ...tags({ b: "2" })]), "TagException: Duplicate tag keys");
  assert.equal(await refused(tags({ b: "1", "Aws:x": "2" })), "TagException: Tags beginning with aws: are reserved");
  const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, "v"]));
  assert.equal(await refused(tags(fifty)), "TagException: Too many tags", "one is there already");
  assert.deepEqual(await listed(KeyId), tags({ a: "1" }));
});

test("tags decide at the next call, and policies see which are asked for", async () => {
  const KeyId = await kms.keyId();
  const tagged = as(
    "alice",
    allow("kms:Encrypt", "*", { Condition: { StringEquals: { "aws:ResourceTag/team": "a" } } }),
  );
  const input = { KeyId, Plaintext: Buffer.from("x") };
  assert.match(await kms.refused("Encrypt", input, tagged), /^AccessDeniedException/);
  await kms.call("TagResource", { KeyId, Tags: tags({ team: "a" }) });
  await kms.call("Encrypt", input, tagged);
  const onlyCost = as(
    "ops",
    allow("kms:TagResource", "*", { Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["cost"] } } }),
  );
  await kms.call("TagResource", { KeyId, Tags: tags({ cost: "1" }) }, onlyCost);
  assert.match(
    await kms.refused("TagResource", { KeyId, Tags: tags({ cost: "1", team: "b" }) }, onlyCost),
    /^AccessDenied/,
  );
});

test("the record spells tags as CloudTrail does", async () => {
  const KeyId = await kms.keyId();
  const { request, response } = await kms.recorded("TagResource", { KeyId, Tags: tags({ a: "1" }) });
  assert.deepEqual(request, { keyId: KeyId, tags: [{ tagKey: "a", tagValue: "1" }] });
  assert.deepEqual(response, { keyId: arnOf(KeyId) });
});
