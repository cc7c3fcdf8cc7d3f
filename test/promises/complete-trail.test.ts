/** Promise I3: no acknowledged call without its durable record, whatever was killed when. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { freshSeed, seeded } from "../harness/seeded.js";
import { newFolder, removeFolder } from "../harness/server.js";
import { readTrail } from "../harness/trail.js";
import { crashRounds } from "./crash.js";

const ROUNDS = 3;

test("after kill -9 under load the trail holds every acknowledged call and every change that is there", async (t) => {
  const folder = newFolder("i3");
  t.after(() => removeFolder(folder));
  const chance = seeded(freshSeed());
  t.diagnostic(`STRONGROOM_SEED=${chance.seed}`);
  const acknowledged: string[] = [];
  const present: { readonly name: string; readonly value: string }[] = [];
  const dataFolder = join(folder, "data");
  await crashRounds({
    dataFolder,
    chance,
    rounds: ROUNDS,
    onAnswer: (requestId) => acknowledged.push(requestId),
    afterRestart: async (stage, ledgers) => {
      for (const { register } of ledgers.filter((ledger) => ledger.register.isTold)) {
        const value = await register.read(stage);
        if (value !== undefined) present.push({ name: register.name, value });
      }
    },
  });

  const { slots, records } = await readTrail(dataFolder);
  assert.deepEqual(
    slots.filter((slot) => slot.damage !== undefined),
    [],
  );
  const recorded = new Set(records.map((record) => record.requestID));
  assert.deepEqual(
    acknowledged.filter((requestId) => !recorded.has(requestId)),
    [],
    "answered and not recorded",
  );
  const writing = records.filter((record) => !record.readOnly).map((record) => JSON.stringify(record));
  const untold = present.filter(({ value }) => !writing.some((text) => text.includes(value)));
  assert.deepEqual(untold, [], "there and not recorded");

  const keys = usesBySealedObject(records);
  assert.ok(keys.size > 0, "objects were sealed under a customer's key");
  for (const [object, { writes, uses }] of keys) assert.ok(uses >= writes, `${object}: ${writes} writes, ${uses} keys`);

  const kinds = (test: (record: (typeof records)[number]) => boolean) => {
    const mine = new Set(acknowledged);
    return records.filter((record) => mine.has(record.requestID ?? "") && test(record)).length;
  };
  const counts = {
    changes: kinds((record) => !record.readOnly),
    reads: kinds((record) => record.readOnly),
    data: kinds((record) => record.eventCategory === "Data"),
    cryptography: kinds((record) => /^(Encrypt|Decrypt|GenerateDataKey)$/.test(record.eventName)),
  };
  t.diagnostic(`${acknowledged.length} acknowledged calls: ${JSON.stringify(counts)}; ${records.length} records`);
  for (const [kind, count] of Object.entries(counts)) assert.ok(count > 5, `${kind} were under load`);
  const ids = records.map((record) => record.eventID);
  assert.equal(new Set(ids).size, ids.length, "no record stands twice");
});

/** How often each object was written under a customer's key, and how often KMS was asked for a key for it. */
function usesBySealedObject(records: Awaited<ReturnType<typeof readTrail>>["records"]) {
  const counts = new Map<string, { writes: number; uses: number }>();
  const of = (arn: string) => counts.get(arn) ?? { writes: 0, uses: 0 };
  for (const { eventName, errorCode, requestParameters: asked, resources } of records) {
    const object = resources?.[0]?.ARN ?? "";
    if (eventName === "PutObject" && errorCode === undefined && asked?.["x-amz-server-side-encryption"] === "aws:kms")
      counts.set(object, { ...of(object), writes: of(object).writes + 1 });
    const context = asked?.["encryptionContext"] as Record<string, string> | undefined; // as KMS's records have it
    const sealed = context?.["aws:s3:arn"];
    if (eventName === "GenerateDataKey" && sealed) counts.set(sealed, { ...of(sealed), uses: of(sealed).uses + 1 });
  }
  return new Map([...counts].filter(([, { writes }]) => writes > 0));
}
