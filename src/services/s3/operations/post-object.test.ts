import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { testBody, userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const Bucket = BUCKET;
const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

const NOW = "2026-11-21T09:00:00Z";

/** The fields as a browser sends them; the gateway proved who signed their policy. */
const post = (
  key: string,
  body: string,
  conditions: readonly unknown[],
  parts: object = {},
  expiration = "2026-11-21T10:00:00Z",
) => {
  const policy = Buffer.from(JSON.stringify({ expiration, conditions: [{ bucket: Bucket }, ...conditions] }));
  const form = new Map([
    ["key", key],
    ["policy", policy.toString("base64")],
  ]);
  return house.call<Answer>(
    "PostObject",
    { Bucket, Key: key },
    { form, body: testBody([Buffer.from(body)]), ...parts },
  );
};
const ANY_KEY = ["starts-with", "$key", ""];

test("a form stores what its policy lets it, small and large", async () => {
  assert.equal((await post("small", "hello", [ANY_KEY]))["status"], 204);
  await post("large", "x".repeat(100_000), [
    ["eq", "$key", "large"],
    ["content-length-range", 1, "100000"],
  ]);
  assert.equal((await house.get(Bucket, "small")).text.toString(), "hello");
  assert.equal((await house.get(Bucket, "large")).text.length, 100_000);
});

test("a form against its policy stores nothing", async () => {
  const wrong: readonly (readonly [string, Promise<unknown>, string])[] = [
    ["expired at this moment", post("k", "x", [ANY_KEY], {}, NOW), "AccessDenied"],
    ["another key", post("k", "x", [{ key: "other" }]), "AccessDenied"],
    ["a field that no condition names", post("k", "x", []), "AccessDenied"],
    ["too large by one", post("k", "x".repeat(6), [ANY_KEY, ["content-length-range", 0, 5]]), "EntityTooLarge"],
    ["too small by one", post("k", "x", [ANY_KEY, ["content-length-range", 2, 5]]), "EntityTooSmall"],
    [
      "large and too large",
      post("k", "x".repeat(90_000), [ANY_KEY, ["content-length-range", 0, 80_000]]),
      "EntityTooLarge",
    ],
    ["no key", post("", "x", [ANY_KEY]), "InvalidArgument"],
    ["a condition that is none", post("k", "x", [7]), "InvalidPolicyDocument"],
    ["a time that is none", post("k", "x", [ANY_KEY], {}, "tomorrow"), "InvalidPolicyDocument"],
  ];
  for (const [what, posted, name] of wrong) await assert.rejects(posted, code(name), what);
  await assert.rejects(post("k", "x", [ANY_KEY], nobody), Denied);
  await assert.rejects(house.get(Bucket, "k"), code("NoSuchKey"));
});
