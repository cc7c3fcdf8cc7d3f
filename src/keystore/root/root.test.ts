import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hex, utf8 } from "../../base/index.js";
import { Secret } from "../../crypto/index.js";
import { changesOf } from "../../crypto/testing.js";
import { temporaryFolder } from "../testing.js";
import { describeRoot, initRoot, rekeyRoot, rekeySteps, unlockRoot } from "./lifecycle.js";
import type { RootOffer, RootProvider } from "./provider.js";
import { Root } from "./root.js";
import type { RootReason } from "./root-error.js";

const FILE: RootProvider = { kind: "file" };
/** The floor of what is accepted, so that the tests stay quick. */
const QUICK = { memoryKib: 64 * 1024, passes: 2, lanes: 2 };
const passphrase = (text: string) => Secret.own(utf8(text));
const refuses = (call: Promise<unknown>, reason: RootReason) => assert.rejects(call, { name: "RootError", reason });
const fingerprint = (root: Root) => root.houseKey("test").use(hex);

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  try {
    await body(folder.path);
  } finally {
    folder.remove();
  }
}

test("a key file opens the same root again, and both files are their owner's alone", () =>
  inFolder(async (folder) => {
    const { root, shares } = await initRoot(folder, FILE);
    assert.equal(fingerprint(await unlockRoot(folder, FILE)), fingerprint(root));
    assert.deepEqual(shares, []);
    assert.deepEqual(readdirSync(folder).sort(), ["root.json", "root.key"]);
    for (const name of ["root.json", "root.key"]) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  }));

test("a root is made once, and none is opened where none was made", () =>
  inFolder(async (folder) => {
    await refuses(unlockRoot(folder, FILE), "not-initialised");
    assert.equal(describeRoot(folder), undefined);
    await initRoot(folder, FILE);
    await refuses(initRoot(folder, FILE), "already-initialised");
    assert.equal(describeRoot(folder)?.kind, "file");
  }));

test("no new root is made over keys that another one opens", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "keystore.db"), "");
    await refuses(initRoot(folder, FILE), "root-lost");
    assert.deepEqual(readdirSync(folder), ["keystore.db"]);
  }));

test("a key file that others may read, that is gone or that is another's does not open", () =>
  inFolder(async (folder) => {
    await initRoot(folder, FILE);
    const path = join(folder, "root.key");
    const right = readFileSync(path);
    for (const mode of [0o640, 0o604, 0o660, 0o601]) {
      chmodSync(path, mode);
      await refuses(unlockRoot(folder, FILE), "key-file-open-to-others");
    }
    chmodSync(path, 0o400);
    await unlockRoot(folder, FILE);
    chmodSync(path, 0o600);
    for (const { changed } of changesOf(right)) {
      writeFileSync(path, changed);
      await refuses(unlockRoot(folder, FILE), "wrong-key-file");
    }
    await inFolder(async (other) => {
      await initRoot(other, FILE);
      await refuses(
        unlockRoot(other, { kind: "passphrase", passphrase: passphrase("a long enough one") }),
        "wrong-offer",
      );
    });
  }));

test("a key file may lie elsewhere", () =>
  inFolder(async (elsewhere) =>
    inFolder(async (folder) => {
      const { root } = await initRoot(folder, { kind: "file", path: join(elsewhere, "usb.key") });
      assert.equal(existsSync(join(folder, "root.key")), false);
      assert.equal(fingerprint(await unlockRoot(folder, FILE)), fingerprint(root));
    }),
  ));

test("a passphrase opens, a wrong one does not, and a weak one is not taken", () =>
  inFolder(async (folder) => {
    const weak = { ...QUICK, memoryKib: 1024 };
    await refuses(initRoot(folder, { kind: "passphrase", passphrase: passphrase("short") }), "weak-passphrase");
    const good = () => passphrase("correct horse battery staple");
    await refuses(initRoot(folder, { kind: "passphrase", passphrase: good(), parameters: weak }), "weak-parameters");
    const { root } = await initRoot(folder, { kind: "passphrase", passphrase: good(), parameters: QUICK });
    assert.equal(fingerprint(await unlockRoot(folder, { kind: "passphrase", passphrase: good() })), fingerprint(root));
    const wrong: RootOffer = { kind: "passphrase", passphrase: passphrase("correct horse battery stapler") };
    await refuses(unlockRoot(folder, wrong), "wrong-passphrase");
    await refuses(unlockRoot(folder, FILE), "wrong-offer");
    assert.deepEqual(readdirSync(folder), ["root.json"]);
  }));

test("any two of three shares open; one, one twice, mistyped or foreign ones do not", () =>
  inFolder(async (folder) => {
    const { root, shares } = await initRoot(folder, { kind: "shares", shares: 3, threshold: 2 });
    const [a, b, c] = shares as [string, string, string]; // three were asked for
    const unlock = (...given: string[]) => unlockRoot(folder, { kind: "shares", shares: given });
    for (const some of [
      [a, b],
      [c, a],
      [b, c],
      [a, b, c],
      [` ${a}\n`, b],
      [a, a, b],
    ]) {
      assert.equal(fingerprint(await unlock(...some)), fingerprint(root));
    }
    for (const few of [[], [a], [a, a]]) await refuses(unlock(...few), "too-few-shares");
    for (const typed of [
      `${b.slice(0, -1)}x`,
      b.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")),
      "",
      b.slice(0, 60),
    ]) {
      await refuses(unlock(a, typed), "malformed-share");
    }
    await inFolder(async (other) => {
      const foreign = await initRoot(other, { kind: "shares", shares: 2, threshold: 2 });
      await refuses(unlock(a, foreign.shares[1] as string), "wrong-shares"); // two were asked for
    });
  }));

