import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AwsError } from "../../src/base/index.js";
import { ABSENT, arnOf, openTestService, type TestService } from "../../src/services/kms/testing.js";
import { openWire } from "../../src/wire/index.js";

// Answers recorded from the real service. The recording names the scenario; here it is played again, through the
// decoder and the operation, and the answers are compared after the same masking.

const FOLDER = process.env["STRONGROOM_VECTORS"] ?? join(process.cwd(), "..", "shared", "vectors");
const wire = openWire({ modelsFolder: join(process.cwd(), "models") });
const model = wire.service("kms");

type Answer = Readonly<Record<string, unknown>>;
type Scenario = Readonly<Record<string, Answer>>;
const recordings: Record<string, Scenario> = JSON.parse(readFileSync(join(FOLDER, "recordings", "kms.json"), "utf8"));

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

/** The request as a client sends it; the answer, or code and message of the refusal. */
async function send(operation: Parameters<TestService["call"]>[0], json: object): Promise<Answer> {
  const body = Buffer.from(JSON.stringify(json));
  const headers = { "x-amz-target": `TrentService.${operation}`, "content-type": "application/x-amz-json-1.1" };
  const head = { method: "POST", path: "/", query: "", headers, rawHeaders: [] };
  try {
    const routed = wire.route({ service: model }, head, body);
    return await kms.call(operation, wire.decode(routed, head, body));
  } catch (thrown) {
    if (!(thrown instanceof AwsError)) throw thrown;
    return { Code: thrown.code, Message: thrown.message };
  }
}

const recorded = (name: string) => recordings[name] ?? assert.fail(`no recording ${name}`);
const errorIn = (answer: Answer | undefined) => (answer ?? assert.fail("no such answer"))["Error"];

/** The recorder's masks, put back over what we answered. */
function masked(answer: Answer, masks: Readonly<Record<string, string>>): unknown {
  const text = JSON.stringify(answer, (name, value) => (/Date$/.test(name) ? "datetime" : value));
  return JSON.parse(Object.entries(masks).reduce((all, [value, mask]) => all.replaceAll(value, mask), text));
}

test("a new key is described as the real one is", async () => {
  const made = await kms.call("CreateKey", { Description: "test key 123" });
  const { KeyId, CurrentKeyMaterialId } = made.KeyMetadata;
  const masks = {
    [arnOf(KeyId)]: "arn:<partition>:kms:<region>:111111111111:key/<key-id:1>",
    [KeyId]: "<key-id:1>",
    [CurrentKeyMaterialId]: "<current-key-material-id:1>",
    "111122223333": "111111111111",
  };
  const { KeyMetadata } = await kms.call("DescribeKey", { KeyId });
  assert.deepEqual(masked({ ...KeyMetadata }, masks), recorded("TestKMS::test_create_key")["describe-key"]);
});

test("keys that are not there", async () => {
  const absent = recorded("TestKMS::test_get_key_does_not_exist");
  const mrk = "mrk-1234abcd12ab34cd56ef1234567890ab";
  const masks = { [arnOf(ABSENT)]: "<key-arn>", [arnOf(mrk)]: "<mrk-key-arn>" };
  const describe = async (KeyId: string) => masked(await send("DescribeKey", { KeyId }), masks);
  assert.deepEqual(await describe(ABSENT), errorIn(absent["describe-nonexistent-key-with-id"]));
  assert.deepEqual(await describe(arnOf(ABSENT)), errorIn(absent["describe-nonexistent-with-arn"]));
  assert.deepEqual(await describe(mrk), errorIn(absent["describe-key-with-valid-id-mrk"]));
  const invalid = recorded("TestKMS::test_get_key_invalid_uuid");
  assert.deepEqual(await describe("fake-key-id"), errorIn(invalid["describe-key-with-invalid-uuid"]));
  const noDashes = "134f2428cec14b25a1ae9048164dba47";
  assert.deepEqual(await describe(noDashes), errorIn(invalid["describe-key-with-invalid-uuid-2"]));
  assert.deepEqual(await describe("mrk-fake-key-id"), errorIn(invalid["describe-key-with-invalid-uuid-mrk"]));
  const elsewhere = recorded("TestKMS::test_get_key_in_different_region")["describe-key-diff-region-with-arn"];
  const answer = await send("DescribeKey", { KeyId: arnOf(ABSENT).replace("us-east-1", "eu-west-1") });
  assert.deepEqual(masked(answer, { "eu-west-1": "<secondary-region>" }), errorIn(elsewhere));
});

test("aliases, tags and sizes that are refused", async () => {
  const KeyId = await kms.keyId();
  const tags = (...keys: string[]) => keys.map((TagKey) => ({ TagKey, TagValue: "v" }));
  const alias = recorded("TestKMS::test_create_alias")["create_alias"];
  assert.deepEqual(await send("CreateAlias", { AliasName: "no-prefix", TargetKeyId: KeyId }), errorIn(alias));
  const many = Array.from({ length: 51 }, (_, at) => `key${at}`);
  const tooMany = recorded("TestKMS::test_create_key_with_too_many_tags_raises_error")["invalid-tag-key"];
  assert.deepEqual(await send("CreateKey", { Tags: tags(...many) }), errorIn(tooMany));
  const reserved = recorded("TestKMS::test_create_key_with_invalid_tag_key[uppercase_prefix]")["invalid-tag-key"];
  assert.deepEqual(await send("CreateKey", { Tags: tags("AWS:x") }), errorIn(reserved));
  const long = recorded("TestKMS::test_create_key_with_invalid_tag_key[too_long_key]")["invalid-tag-key"];
  const longKey = /Value '(a+)'/.exec(JSON.stringify(long))?.[1] ?? assert.fail("the recording shows the key");
  assert.deepEqual(await send("CreateKey", { Tags: tags(longKey) }), errorIn(long));
  const onTag = recorded("TestKMS::test_tag_existing_key_with_invalid_tag_key")["invalid-tag-key"];
  assert.deepEqual(await send("TagResource", { KeyId, Tags: tags("aws:x") }), errorIn(onTag));
  const twice = recorded("TestKMS::test_tag_key_with_duplicate_tag_keys_raises_error")["duplicate-tag-keys"];
  assert.deepEqual(await send("TagResource", { KeyId, Tags: tags("a", "a") }), errorIn(twice));
  const large = recorded("TestKMS::test_plaintext_size_for_encrypt")["invalid-plaintext-size-encrypt"];
  const Plaintext = Buffer.alloc(4097).toString("base64");
  assert.deepEqual(await send("Encrypt", { KeyId, Plaintext }), errorIn(large));
  const random = recorded("TestKMS::test_generate_random_invalid_number_of_bytes[None]")["generate-random-exc"];
  assert.deepEqual(await send("GenerateRandom", {}), errorIn(random));
});

test("tags that stay after some went", async () => {
  const played = recorded("TestKMS::test_untag_key_partially");
  const Tags = played["list-resource-tags"];
  const { KeyMetadata } = await kms.call("CreateKey", { Tags });
  const { KeyId } = KeyMetadata;
  assert.deepEqual((await kms.call("ListResourceTags", { KeyId })).Tags, Tags);
  await kms.call("UntagResource", { KeyId, TagKeys: ["tag2"] });
  const left = (await kms.call("ListResourceTags", { KeyId })).Tags;
  assert.deepEqual(left, played["list-resource-tags-after-partially-untagged"]);
});
