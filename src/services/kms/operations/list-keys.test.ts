import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("pages follow each other and hold every key once", async () => {
  const made = [];
  for (let count = 0; count < 5; count++) made.push(await kms.keyId());
  const seen: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await kms.call("ListKeys", { Limit: 2, Marker });
    assert.equal(page.Truncated, page.NextMarker !== undefined);
    seen.push(...page.Keys.map((key: { KeyId: string }) => key.KeyId));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  assert.deepEqual(seen, made.sort());
});

test("a marker of another list or none at all is refused", async () => {
  const { NextMarker } = await kms.call("ListKeys", { Limit: 1 });
  assert.equal(await kms.refused("ListAliases", { Marker: NextMarker }), "InvalidMarkerException");
  assert.equal(await kms.refused("ListKeys", { Marker: "nonsense" }), "InvalidMarkerException");
  assert.match(await kms.refused("ListKeys", {}, as("bob")), /^AccessDeniedException/);
});
