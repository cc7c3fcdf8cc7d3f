import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { after, before, test } from "node:test";
import { DAY_MS } from "../../base/index.js";
import { isNamed } from "../store/index.js";
import { ACCOUNT, openTestKms, REGION, type TestKms } from "../testing.js";

let house: TestKms;
before(async () => {
  house = await openTestKms();
});
after(() => house.close());

const owner = { account: ACCOUNT, region: REGION, service: "cloudtrail" };

test("a service signs with a key of its account and Region, which is another a year later", async () => {
  const { signing } = house.kms;
  const now = new Date("2026-11-21T09:00:00Z");
  const [first] = await signing.list(owner, now);
  const message = Buffer.from("digest");
  const signature = await signing.sign(owner, now, (publicKey) => {
    assert.deepEqual(Buffer.from(publicKey), Buffer.from(first?.publicKey ?? []));
    return message;
  });
  const key = createPublicKey({ key: Buffer.from(first?.publicKey ?? []), format: "der", type: "spki" });
  assert.equal(verify("sha256", message, key, signature), true);
  assert.equal(verify("sha256", Buffer.from("other"), key, signature), false);
  assert.deepEqual(await signing.sign(owner, now, () => message), signature);

  const [other] = await signing.list({ ...owner, region: "eu-west-1" }, now);
  assert.notDeepEqual(other?.publicKey, first?.publicKey);
  const later = await signing.list(owner, new Date(now.getTime() + 366 * DAY_MS));
  assert.equal(later.length, 2);
  assert.deepEqual(later[0], first);
  assert.ok((later[1]?.validFrom ?? now) < (first?.validTo ?? now));
});

test("the sweeper of material that no key names leaves signing keys alone", async () => {
  const { keyStore, database } = house.kms;
  const own = (await keyStore.listMaterials()).filter((material) => material.owner.keyId === "owned/cloudtrail");
  assert.ok(own.length >= 2);
  for (const material of own) assert.equal(await database.read((tx) => isNamed(tx, material)), true);
});
