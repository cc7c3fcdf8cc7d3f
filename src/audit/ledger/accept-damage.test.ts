import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SealingKey } from "../../crypto/index.js";
import { openSqlite, type SqliteDatabase } from "../../store/index.js";
import { testKey as databaseKey, testFolder } from "../../store/testing.js";
import { segmentPath, TrailDamaged } from "../frame.js";
import { month, packAll } from "../packed/testing.js";
import { AUDIT_MIGRATIONS } from "../store.js";
import { openTestTrail, testKey, testRecord } from "../testing.js";
import { acceptDamage } from "./accept-damage.js";
import { acceptancePath } from "./acceptance.js";
import { openLedger } from "./ledger.js";
import { LedgerSigner } from "./signed.js";
import { verifyLedger } from "./verify-ledger.js";

const NOW = new Date("2026-11-21T12:00:00Z");
const HERE = { account: "111122223333", region: "us-east-1", limit: 50 };

/** A trail of three records whose last one is damaged, and whose index knows them all. */
async function damaged(run: (folder: string) => Promise<void>) {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  for (const name of ["a", "b", "c"]) await trail.audit.record(testRecord(name));
  await trail.audit.catchUp();
  await trail.audit.commit(trail.state, testRecord("waiting"), async () => {});
  await trail.close();
  const path = join(folder.path, "audit", "w0", "0000000001.seg");
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await run(folder.path);
  folder.remove();
}

async function accept(folder: string, slot = "w0") {
  const trail = join(folder, "audit");
  const index = await openSqlite({ path: join(folder, "audit.db"), key: databaseKey(), migrations: AUDIT_MIGRATIONS });
  const state: SqliteDatabase = await openSqlite({
    path: join(folder, "state.db"),
    key: databaseKey(),
    migrations: [{ id: 1, sql: "CREATE TABLE things (name TEXT PRIMARY KEY)" }],
  });
  try {
    return await acceptDamage(
      {
        folder: trail,
        key: SealingKey.of(testKey()),
        signer: new LedgerSigner(testKey()),
        indexDatabase: index,
        databases: [state],
      },
      {
        slot,
        reason: "the disk",
        now: NOW,
        record: (found) => testRecord(`accepted-${found.next}`, { serviceEventDetails: { ...found } }),
      },
    );
  } finally {
    await state.close();
    await index.close();
  }
}

test("damage stops the start until it is accepted; then the chain goes on in another slot that tells of it", async () => {
  await damaged(async (folder) => {
    const anchor = await openLedger(join(folder, "audit"), testKey()).anchor(NOW);
    await assert.rejects(openTestTrail(folder), TrailDamaged);
    const accepted = await accept(folder);
    assert.deepEqual([accepted?.frame, accepted?.next, accepted?.reason], [2, "w0-2", "the disk"]);
    assert.match(accepted?.damage ?? "", /slot w0, segment 1, frame 2/);
    const again = await openTestTrail(folder);
    await again.audit.record(testRecord("d"));
    const { items } = await again.audit.lookup(HERE);
    assert.deepEqual(items.map((record) => record.eventID).sort(), ["a", "accepted-w0-2", "b", "d", "waiting"]);
    const reports = await verifyLedger(again.audit.ledger, anchor);
    assert.deepEqual(
      reports.map(({ slot, records, findings, acceptance }) => [slot, records, findings, acceptance?.next]),
      [
        ["w0", 2, [], "w0-2"],
        ["w0-2", 3, [], undefined],
      ],
    );
    await again.close();
  });
});

test("a whole slot has nothing to accept, and a second damage goes on in a third chain", async () => {
  await damaged(async (folder) => {
    await accept(folder);
    assert.equal(await accept(folder), undefined);
    const path = join(folder, "audit", "w0-2", "0000000001.seg");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, -1));
    assert.equal((await accept(folder))?.next, "w0-3");
    const again = await openTestTrail(folder);
    await again.audit.record(testRecord("d"));
    assert.equal((await again.audit.lookup(HERE)).items[0]?.eventID, "d");
    await again.close();
  });
});

test("a slot that is gone is damage too, and what nobody has signed accepts nothing", async () => {
  await damaged(async (folder) => {
    rmSync(join(folder, "audit", "w0"), { recursive: true });
    await assert.rejects(openTestTrail(folder), TrailDamaged);
    const kept = join(folder, "kept");
    cpSync(join(folder, "audit"), kept, { recursive: true });
    const accepted = await accept(folder);
    assert.deepEqual([accepted?.segment, accepted?.offset, accepted?.next], [0, 0, "w0-2"]);
    await (await openTestTrail(folder)).close();
    const path = acceptancePath(join(folder, "audit"), "w0");
    writeFileSync(path, readFileSync(path, "utf8").replace("the disk", "no fault"));
    await assert.rejects(openTestTrail(folder), TrailDamaged);
  });
});

test("a chain that is damaged in a packed segment ends before the block that does not open", async () => {
  await month(async (trail, folder) => {
    assert.ok((await packAll(trail)).includes(2));
    await trail.close();
    const path = segmentPath(folder, { slot: "w0", segment: 2 });
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const above = join(folder, "..");
    const accepted = await accept(above);
    assert.equal(accepted?.segment, 2);
    assert.ok((accepted?.frame ?? 0) > 0);
    assert.match(accepted?.damage ?? "", new RegExp(`segment 2, frame ${accepted?.frame}: block \\d+ does not open`));
    const again = await openTestTrail(above);
    const reports = await verifyLedger(again.audit.ledger);
    assert.deepEqual(
      reports.map(({ slot, findings }) => [slot, findings]),
      [
        ["w0", []],
        ["w0-2", []],
      ],
    );
    assert.ok((reports[0]?.records ?? 0) > 0);
    assert.deepEqual(await packAll(again), []);
    await again.close();
  }, 30_000);
});
