import assert from "node:assert/strict";
import { test } from "node:test";
import type { Database, Migration } from "./database.js";

/** One database and the ways to look at it again; made by the adapter under test. */
export interface DatabaseBench {
  readonly database: Database;
  /** A further handle on the same data, as another process would have it. */
  another(): Promise<Database>;
  cleanUp(): Promise<void>;
}

export type OpenBench = (migrations: readonly Migration[]) => Promise<DatabaseBench>;

const MIGRATIONS: readonly Migration[] = [
  { id: 1, sql: "CREATE TABLE things (name TEXT PRIMARY KEY, size INTEGER NOT NULL)" },
  { id: 2, sql: "CREATE TABLE kinds (i INTEGER, r REAL, t TEXT, b BLOB, n INTEGER)" },
];

/** What every adapter of the `Database` port must hold. */
export function databaseContract(adapter: string, open: OpenBench): void {
  const about = (behaviour: string, run: (bench: DatabaseBench) => Promise<void>) =>
    test(`${adapter}: ${behaviour}`, async () => {
      const bench = await open(MIGRATIONS);
      try {
        await run(bench);
      } finally {
        await bench.cleanUp();
      }
    });

  about("what a unit wrote is there for every handle once it resolved", async ({ database, another }) => {
    await add(database, "one", 1);
    assert.deepEqual(await names(database), ["one"]);
    assert.deepEqual(await names(await another()), ["one"]);
  });

  about("a unit that throws leaves nothing and does not disturb its neighbours", async ({ database }) => {
    const failing = database.write(async (tx) => {
      await tx.run("INSERT INTO things VALUES (?, ?)", "bad", 1);
      throw new RangeError("mine");
    });
    const results = await Promise.allSettled([add(database, "first", 1), failing, add(database, "last", 1)]);
    assert.deepEqual(
      results.map((result) => result.status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    await assert.rejects(failing, RangeError);
    assert.deepEqual(await names(database), ["first", "last"]);
  });

  about("a broken constraint fails its own unit only", async ({ database }) => {
    const results = await Promise.allSettled([add(database, "a", 1), add(database, "a", 2), add(database, "b", 3)]);
    assert.deepEqual(
      results.map((result) => result.status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(await names(database), ["a", "b"]);
  });

  about("a unit sees what it wrote itself and returns its value", async ({ database }) => {
    const size = await database.write(async (tx) => {
      const { changes } = await tx.run("INSERT INTO things VALUES (?, ?)", "x", 7);
      assert.equal(changes, 1);
      return (await tx.get<{ size: number }>("SELECT size FROM things WHERE name = ?", "x"))?.size;
    });
    assert.equal(size, 7);
  });

  about("units never lose each other's updates", async ({ database }) => {
    await add(database, "counter", 0);
    const bump = () =>
      database.write(async (tx) => {
        const row = await tx.get<{ size: number }>("SELECT size FROM things WHERE name = ?", "counter");
        await tx.run("UPDATE things SET size = ? WHERE name = ?", (row?.size ?? 0) + 1, "counter");
      });
    await Promise.all(Array.from({ length: 50 }, bump));
    const row = await database.read((tx) => tx.get<{ size: number }>("SELECT size FROM things"));
    assert.equal(row?.size, 50);
  });

  about("a read does not see a unit that is still running", async ({ database }) => {
    let seen: string[] | undefined;
    await database.write(async (tx) => {
      await tx.run("INSERT INTO things VALUES (?, ?)", "half", 1);
      seen = await names(database);
      await tx.run("INSERT INTO things VALUES (?, ?)", "whole", 1);
    });
    assert.deepEqual(seen, []);
    assert.deepEqual(await names(database), ["half", "whole"]);
  });

  about("a read is one view, whatever is committed meanwhile", async ({ database }) => {
    await add(database, "before", 1);
    const counts = await database.read(async (tx) => {
      const first = await tx.all("SELECT name FROM things ORDER BY name LIMIT 10");
      await add(database, "meanwhile", 1);
      return [first.length, (await tx.all("SELECT name FROM things ORDER BY name LIMIT 10")).length];
    });
    assert.deepEqual(counts, [1, 1]);
    assert.equal((await names(database)).length, 2);
  });

  about("reads inside reads do not wait for each other", async ({ database }) => {
    const inner = await database.read(async () => names(database));
    assert.deepEqual(inner, []);
  });

  about(
    "a row is its columns in the order of the SQL, and what was committed by then",
    async ({ database, another }) => {
      const row = () => database.row("SELECT size, name FROM things ORDER BY name LIMIT ?", 1);
      assert.equal(await row(), undefined);
      await add(await another(), "one", 1);
      assert.deepEqual(await row(), [1, "one"]);
      await database.write(async (tx) => {
        await tx.run("UPDATE things SET size = 2");
        assert.deepEqual(await row(), [1, "one"], "a unit that is still running is not seen");
      });
      assert.deepEqual(await row(), [2, "one"]);
      const before = await database.read(async (tx) => {
        await tx.get("SELECT name FROM things LIMIT 1");
        await add(database, "a", 7);
        return [await row(), await tx.get("SELECT size FROM things ORDER BY name LIMIT 1")];
      });
      assert.deepEqual(before, [[7, "a"], { size: 2 }], "its view is its own, whatever else is read");
    },
  );

  about("a row cannot write", async ({ database }) => {
    await assert.rejects(async () => database.row("INSERT INTO things VALUES ('sly', 1) RETURNING name"));
    assert.deepEqual(await names(database), []);
  });

  about("a read cannot write", async ({ database }) => {
    await assert.rejects(database.read((tx) => tx.all("INSERT INTO things VALUES ('sly', 1) RETURNING name")));
    assert.deepEqual(await names(database), []);
  });

  about("values come back as they went in", async ({ database }) => {
    const row = { i: 2 ** 53 - 1, r: 0.5, t: "ä🔑\u0001", b: Buffer.from([0, 255, 1]), n: null };
    await database.write((tx) => tx.run("INSERT INTO kinds VALUES (?, ?, ?, ?, ?)", row.i, row.r, row.t, row.b, row.n));
    assert.deepEqual(await database.read((tx) => tx.get("SELECT i, r, t, b, n FROM kinds")), row);
  });

  about("the version changes with each commit of any handle, and only then", async ({ database, another }) => {
    const other = await another();
    const first = database.version();
    assert.equal(database.version(), first);
    await names(database);
    assert.equal(database.version(), first);
    await add(database, "own", 1);
    const second = database.version();
    assert.notEqual(second, first);
    await add(other, "theirs", 1);
    assert.notEqual(database.version(), second);
    assert.notEqual(database.version(), first);
  });

  about("every database has the outbox of the trail", async ({ database }) => {
    await database.write((tx) => tx.run("INSERT INTO audit_outbox VALUES (?, ?, ?, ?)", "id", "w0", 1, "{}"));
    const rows = await database.read((tx) => tx.all("SELECT slot, record FROM audit_outbox ORDER BY event_id LIMIT 9"));
    assert.deepEqual(rows, [{ slot: "w0", record: "{}" }]);
  });

  about("a closed database refuses", async ({ database }) => {
    await database.close();
    await database.close();
    assert.throws(() => database.version());
    assert.throws(() => void database.write(async () => {}));
  });
}

const add = (database: Database, name: string, size: number) =>
  database.write((tx) => tx.run("INSERT INTO things VALUES (?, ?)", name, size));

async function names(database: Database): Promise<string[]> {
  const rows = await database.read((tx) => tx.all<{ name: string }>("SELECT name FROM things ORDER BY name LIMIT 100"));
  return rows.map((row) => row.name);
}
