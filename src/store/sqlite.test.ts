import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DatabaseBench, databaseContract } from "./database-contract.js";
import { StoreDamaged } from "./errors.js";
import { openSqlite, type SqliteDatabase } from "./sqlite.js";
import { killAfter, startAcknowledging, testFolder, testKey } from "./testing.js";

const WRITER = fileURLToPath(new URL("./test-writer.js", import.meta.url));
const PAGE = 4096;
const things = [{ id: 1, sql: "CREATE TABLE things (name TEXT PRIMARY KEY, body BLOB)" }];

databaseContract("sqlite", async (migrations): Promise<DatabaseBench> => {
  const folder = testFolder();
  const opened: SqliteDatabase[] = [];
  const open = async () => {
    const database = await openSqlite({ path: join(folder.path, "a.db"), key: testKey(), migrations });
    opened.push(database);
    return database;
  };
  return {
    database: await open(),
    another: open,
    cleanUp: async () => {
      for (const database of opened) await database.close();
      folder.remove();
    },
  };
});

/** A database with some rows, and the state of its files as a kill would leave them. */
async function written(rows = 40) {
  const folder = testFolder();
  const path = join(folder.path, "a.db");
  const database = await openSqlite({ path, key: testKey(), migrations: things });
  for (let at = 0; at < rows; at += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, n) => insert(database, `canary-plaintext-${at + n}`)));
  }
  return { folder, path, database };
}

const insert = (database: SqliteDatabase, name: string) =>
  database.write((tx) => tx.run("INSERT INTO things VALUES (?, ?)", name, Buffer.alloc(300, name)));