test("shares need a threshold of two or more, and no more than there are", () =>
  inFolder(async (folder) => {
    for (const [shares, threshold] of [
      [3, 1],
      [2, 3],
      [256, 2],
      [0, 0],
    ] as const) {
      await refuses(initRoot(folder, { kind: "shares", shares, threshold }), "weak-parameters");
    }
    assert.deepEqual(readdirSync(folder), []);
  }));

test("every change of root.json is found", () =>
  inFolder(async (folder) => {
    const { root } = await initRoot(folder, FILE);
    const path = join(folder, "root.json");
    const right = readFileSync(path);
    const harmless: string[] = [];
    // Two or three of each byte's bits.
    for (const { what, changed } of [...changesOf(right)].filter((_, index) => index % 3 === 0)) {
      writeFileSync(path, changed);
      const opened: unknown = await unlockRoot(folder, FILE).catch((thrown: unknown) => thrown);
      if (opened instanceof Root) harmless.push(fingerprint(opened));
      else assert.equal((opened as Error).name, "RootError", what); // what was thrown
    }
    // The white space at the end and the unused bits of base64 mean nothing: what opens is the same root.
    assert.ok(harmless.length <= 8, `${harmless.length} changes were harmless`);
    assert.deepEqual(new Set(harmless), new Set(harmless.length > 0 ? [fingerprint(root)] : []));
  }));

test("house keys and domain keys differ by each of their names", () =>
  inFolder(async (folder) => {
    const { root } = await initRoot(folder, FILE);
    const sealed = root.domainKey("111122223333", "us-east-1").seal(utf8("x"), utf8(""));
    assert.deepEqual(root.domainKey("111122223333", "us-east-1").open(sealed, utf8("")), utf8("x"));
    for (const [account, region] of [
      ["111122223333", "us-east-2"],
      ["111122223334", "us-east-1"],
    ] as const) {
      assert.throws(() => root.domainKey(account, region).open(sealed, utf8("")), { name: "BrokenSeal" });
    }
    assert.notEqual(root.houseKey("a").use(hex), root.houseKey("b").use(hex));
  }));

test("rekeying keeps the master key, and the old offer opens no more", () =>
  inFolder(async (folder) => {
    const { root } = await initRoot(folder, FILE);
    const oldKey = readFileSync(join(folder, "root.key"));
    const { shares } = await rekeyRoot(folder, FILE, { kind: "shares", shares: 2, threshold: 2 });
    assert.deepEqual(readdirSync(folder), ["root.json"]);
    const offer: RootOffer = { kind: "shares", shares };
    assert.equal(fingerprint(await unlockRoot(folder, offer)), fingerprint(root));
    writeFileSync(join(folder, "root.key"), oldKey, { mode: 0o600 });
    await refuses(unlockRoot(folder, FILE), "wrong-offer");
    await rekeyRoot(folder, offer, FILE);
    assert.equal(fingerprint(await unlockRoot(folder, FILE)), fingerprint(root));
    await refuses(unlockRoot(folder, offer), "wrong-offer");
    assert.ok(!readFileSync(join(folder, "root.key")).includes(oldKey.subarray(9)), "the old key is gone");
  }));

test("rekeying with a wrong offer changes nothing", () =>
  inFolder(async (folder) => {
    await initRoot(folder, FILE);
    const before = readFileSync(join(folder, "root.json"));
    await refuses(rekeyRoot(folder, { kind: "shares", shares: [] }, FILE), "wrong-offer");
    assert.deepEqual(readFileSync(join(folder, "root.json")), before);
  }));

test("a crash after any step of rekeying leaves a folder that opens, old way or new", async () => {
  for (const next of [FILE, { kind: "shares", shares: 2, threshold: 2 } as const]) {
    for (let done = 0; done <= 4; done++) {
      await inFolder(async (folder) => {
        const { root } = await initRoot(folder, FILE);
        const { steps, made } = await rekeySteps(folder, FILE, next);
        assert.equal(steps.length, 4);
        for (const step of steps.slice(0, done)) await step();
        const offer: RootOffer = done < 3 || next.kind === "file" ? FILE : { kind: "shares", shares: made.shares };
        assert.equal(fingerprint(await unlockRoot(folder, offer)), fingerprint(root), `${next.kind} after ${done}`);
        // And the change can be made again from there.
        await rekeyRoot(folder, offer, FILE);
        assert.equal(fingerprint(await unlockRoot(folder, FILE)), fingerprint(root));
        assert.equal(statSync(join(folder, "root.key")).size, 41);
      });
    }
  }
});
