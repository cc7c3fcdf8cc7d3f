import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CreateKeyCommand } from "@aws-sdk/client-kms";
import { clientsOf, runProgram } from "../harness/clients.js";
import { cleanEnvironment, newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { addOldSlot } from "../harness/trail.js";

/** I3's other half: what was recorded stays, and whoever takes something away is found out. */

const folder = newFolder("ledger");
const data = `${folder}/data`;
let server: Server;

const environment = cleanEnvironment();
const audit = (...args: string[]) =>
  runProgram(process.execPath, ["bin/strongroom.cjs", "audit", ...args], { environment });
const onServer = (...args: string[]) => audit(...args, "--data", data, "--port", String(server.port));

before(async () => {
  server = await startServer({ dataFolder: data, workers: 2 });
  await calls(20);
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

async function calls(count: number): Promise<void> {
  const { kms } = clientsOf(server);
  await Promise.all(Array.from({ length: count }, () => kms.send(new CreateKeyCommand({}))));
}

test("a running server proves its trail, makes an anchor by itself, and exports what can be checked without it", async () => {
  const verified = await onServer("verify");
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  assert.match(
    verified.stdout,
    /slot w0 .*: whole\nslot w1 .*: whole\nHeld against the anchor of .*\nThe trail is whole\./,
  );
  assert.equal((await onServer("anchor", "--out", `${folder}/anchor.json`)).code, 0);
  await calls(5);
  const against = await onServer("verify", "--anchor", `${folder}/anchor.json`);
  assert.equal(against.code, 0, against.stdout);
  const exported = await onServer("export", "--out", `${folder}/export.jsonl`);
  assert.equal(exported.code, 0, exported.stderr);
  assert.ok(readFileSync(`${folder}/export.jsonl`, "utf8").includes('"eventName":"CreateKey"'));
  const checked = await audit("check-export", `${folder}/export.jsonl`, "--anchor", `${folder}/anchor.json`);
  assert.equal(checked.code, 0, checked.stdout);
  const text = readFileSync(`${folder}/export.jsonl`, "utf8");
  writeFileSync(`${folder}/changed.jsonl`, text.replace('"eventName":"CreateKey"', '"eventName":"DeleteKey"'));
  const changed = await audit("check-export", `${folder}/changed.jsonl`);
  assert.equal(changed.code, 1);
  assert.match(changed.stdout, /DAMAGE {2}line \d+: the records before it are not those of slot w\d/);
});

test("on a stopped folder each way to lose a record is found and named; accepted damage lets the server start again", async () => {
  cpSync(join(data, "audit"), `${folder}/older`, { recursive: true });
  await calls(10);
  await server.stop();
  await addOldSlot(data, "w9");
  await onServerless("anchor", "--out", `${folder}/last.json`);
  const packing = await onServerless("compact", "--all");
  assert.match(packing.stdout, /^\d segments packed: \d+ bytes are \d+ now\.\n$/, packing.stderr);
  cpSync(data, `${folder}/whole`, { recursive: true });
  const first = segment("w0");
  const changes: [string, RegExp, () => void][] = [
    ["cut", /DAMAGE .*slot w0, segment 1, frame \d+/, () => truncateSync(first, readFileSync(first).length - 3)],
    ["flip", /DAMAGE .*slot w0, segment 1, frame \d+: it does not open/, () => flip(first, 200)],
    ["packed", /DAMAGE .*slot w9, segment 1, frame 0: /, () => flip(segment("w9"), 300)],
    ["swap", /DAMAGE .*slot w0, segment 1, frame 0/, swapSlots],
    ["older", /DAMAGE .*slot w\d: cut off or rolled back/, () => restore(`${folder}/older`, join(data, "audit"))],
    ["slot", /DAMAGE .*slot w1 is gone/, () => rmSync(join(data, "audit", "w1"), { recursive: true })],
  ];
  for (const [what, expected, change] of changes) {
    change();
    const { code, stdout } = await onServerless("verify", "--anchor", `${folder}/last.json`);
    assert.equal(code, 1, `${what}: ${stdout}`);
    assert.match(stdout, expected, what);
    restore(`${folder}/whole`, data);
  }
  assert.equal((await onServerless("verify", "--anchor", `${folder}/last.json`)).code, 0);
  flip(first, readFileSync(first).length - 1);
  await assert.rejects(startServer({ dataFolder: data, workers: 2 }), /audit trail damaged: slot w0/);
  const accepted = await onServerless("accept-damage", "--slot", "w0", "--reason", "a bad disk");
  assert.equal(accepted.code, 0, accepted.stderr);
  assert.match(accepted.stdout, /it goes on in w0-2/);
  server = await startServer({ dataFolder: data, workers: 2 });
  assert.match((await onServer("compact")).stderr, /another server uses the data folder/);
  await calls(3);
  const after = await onServer("verify", "--anchor", `${folder}/last.json`);
  assert.equal(after.code, 0, after.stdout + after.stderr);
  assert.match(after.stdout, /slot w9 +20 records, up to .*: whole/);
  assert.match(after.stdout, /damage accepted .* \(a bad disk\)/);
  assert.ok(existsSync(join(data, "audit", "w0-2")));
  assert.match((await onServer("export")).stdout, /"eventName":"AcceptTrailDamage"/);
});

const onServerless = (...args: string[]) => audit(...args, "--data", data, "--port", "1");

const segment = (slot: string) => join(data, "audit", slot, "0000000001.seg");

function swapSlots(): void {
  const [first, second] = [readFileSync(segment("w0")), readFileSync(segment("w1"))];
  writeFileSync(segment("w0"), second);
  writeFileSync(segment("w1"), first);
}

function restore(from: string, to: string): void {
  for (const name of readdirSync(to)) rmSync(join(to, name), { recursive: true });
  cpSync(from, to, { recursive: true });
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}
