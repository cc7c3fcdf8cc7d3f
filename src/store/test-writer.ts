import { openSqlite } from "./sqlite.js";
import { testKey } from "./testing.js";

// A child of the tests: writes rows `<name>-<n>` until it is killed or `most` are done; prints each acknowledged one.
const [path = "", name = "", most = "1000000000", clients = "8"] = process.argv.slice(2);
process.on("SIGXFSZ", () => {}); // so that a file size limit is an error of the write, as a full disk is
const database = await openSqlite({
  path,
  key: testKey(),
  migrations: [{ id: 1, sql: "CREATE TABLE things (name TEXT PRIMARY KEY, body BLOB)" }],
});
let next = 0;
const body = Buffer.alloc(500, 1);

async function client(): Promise<void> {
  while (next < Number(most)) {
    const row = `${name}-${next++}`;
    try {
      await database.write((tx) => tx.run("INSERT INTO things VALUES (?, ?)", row, body));
      process.stdout.write(`${row}\n`);
    } catch (thrown) {
      process.stdout.write(`! ${thrown instanceof Error ? thrown.name : "?"}\n`);
      return;
    }
  }
}

await Promise.all(Array.from({ length: Number(clients) }, client));
const faults = await database.integrityCheck();
const rows = await database.read((tx) => tx.get<{ n: number }>("SELECT count(*) AS n FROM things"));
process.stdout.write(`? ${faults.length} faults, ${rows?.n} rows\n`);
await database.close();
