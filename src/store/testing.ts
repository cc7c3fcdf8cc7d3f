import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Migration } from "./database.js";
import { openSqlite, type SqliteDatabase } from "./sqlite.js";
import type { LentKey } from "./sqlite-connection.js";

/** A key of 32 equal bytes. */
export function testKey(byte = 7): LentKey {
  return { use: (work) => work(Buffer.alloc(32, byte)) };
}

const usualKey = testKey();

interface TestSqlite {
  readonly path: string;
  readonly migrations: readonly Migration[];
  /** The same object each time, or the migrations are run each time. */
  readonly key?: LentKey;
}

/** The bytes of a new database, by its migrations and its key. */
const migrated = new WeakMap<readonly Migration[], WeakMap<LentKey, Promise<Buffer>>>();

/** A real database, by default under `testKey()`. Its migrations run once a process: who comes later gets a copy. */
export async function openTestSqlite({ path, migrations, key = usualKey }: TestSqlite): Promise<SqliteDatabase> {
  if (!existsSync(path)) {
    const byKey = migrated.get(migrations) ?? new WeakMap<LentKey, Promise<Buffer>>();
    const bytes = byKey.get(key) ?? migratedBytes(migrations, key);
    migrated.set(migrations, byKey.set(key, bytes));
    writeFileSync(path, await bytes, { mode: 0o600 });
  }
  return openSqlite({ path, key, migrations });
}

async function migratedBytes(migrations: readonly Migration[], key: LentKey): Promise<Buffer> {
  const folder = testFolder();
  const path = join(folder.path, "new.db");
  const database = await openSqlite({ path, key, migrations });
  await database.close(); // takes its log into the file
  const bytes = readFileSync(path);
  folder.remove();
  return bytes;
}

export interface TestFolder {
  readonly path: string;
  remove(): void;
}

export function testFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), "strongroom-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A child that says on stdout, a line each, what was acknowledged to it. */
export interface Acknowledging {
  readonly child: ChildProcess;
  /** The lines so far; complete once `ended` resolved. */
  readonly lines: readonly string[];
  readonly ended: Promise<number | null>;
  /** Resolves when this many lines have come, or the child has ended. */
  have(count: number): Promise<void>;
}

export function startAcknowledging(script: string, args: readonly string[], command = process.execPath): Acknowledging {
  const isNode = command === process.execPath;
  const child = spawn(command, isNode ? [script, ...args] : args, { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const ended = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    for (const one of waiting) if (lines.length >= one.count) one.resolve();
  });
  const have = (count: number) =>
    Promise.race([
      ended.then(() => {}),
      new Promise<void>((resolve) => {
        if (lines.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    ]);
  return { child, lines, ended, have };
}

/** Runs the script until it has acknowledged so much, kills it with SIGKILL and gives what it had acknowledged. */
export async function killAfter(script: string, args: readonly string[], count: number): Promise<readonly string[]> {
  const run = startAcknowledging(script, args);
  await run.have(count);
  run.child.kill("SIGKILL");
  await run.ended;
  return run.lines;
}
