import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arnOf, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("completed rotations oldest first; all material when it is asked for; in pages", async () => {
  const KeyId = await kms.keyId();
  const list = (input: object = {}) => kms.call("ListKeyRotations", { KeyId, ...input });
  assert.deepEqual(await list(), { Rotations: [], Truncated: false });
  for (let count = 0; count < 3; count++) await kms.call("RotateKeyOnDemand", { KeyId });
  const { Rotations } = await list();
  assert.equal(Rotations.length, 3);
  assert.ok(Rotations.every((each) => each.RotationType === "ON_DEMAND" && each.KeyId === arnOf(KeyId)));
  const all = (await list({ IncludeKeyMaterial: "ALL_KEY_MATERIAL" })).Rotations;
  assert.deepEqual(
    all.map((each) => each.KeyMaterialState),
    ["NON_CURRENT", "NON_CURRENT", "NON_CURRENT", "CURRENT"],
  );
  assert.equal(all[0]?.RotationDate, undefined);
  const first = await list({ Limit: 2 });
  const second = await list({ Limit: 2, Marker: first.NextMarker });
  assert.deepEqual([...first.Rotations, ...second.Rotations], Rotations);
  assert.equal(second.Truncated, false);
});
