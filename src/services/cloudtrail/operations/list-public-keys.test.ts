import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, before, test } from "node:test";
import { testRsaKey } from "../../../crypto/testing.js";
import { allow, type TrailHouse, trailHouse } from "../testing.js";

let house: TrailHouse;
before(async () => {
  house = await trailHouse();
});
after(() => house.close());

test("it takes its own permission on the trail, and no other", async () => {
  const input = {};
  assert.equal(await house.isAllowed("ListPublicKeys", input), false);
  assert.equal(await house.isAllowed("ListPublicKeys", input, allow("cloudtrail:ListPublicKeys", "*")), true);
  assert.equal(await house.isAllowed("ListPublicKeys", input, allow("cloudtrail:StopIt", "*")), false);
});

test("keys are shown as PKCS#1, where their window meets the asked time", async () => {
  const publicKey = createPublicKey(testRsaKey("RSA_2048"));
  const key = {
    publicKey: publicKey.export({ format: "der", type: "spki" }),
    validFrom: new Date("2026-11-01T00:00:00Z"),
    validTo: new Date("2027-11-01T00:00:00Z"),
  };
  const signing = { list: async () => [key], sign: () => Promise.reject(new Error("nobody signs here")) };
  const other = await trailHouse({ signing });
  const list = async (from: string, to: string) => {
    const input = { StartTime: new Date(from), EndTime: new Date(to) };
    return (await other.call<{ PublicKeyList: { Value: Buffer; Fingerprint: string }[] }>("ListPublicKeys", input))
      .PublicKeyList;
  };
  const [shown] = await list("2026-11-20", "2026-11-21");
  assert.deepEqual(shown?.Value, publicKey.export({ format: "der", type: "pkcs1" }));
  assert.match(shown?.Fingerprint ?? "", /^[0-9a-f]{32}$/);
  assert.deepEqual(await list("2026-01-01", "2026-10-31"), []);
  await assert.rejects(list("2026-11-21", "2026-11-20"), { code: "InvalidTimeRangeException" });
  await other.close();
});
