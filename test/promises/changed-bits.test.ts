/**
 * Promise I6: a changed bit is an error, never wrong data; so are swapped and shortened files. Each case damages a copy
 * of a whole data folder and asks the started server for everything that was written: the answer is right, or it is
 * an error of the server's, or the server says why it does not start.
 */
import assert from "node:assert/strict";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SEALED_SEGMENT_BYTES, STREAM_HEADER_BYTES } from "../../src/crypto/index.js";
import { PAGE_BYTES } from "../../src/store/sqlite-connection.js";
import { clientsOf } from "../harness/clients.js";
import { freshSeed, seeded } from "../harness/seeded.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import type { Register } from "./row.js";
import { SERVICES } from "./services.js";
import { errorOfCall, stageOf } from "./stage.js";

const folder = newFolder("i6");
/** As a graceful stop left it, and as kill -9 did: the write-ahead logs are there then. */
const [stopped, killed, damaged] = ["stopped", "killed", "damaged"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const chance = seeded(freshSeed());
const written: { readonly register: Register; readonly value: string }[] = [];
const tally = { refusedStart: 0, errors: 0, right: 0 };

before(async () => {
  const server = await startServer({ dataFolder: killed });
  const stage = await stageOf(server);
  for (const service of SERVICES) {
    for (const register of await service.registers(stage)) {
      // Values whose bodies are large: they lie in files of their own, and these are equally long.
      const value = `r${String(3 * written.length + 2).padStart(7, "0")}`;
      await register.write(stage, value);
      written.push({ register, value });
    }
  }
  await server.kill();
  copyFolder(killed, stopped);
  const again = await startServer({ dataFolder: stopped });
  assert.deepEqual(await wrongAnswers(again), { wrong: [], errors: [] }, "undamaged");
  await again.stop();
});
after(() => removeFolder(folder));

function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, filter: (name) => !lstatSync(name).isSocket() });
}

/** Asks for everything. A 4xx is wrong too: it says that what was written is not there, or not the caller's. */
async function wrongAnswers(server: Server): Promise<{ wrong: string[]; errors: string[] }> {
  const [wrong, errors]: [string[], string[]] = [[], []];
  const stage = { server, root: clientsOf(server), account: "" };
  await Promise.all(
    written.map(async ({ register, value }) => {
      const reading = register.read(stage);
      const error = await errorOfCall(reading);
      const read = error === undefined ? await reading : undefined;
      if (error === undefined && read !== value) wrong.push(`${register.name}: ${read} instead of ${value}`);
      if (error === undefined) return;
      const told = `${register.name}: ${error.status} ${error.name} ${error.message.slice(0, 120)}`;
      (isDenial(error.status) ? wrong : errors).push(told);
    }),
  );
  return { wrong, errors };
}

const isDenial = (status: number | undefined) => status !== undefined && status >= 400 && status < 500;

type Damage = (folder: string) => void;

const flip =
  (name: string, position: number): Damage =>
  (at) => {
    const bytes = readFileSync(join(at, name));
    const index = position < 0 ? bytes.length + position : position;
    bytes[index] = bytes.readUInt8(index) ^ (1 << chance.below(8));
    writeFileSync(join(at, name), bytes);
  };

const flipAnywhere =
  (name: string, from = 0): Damage =>
  (at) =>
    flip(name, from + chance.below(statSync(join(at, name)).size - from))(at);

const shorten =
  (name: string, part: number): Damage =>
  (at) =>
    truncateSync(join(at, name), Math.floor(statSync(join(at, name)).size * part));

const swap =
  (one: string, other: string): Damage =>
  (at) => {
    renameSync(join(at, one), join(at, "aside"));
    renameSync(join(at, other), join(at, one));
    renameSync(join(at, "aside"), join(at, other));
  };

const swapPages =
  (name: string): Damage =>
  (at) => {
    const bytes = readFileSync(join(at, name));
    const pages = Math.floor(bytes.length / PAGE_BYTES);
    const one = 1 + chance.below(pages - 1);
    const other = 1 + ((one + chance.below(pages - 2)) % (pages - 1));
    const aside = Buffer.from(bytes.subarray(one * PAGE_BYTES, (one + 1) * PAGE_BYTES));
    bytes.copy(bytes, one * PAGE_BYTES, other * PAGE_BYTES, (other + 1) * PAGE_BYTES);
    aside.copy(bytes, other * PAGE_BYTES);
    writeFileSync(join(at, name), bytes);
  };

/** The first two whole ones. */
const swapSegments =
  (name: string): Damage =>
  (at) => {
    const bytes = readFileSync(join(at, name));
    const second = STREAM_HEADER_BYTES + SEALED_SEGMENT_BYTES;
    const aside = Buffer.from(bytes.subarray(STREAM_HEADER_BYTES, second));
    bytes.copy(bytes, STREAM_HEADER_BYTES, second, second + SEALED_SEGMENT_BYTES);
    aside.copy(bytes, second);
    writeFileSync(join(at, name), bytes);
  };

const DATABASES = ["iam", "kms", "s3", "audit", "keystore"];
const LOG_HEADER_BYTES = 32;
const segment = (slot: string) => `audit/${slot}/0000000001.seg`;

