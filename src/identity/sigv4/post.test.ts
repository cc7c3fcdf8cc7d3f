import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePostSignature } from "./post.js";

const form = (fields: object) => new Map(Object.entries(fields));

test("a form without a signature is nobody's, also with a policy", () => {
  for (const fields of [{}, { key: "k" }, { key: "k", policy: "e30=" }])
    assert.equal(parsePostSignature(form(fields)), undefined);
});

test("a part of a signature names the first field that is not there", () => {
  const old = { policy: "e30=", signature: "s", awsaccesskeyid: "a" };
  const now = { policy: "e30=", "x-amz-signature": "s", "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-date": "d" };
  for (const [fields, missing] of [
    [{ ...old, policy: undefined }, "policy"],
    [{ ...old, signature: undefined }, "Signature"],
    [{ ...old, awsaccesskeyid: undefined }, "AWSAccessKeyId"],
    [{ ...now, "x-amz-signature": undefined }, "X-Amz-Signature"],
    [now, "X-Amz-Credential"],
  ] as const) {
    const given = form(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
    assert.throws(() => parsePostSignature(given), {
      code: "InvalidArgument",
      fields: { ArgumentName: missing, ArgumentValue: "" },
    });
  }
  assert.equal(parsePostSignature(form(old))?.accessKeyId, "a");
});
