import { needs } from "../base/index.js";
import type { Migration } from "./database.js";
import type { Connection } from "./sqlite-connection.js";

/** What every database has: the first records of calls whose final record is not in the trail yet (room `audit`). */
const OWN: readonly Migration[] = [
  {
    id: 1,
    // `segment`: where the slot's log stood; the final record, if it was written, lies there or after it.
    sql: `CREATE TABLE audit_outbox (
            event_id TEXT PRIMARY KEY, slot TEXT NOT NULL, segment INTEGER NOT NULL, record TEXT NOT NULL
          ) STRICT, WITHOUT ROWID`,
  },
];

/** Brings the schema to its newest step, once, whoever of several processes comes first. */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  needs(
    migrations.every((step, at) => at === 0 || step.id > (migrations[at - 1]?.id ?? 0)),
    "migrations are listed in rising order of id",
  );
  if (isCurrent(connection, migrations)) return;
  connection.driver.exec("BEGIN IMMEDIATE");
  try {
    connection.driver.exec(
      "CREATE TABLE IF NOT EXISTS migrations (scope TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (scope, id)) STRICT",
    );
    apply(connection, "store", OWN);
    apply(connection, "room", migrations);
    connection.driver.exec("COMMIT");
  } catch (thrown) {
    if (connection.driver.inTransaction) connection.driver.exec("ROLLBACK");
    throw thrown;
  }
}

function apply(connection: Connection, scope: string, migrations: readonly Migration[]): void {
  const done = doneIn(connection, scope);
  const newest = Math.max(0, ...migrations.map((step) => step.id));
  needs(
    [...done].every((id) => id <= newest),
    "a database is not opened by a release older than the one that wrote it",
  );
  for (const step of migrations.filter((one) => !done.has(one.id))) {
    connection.driver.exec(step.sql);
    connection.run("INSERT INTO migrations (scope, id) VALUES (?, ?)", scope, step.id);
  }
}

function isCurrent(connection: Connection, migrations: readonly Migration[]): boolean {
  const has = connection.get("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'");
  if (has === undefined) return false;
  return sameIds(doneIn(connection, "store"), OWN) && sameIds(doneIn(connection, "room"), migrations);
}

function doneIn(connection: Connection, scope: string): Set<number> {
  const rows = connection.all<{ id: number }>("SELECT id FROM migrations WHERE scope = ? ORDER BY id", scope);
  return new Set(rows.map((row) => row.id));
}

const sameIds = (done: ReadonlySet<number>, migrations: readonly Migration[]) =>
  done.size === migrations.length && migrations.every((step) => done.has(step.id));
