import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { planDigests } from "./plan-digest.js";
import { chainsOf, type Delivery, keepForDigest, pendingAfter, putDelivery, putTrail } from "./store.js";
import { trailHouse } from "./testing.js";
import type { Trail } from "./trail.js";

const START = new Date("2026-11-21T09:00:00Z");
const HOUR_MS = 3_600_000;
const after = (hours: number) => new Date(START.getTime() + hours * HOUR_MS);

const trail: Trail = {
  account: "111122223333",
  region: "us-east-1",
  name: "mine",
  id: "t1",
  bucket: "logs",
  prefix: "",
  isMultiRegion: false,
  includesGlobal: true,
  validates: true,
  recursive: true,
  intervals: [{ fromMs: START.getTime() }],
  tags: [],
  status: {},
};

const LOG: Omit<Delivery, "id"> = {
  trailId: "t1",
  region: "us-east-1",
  kind: "log",
  plannedMs: START.getTime(),
  plan: {
    bucket: "logs",
    key: "AWSLogs/one.json.gz",
    metadata: {},
    log: { hash: "ab".repeat(32), oldest: "2026-11-21T09:10:00Z", newest: "2026-11-21T09:20:00Z" },
  },
  body: Buffer.from("x"),
};

/** Small: nothing is signed with it. */
const { publicKey: PUBLIC_KEY } = generateKeyPairSync("rsa", {
  modulusLength: 1024,
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

async function digestHouse() {
  const signed: string[] = [];
  const house = await trailHouse({
    signing: {
      list: async () => [],
      sign: async (_owner, _now, message) => {
        signed.push(Buffer.from(message(PUBLIC_KEY)).toString());
        return Buffer.from(`signature ${signed.length}`);
      },
    },
  });
  await house.database.write((tx) => putTrail(tx, trail));
  const digests = async () =>
    (await house.database.read((tx) => pendingAfter(tx, 0, 100))).filter(({ kind }) => kind === "digest");
  return { ...house, signed, digests };
}

const textOf = ({ body }: Delivery) => gunzipSync(body ?? Buffer.alloc(0)).toString();
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

test("a digest is due when its hour is over, names the files that were delivered, and its signature covers it", async () => {
  const { ports, database, signed, digests, close } = await digestHouse();
  await planDigests(ports, trail, START);
  await database.write((tx) => putDelivery(tx, LOG));
  await database.write((tx) => keepForDigest(tx, 1));
  await planDigests(ports, trail, new Date(after(1).getTime() - 1));
  assert.deepEqual(await digests(), []);
  await planDigests(ports, trail, after(1));
  const [digest] = await digests();
  assert.ok(digest);
  const said = JSON.parse(textOf(digest));
  assert.equal(said.digestStartTime, "2026-11-21T09:00:00Z");
  assert.equal(said.digestEndTime, "2026-11-21T10:00:00Z");
  assert.equal(said.previousDigestSignature, null);
  assert.equal(said.previousDigestHashAlgorithm, null);
  assert.equal(said.oldestEventTime, "2026-11-21T09:10:00Z");
  assert.equal(said.newestEventTime, "2026-11-21T09:20:00Z");
  assert.deepEqual(said.logFiles, [
    {
      s3Bucket: "logs",
      s3Object: "AWSLogs/one.json.gz",
      hashValue: "ab".repeat(32),
      hashAlgorithm: "SHA-256",
      newestEventTime: "2026-11-21T09:20:00Z",
      oldestEventTime: "2026-11-21T09:10:00Z",
    },
  ]);
  const lines = ["2026-11-21T10:00:00Z", `logs/${digest.plan.key}`, sha256(textOf(digest)), "null"];
  assert.deepEqual(signed, [lines.join("\n")]);
  assert.equal(digest.plan.metadata["signature"], Buffer.from("signature 1").toString("hex"));
  await planDigests(ports, trail, after(1));
  assert.equal((await digests()).length, 1, "an hour has one digest");
  await close();
});

test("each digest names the one before, empty ones too; hours in which nobody ran share one", async () => {
  const { ports, signed, digests, close } = await digestHouse();
  await planDigests(ports, trail, START);
  await planDigests(ports, trail, after(1));
  await planDigests(ports, trail, after(5.5));
  const [first, second] = await digests();
  assert.ok(first && second);
  const said = JSON.parse(textOf(second));
  assert.equal(said.digestStartTime, "2026-11-21T10:00:00Z");
  assert.equal(said.digestEndTime, "2026-11-21T14:00:00Z");
  assert.deepEqual(said.logFiles, []);
  assert.equal(said.newestEventTime, null);
  assert.equal(said.previousDigestS3Object, first.plan.key);
  assert.equal(said.previousDigestHashValue, sha256(textOf(first)));
  assert.equal(said.previousDigestSignature, first.plan.metadata["signature"]);
  assert.equal(signed[1]?.split("\n")[3], first.plan.metadata["signature"]);
  await close();
});

test("who turns validation off ends the chain, and a new one begins without a past", async () => {
  const { ports, database, digests, close } = await digestHouse();
  await planDigests(ports, trail, START);
  await planDigests(ports, trail, after(1));
  await planDigests(ports, { ...trail, validates: false }, after(1));
  assert.deepEqual(await database.read((tx) => chainsOf(tx, "t1")), []);
  await planDigests(ports, trail, after(2));
  await planDigests(ports, trail, after(3));
  const last = (await digests()).at(-1);
  assert.ok(last);
  assert.equal(JSON.parse(textOf(last)).previousDigestS3Object, null);
  await close();
});
