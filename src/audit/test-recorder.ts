import { join } from "node:path";
import { silentLog } from "../base/index.js";
import { openSqlite } from "../store/index.js";
import { testKey as databaseKey } from "../store/testing.js";
import { openAudit } from "./audit.js";
import { AUDIT_MIGRATIONS } from "./store.js";
import { testKey, testRecord } from "./testing.js";

// A child of the tests: records events `<name>-<n>` and indexes them until it is killed; half come with a committed row,
// and half of those with a record of what the call did on its way.
// Prints each id once its call is over, as an answer to a caller would.
const [folder = "", slot = "", name = "", clients = "16"] = process.argv.slice(2);
const indexDatabase = await openSqlite({
  path: join(folder, "audit.db"),
  key: databaseKey(),
  migrations: AUDIT_MIGRATIONS,
});
const state = await openSqlite({
  path: join(folder, "state.db"),
  key: databaseKey(),
  migrations: [{ id: 1, sql: "CREATE TABLE things (name TEXT PRIMARY KEY)" }],
});
const never = { nowMs: () => 0, now: () => new Date(0), after: () => () => {} };
const audit = await openAudit({
  folder: join(folder, "audit"),
  slot,
  key: testKey(),
  indexDatabase,
  databases: [state],
  clock: never,
  log: silentLog,
  segmentBytes: 128 * 1024,
});
let next = 0;

async function client(): Promise<never> {
  for (;;) {
    const number = next++;
    const record = testRecord(`${name}-${number}`);
    const beside = number % 4 === 0 ? [testRecord(`${record.eventID}-use`)] : [];
    if (number % 2 === 0) {
      await audit.commit(
        state,
        { ...record, errorCode: "Unfinished" },
        (tx) => tx.run("INSERT INTO things VALUES (?)", record.eventID),
        beside,
      );
    }
    await audit.record(record, beside);
    if (number % 40 === 0) await audit.indexOwn(0);
    process.stdout.write(`${record.eventID}\n`);
  }
}

await Promise.all(Array.from({ length: Number(clients) }, client));
