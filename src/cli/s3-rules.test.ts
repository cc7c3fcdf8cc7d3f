import assert from "node:assert/strict";
import { test } from "node:test";
import { parseS3Rules } from "./s3-rules.js";
import { SettingsError } from "./settings-error.js";

test("unknown rules, and values that a rule has not, are refused", () => {
  for (const bad of ["encryption=none", "defaultEncryption=aws:kms", "defaultEncryption", "blockSseC=maybe", "a=b=c"]) {
    assert.throws(() => parseS3Rules(bad), SettingsError, bad);
  }
});

test("nothing set is AWS of today, and a name alone is true", () => {
  const today = { defaultEncryption: "AES256", blockSseC: true, kmsOverHttp: true, sseCOverHttp: false };
  assert.deepEqual(parseS3Rules(""), today);
  assert.deepEqual(parseS3Rules("defaultEncryption=none, blockSseC=false,sseCOverHttp"), {
    ...today,
    defaultEncryption: "none",
    blockSseC: false,
    sseCOverHttp: true,
  });
});