/** Name, the folder it strikes, and what it does. */
const CASES: readonly (readonly [string, string, Damage])[] = [
  ...DATABASES.map((name) => [`a bit of ${name}.db`, stopped, flipAnywhere(`${name}.db`)] as const),
  ...DATABASES.map((name) => [`a bit of ${name}.db's log`, killed, flipAnywhere(`${name}.db-wal`)] as const),
  ["a bit of the first page of iam.db", stopped, flip("iam.db", chance.below(100))],
  ["a bit of the header of kms.db's log", killed, flip("kms.db-wal", chance.below(LOG_HEADER_BYTES))],
  ["s3.db, cut off", stopped, shorten("s3.db", 0.6)],
  ["iam.db's log, cut off", killed, shorten("iam.db-wal", 0.6)],
  ["kms.db's log, empty", killed, shorten("kms.db-wal", 0)],
  ["two databases, swapped", stopped, swap("iam.db", "kms.db")],
  ["two pages of kms.db, swapped", stopped, swapPages("kms.db")],
  ["two pages of s3.db, swapped", stopped, swapPages("s3.db")],
  ["a bit of the trail", stopped, flipAnywhere(segment("w0"))],
  ["a bit of the other slot's trail", killed, flipAnywhere(segment("w1"))],
  ["the trail, cut off", stopped, shorten(segment("w0"), 0.7)],
  ["two slots' trails, swapped", stopped, swap(segment("w0"), segment("w1"))],
  ["a bit of the trail's mark", killed, flipAnywhere("audit/w0/flushed")],
  ["a bit of the mark of a log", killed, flipAnywhere("s3.db-mark")],
  ["a bit of the root's record", stopped, flipAnywhere("root.json")],
  ["the root's record, cut off", stopped, shorten("root.json", 0.5)],
  ["a bit of the root key", stopped, flipAnywhere("root.key")],
  ["the root key, cut off", stopped, shorten("root.key", 0.5)],
];

for (const [name, origin, damage] of CASES) {
  test(`${name}: an error or the right data`, async (t) => {
    copyFolder(origin, damaged);
    damage(damaged);
    const started = await startServer({ dataFolder: damaged }).catch((thrown: Error) => thrown);
    if (started instanceof Error) {
      tally.refusedStart += 1;
      assert.doesNotMatch(started.message, /did not get ready in time/, `seed ${chance.seed}`);
      const said = /^strongroom: .+$/m.exec(started.message)?.[0] ?? /"reason":"[^"]+"/.exec(started.message)?.[0];
      assert.ok(said, `says why: ${started.message}`);
      return t.diagnostic(said);
    }
    const { wrong, errors } = await wrongAnswers(started);
    await started.kill();
    tally[errors.length > 0 ? "errors" : "right"] += 1;
    t.diagnostic(errors.length === 0 ? "all right" : `${errors.length} errors: ${errors[0]}`);
    assert.deepEqual(wrong, [], `seed ${chance.seed}`);
  });
}

test("a changed, swapped or shortened body is never handed out", async (t) => {
  copyFolder(stopped, damaged);
  const server = await startServer({ dataFolder: damaged });
  t.after(() => server.stop());
  const blobs = readdirSync(join(damaged, "blobs"), { recursive: true, encoding: "utf8" })
    .map((name) => join("blobs", name))
    .filter((name) => statSync(join(damaged, name)).isFile());
  assert.ok(blobs.length >= 4);
  const harms: [string, Damage][] = blobs.flatMap((blob): [string, Damage][] => [
    ["first byte", flip(blob, 0)],
    ["a byte of the head", flip(blob, 1 + chance.below(40))],
    ["some byte", flipAnywhere(blob)],
    ["last byte", flip(blob, -1)],
    ["cut off", shorten(blob, chance.below(100) / 100)],
    ["cut at a segment", (at) => truncateSync(join(at, blob), STREAM_HEADER_BYTES + SEALED_SEGMENT_BYTES)],
    ["a byte more", (at) => appendFileSync(join(at, blob), "x")],
    ["two segments swapped", swapSegments(blob)],
  ]);
  const pairs = blobs.flatMap((one, index) =>
    blobs.slice(index + 1).map((other): [string, Damage] => ["swapped", swap(one, other)]),
  );
  for (const [what, harm] of [...harms, ...pairs]) {
    harm(damaged);
    const { wrong, errors } = await wrongAnswers(server);
    assert.deepEqual(wrong, [], `${what}, seed ${chance.seed}`);
    assert.ok(errors.length > 0, `${what}: somebody reads this body`);
    for (const blob of blobs) copyFileSync(join(stopped, blob), join(damaged, blob));
  }
  const told = server
    .output()
    .split("\n")
    .filter((line) => line.includes('"s3.damaged"'));
  assert.ok(
    told.length > blobs.length && told.every((line) => /"body":"[0-9a-z]{32,49}"/.test(line)),
    "the log names it",
  );
  assert.deepEqual(await wrongAnswers(server), { wrong: [], errors: [] }, "mended");
  t.diagnostic(`${harms.length + pairs.length} cases on ${blobs.length} bodies`);
});

test("the cases struck: some refuse the start, some are errors", (t) => {
  t.diagnostic(`seed ${chance.seed}: ${JSON.stringify(tally)}`);
  assert.ok(tally.refusedStart > 0 && tally.refusedStart + tally.errors > CASES.length / 2);
});
