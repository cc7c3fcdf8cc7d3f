import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openSqlite } from "./sqlite.js";
import { testFolder } from "./testing.js";

test("the golden database of version 1 opens", async () => {
  const path = join(process.cwd(), "src", "store", "golden", "database-1.json");
  const golden: { key: string; file: string } = JSON.parse(readFileSync(path, "utf8"));
  const folder = testFolder();
  const file = join(folder.path, "golden.db");
  writeFileSync(file, Buffer.from(golden.file, "base64"));
  const key = { use: <T>(work: (bytes: Buffer) => T) => work(Buffer.from(golden.key, "hex")) };
  const migrations = [{ id: 1, sql: "CREATE TABLE things (name TEXT PRIMARY KEY, body BLOB)" }];
  const database = await openSqlite({ path: file, key, migrations });
  const rows = await database.read((tx) => tx.all("SELECT name, body FROM things ORDER BY name LIMIT 9"));
  assert.deepEqual(rows, [{ name: "golden", body: Buffer.from([0, 1, 255]) }]);
  await database.close();
  folder.remove();
});
