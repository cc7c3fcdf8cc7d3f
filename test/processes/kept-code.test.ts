import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runProgram } from "../harness/clients.js";

// dist/main.cjs beside a bundle of one line. V8 itself holds kept code against the length of its source alone: so two
// bundles of one length show whether the code that was kept is run.
const folder = mkdtempSync(join(tmpdir(), "strongroom-kept-code-"));
const [main, bundle, kept] = ["main.cjs", "bundle.cjs", "command.code"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]; // as many as there are names
copyFileSync(join(process.cwd(), "dist", "main.cjs"), main);
after(() => rmSync(folder, { recursive: true }));

const bundleThatSays = (word: string) => `(function (require, ownUrl) { process.stdout.write("${word}"); })`;
const digestOf = (code: Buffer) => createHash("sha256").update(readFileSync(bundle)).update(code).digest();
const codeIn = (file: Buffer) => file.subarray(32);

async function said(flags: readonly string[] = [], environment: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await runProgram(process.execPath, [...flags, main], { environment });
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

test("code is kept when it is asked for, and run only for the bundle it was made of, to the bit", async () => {
  writeFileSync(bundle, bundleThatSays("first"));
  assert.equal(await said(), "first");
  assert.ok(!existsSync(kept), "nobody asked");
  assert.equal(await said([], { STRONGROOM_KEEP_CODE: "1" }), "first");
  const first = readFileSync(kept);

  writeFileSync(bundle, bundleThatSays("other"));
  assert.equal(await said(), "other");

  const sealed = Buffer.concat([digestOf(codeIn(first)), codeIn(first)]);
  writeFileSync(kept, sealed);
  assert.equal(await said(), "first", "what is kept is what is run");

  for (const at of [0, 31, 32, sealed.length >> 1, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    writeFileSync(kept, changed);
    assert.equal(await said(), "other", `byte ${at}`);
  }
  for (const length of [0, 31, 32, sealed.length - 1]) {
    writeFileSync(kept, sealed.subarray(0, length));
    assert.equal(await said(), "other", `cut to ${length}`);
  }
});

test("code that was kept under other flags of V8, or by another V8, is passed over", async () => {
  writeFileSync(bundle, bundleThatSays("first"));
  await said([], { STRONGROOM_KEEP_CODE: "1" });
  const code = codeIn(readFileSync(kept));
  writeFileSync(bundle, bundleThatSays("other"));
  writeFileSync(kept, Buffer.concat([digestOf(code), code]));
  assert.equal(await said(), "first");
  assert.equal(await said(["--no-opt"]), "other");
  const strange = Buffer.from(code);
  strange.writeUInt8(strange.readUInt8(4) ^ 1, 4); // V8's version, after its magic number
  writeFileSync(kept, Buffer.concat([digestOf(strange), strange]));
  assert.equal(await said(), "other");
});

test("the build has kept code for the command and for workers", () => {
  const dist = join(process.cwd(), "dist");
  for (const name of ["command.code", "worker.code"]) {
    const file = readFileSync(join(dist, name));
    const hash = createHash("sha256").update(readFileSync(join(dist, "bundle.cjs")));
    assert.deepEqual(hash.update(codeIn(file)).digest(), file.subarray(0, 32), name);
  }
});