/** Copies db, log and mark to a fresh place, changed by `change`, and reads all of it there. */
async function readCopy(path: string, change: (copy: string) => void): Promise<number> {
  const folder = testFolder();
  const copy = join(folder.path, "copy.db");
  for (const end of ["", "-wal", "-mark"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
  try {
    change(copy);
    const database = await openSqlite({ path: copy, key: testKey(), migrations: things });
    try {
      const rows = await database.read((tx) => tx.all("SELECT name, body FROM things ORDER BY name LIMIT 1000"));
      const faults = await database.integrityCheck();
      if (faults.length > 0) throw new StoreDamaged(faults[0]);
      return rows.length;
    } finally {
      await database.close();
    }
  } finally {
    folder.remove();
  }
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

test("the copy of a killed database holds every acknowledged row", async () => {
  const { folder, path, database } = await written();
  assert.equal(await readCopy(path, () => {}), 40);
  await database.close();
  assert.equal(await readCopy(path, () => {}), 40);
  folder.remove();
});

test("a changed bit anywhere in the file is an error, never data", async () => {
  const { folder, path, database } = await written();
  await database.close();
  const bytes = statSync(path).size;
  const inFirstPage = [0, 7, 16, 17, 18, 19, 20, 23, 24, 100, 2000, PAGE - 64, PAGE - 33, PAGE - 32, PAGE - 1];
  for (let page = 0; page < bytes; page += PAGE) {
    for (const offset of page === 0 ? inFirstPage : [24, PAGE - 1]) {
      await assert.rejects(
        readCopy(path, (copy) => flip(copy, page + offset)),
        StoreDamaged,
        `byte ${offset} of page ${page / PAGE + 1}`,
      );
    }
  }
  folder.remove();
});

test("a changed bit in the flushed log is an error, not the loss of what came after it", async () => {
  const { folder, path, database } = await written();
  const bytes = statSync(`${path}-wal`).size;
  const frame = PAGE + 24;
  const places = [0, 5, 9, 16, 24, 28, 32, 33, 40, 48, 32 + 24, 32 + 1000, 32 + frame + 30, bytes - frame, bytes - 1];
  for (const at of places) {
    await assert.rejects(
      readCopy(path, (copy) => flip(`${copy}-wal`, at)),
      StoreDamaged,
      `byte ${at} of the log`,
    );
  }
  await assert.rejects(
    readCopy(path, (copy) => writeFileSync(`${copy}-wal`, "")),
    StoreDamaged,
  );
  await database.close();
  folder.remove();
});

test("what was being written when the power went is cut without complaint", async () => {
  const { folder, path, database } = await written();
  const rows = await readCopy(path, (copy) => {
    const torn = Buffer.alloc(PAGE + 24 + 700, 3);
    writeFileSync(`${copy}-wal`, Buffer.concat([readFileSync(`${copy}-wal`), torn]));
  });
  assert.equal(rows, 40);
  await database.close();
  folder.remove();
});

test("two pages that changed places are an error", async () => {
  const { folder, path, database } = await written();
  await database.close();
  await assert.rejects(
    readCopy(path, (copy) => {
      const bytes = readFileSync(copy);
      const last = bytes.length - PAGE;
      const page = Buffer.from(bytes.subarray(last));
      bytes.copyWithin(last, last - PAGE, last);
      page.copy(bytes, last - PAGE);
      writeFileSync(copy, bytes);
    }),
    StoreDamaged,
  );
  folder.remove();
});

test("another key opens nothing and harms nothing", async () => {
  const { folder, path, database } = await written();
  await database.close();
  await assert.rejects(openSqlite({ path, key: testKey(8), migrations: things }), StoreDamaged);
  assert.equal(await readCopy(path, () => {}), 40);
  folder.remove();
});

test("no plaintext is in any file, and only the owner may read them", async () => {
  const { folder, path, database } = await written();
  for (const name of readdirSync(folder.path)) {
    const file = join(folder.path, name);
    assert.equal(readFileSync(file).includes("canary-plaintext"), false, name);
    assert.equal(readFileSync(file).includes("CREATE TABLE"), false, name);
    assert.equal(statSync(file).mode & 0o077, 0, name);
  }
  await database.close();
  assert.equal(readFileSync(path).includes("canary"), false);
  folder.remove();
});

test("what was deleted leaves the log too", async () => {
  const { folder, path, database } = await written();
  await database.write((tx) => tx.run("DELETE FROM things"));
  await database.wipeFreePages();
  assert.ok(statSync(`${path}-wal`).size < 3 * PAGE);
  assert.equal(await readCopy(path, () => {}), 0);
  await insert(database, "after");
  assert.equal(await readCopy(path, () => {}), 1);
  await database.close();
  folder.remove();
});

test("a long run keeps its log short and loses nothing", async () => {
  const { folder, path, database } = await written(0);
  for (let round = 0; round < 12; round += 1) {
    await Promise.all(Array.from({ length: 400 }, (_, n) => insert(database, `r${round}-${n}`)));
  }
  assert.ok(statSync(`${path}-wal`).size < 12 * 1024 * 1024);
  const row = await database.read((tx) => tx.get("SELECT count(*) AS n FROM things"));
  assert.deepEqual(row, { n: 4800 });
  await database.close();
  folder.remove();
});

test("a step of the schema runs once, and an older release refuses a newer database", async () => {
  const { folder, path, database } = await written();
  await database.close();
  const more = [...things, { id: 2, sql: "ALTER TABLE things ADD COLUMN more TEXT" }];
  const newer = await openSqlite({ path, key: testKey(), migrations: more });
  await newer.close();
  const again = await openSqlite({ path, key: testKey(), migrations: more });
  assert.equal((await again.read((tx) => tx.all("SELECT more FROM things ORDER BY name LIMIT 99"))).length, 40);
  await again.close();
  await assert.rejects(openSqlite({ path, key: testKey(), migrations: things }), /older/);
  folder.remove();
});

test("kill -9 loses nothing that was acknowledged", async () => {
  const folder = testFolder();
  const path = join(folder.path, "a.db");
  const acknowledged: string[] = [];
  for (const round of ["a", "b"]) acknowledged.push(...(await killAfter(WRITER, [path, round], 400)));
  const database = await openSqlite({ path, key: testKey(), migrations: things });
  const rows = await database.read((tx) =>
    tx.all<{ name: string }>("SELECT name FROM things ORDER BY name LIMIT 99999"),
  );
  const there = new Set(rows.map((row) => row.name));
  assert.ok(acknowledged.length >= 800);
  assert.deepEqual(
    acknowledged.filter((name) => !there.has(name)),
    [],
  );
  assert.deepEqual(await database.integrityCheck(), []);
  await database.close();
  folder.remove();
});

test("processes that open a new file at the same moment all succeed", async () => {
  const folder = testFolder();
  const path = join(folder.path, "a.db");
  const runs = ["a", "b", "c", "d"].map((name) => startAcknowledging(WRITER, [path, name, "5"]));
  assert.deepEqual(await Promise.all(runs.map((run) => run.ended)), [0, 0, 0, 0]);
  assert.equal(await readCopy(path, () => {}), 20);
  folder.remove();
});

test("two processes that write one file both get on", async () => {
  const folder = testFolder();
  const path = join(folder.path, "a.db");
  const [one, two] = ["one", "two"].map((name) => startAcknowledging(WRITER, [path, name]));
  assert.ok(one && two);
  await Promise.all([one.have(1), two.have(1)]);
  const before = [one.lines.length, two.lines.length];
  await Promise.all([one.have(before[0]! + 300), two.have(before[1]! + 300)]);
  const counts = [one.lines.length - before[0]!, two.lines.length - before[1]!];
  one.child.kill("SIGKILL");
  two.child.kill("SIGKILL");
  await Promise.all([one.ended, two.ended]);
  assert.ok(Math.max(...counts) < 5 * Math.min(...counts), `shares: ${counts.join(" and ")}`);
  folder.remove();
});

test("a full disk refuses, acknowledges nothing it lost, and leaves the process alive", async (t) => {
  const folder = testFolder();
  const [mounted, path] = [folder.path, join(folder.path, "a.db")];
  const isolated = ["-Urm", "sh", "-c"];
  const mount = `mount -t tmpfs -o size=500k none ${mounted}`;
  if (spawnSync("unshare", [...isolated, mount]).status !== 0) return t.skip("needs user namespaces and tmpfs");
  const command = `${mount} && exec ${process.execPath} ${WRITER} ${path} full 100000 8`;
  const run = startAcknowledging(WRITER, [...isolated, command], "unshare");
  assert.equal(await run.ended, 0);
  const refusals = run.lines.filter((line) => line.startsWith("!"));
  assert.deepEqual(new Set(refusals), new Set(["! StoreFull"]));
  assert.equal(refusals.length, 8);
  const acknowledged = run.lines.filter((line) => line.startsWith("full-")).length;
  assert.ok(acknowledged > 50);
  assert.equal(run.lines.at(-1), `? 0 faults, ${acknowledged} rows`);
  folder.remove();
});
