import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hex, utf8 } from "../../base/index.js";
import { Secret } from "../../crypto/index.js";
import { changesOf } from "../../crypto/testing.js";
import { memoryToken } from "../pkcs11/test-token.js";
import { temporaryFolder } from "../testing.js";
import { initRoot, rekeyRoot, rekeySteps, unlockRoot } from "./lifecycle.js";
import type { RootOffer, RootProvider } from "./provider.js";
import { Root } from "./root.js";
import type { RootReason } from "./root-error.js";
import { memoryKms } from "./test-kms.js";

// Roots of trust whose key is somewhere else: in a token, or with another KMS.

const PIN = "user-pin-4711";
const secret = (text: string) => Secret.own(utf8(text));
const refuses = (call: Promise<unknown>, reason: RootReason) => assert.rejects(call, { name: "RootError", reason });
const fingerprint = (root: Root) => root.houseKey("test").use(hex);

interface Way {
  readonly provider: RootProvider;
  readonly offer: () => RootOffer;
}

function token(keys = new Map<string, Buffer>(), pin = PIN): Way & { readonly keys: Map<string, Buffer> } {
  const openToken = () => memoryToken(keys, PIN);
  const place = { module: "/usr/lib/module.so", token: "vault" };
  return {
    keys,
    provider: { kind: "pkcs11", place, pin: secret(pin), openToken },
    offer: () => ({ kind: "pkcs11", pin: secret(pin), openToken }),
  };
}

function otherKms(name = "kms"): Way {
  const callKms = memoryKms(name);
  const place = { endpoint: "https://kms.example.com", region: "us-east-1" };
  return {
    provider: { kind: "kms", ...place, keyId: "alias/root", callKms },
    offer: () => ({ kind: "kms", callKms }),
  };
}

const keyFile: Way = { provider: { kind: "file" }, offer: () => ({ kind: "file" }) };

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  try {
    await body(folder.path);
  } finally {
    folder.remove();
  }
}

test("a token opens what it protects, and nobody without its PIN or its key does", () =>
  inFolder(async (folder) => {
    const way = token();
    const { root } = await initRoot(folder, way.provider);
    assert.equal(fingerprint(await unlockRoot(folder, way.offer())), fingerprint(root));
    assert.deepEqual(readdirSync(folder), ["root.json"]);
    assert.ok(!readFileSync(join(folder, "root.json"), "utf8").includes(PIN));
    await refuses(unlockRoot(folder, token(way.keys, "wrong").offer()), "wrong-pin");
    await refuses(unlockRoot(folder, token().offer()), "token-key-missing");
    await refuses(unlockRoot(folder, otherKms().offer()), "wrong-offer");
    const [id = ""] = way.keys.keys();
    way.keys.set(id, Buffer.alloc(32));
    await refuses(unlockRoot(folder, way.offer()), "damaged");
  }));

test("another KMS opens what it protects, for this data folder alone", () =>
  inFolder(async (folder) => {
    const way = otherKms();
    const { root } = await initRoot(folder, way.provider);
    assert.equal(fingerprint(await unlockRoot(folder, way.offer())), fingerprint(root));
    await refuses(unlockRoot(folder, otherKms("somebody else's").offer()), "damaged");
    await refuses(unlockRoot(folder, token().offer()), "wrong-offer");
    const path = join(folder, "root.json");
    const file = JSON.parse(readFileSync(path, "utf8"));
    assert.match(file.provider.keyArn, /^arn:aws:kms:/);
    file.provider.folder = "0".repeat(32);
    writeFileSync(path, JSON.stringify(file));
    await refuses(unlockRoot(folder, way.offer()), "damaged");
  }));

test("another KMS is asked over TLS, or on this machine", () =>
  inFolder(async (folder) => {
    const way = otherKms().provider as Extract<RootProvider, { kind: "kms" }>; // as `otherKms` makes it
    for (const endpoint of [
      "http://kms.example.com",
      "http://10.0.0.1:4599",
      "http://127.0.0.1.example.com",
      "https://user@kms.example.com",
      "https://kms.example.com/path",
      "kms.example.com",
      "",
    ]) {
      await refuses(initRoot(folder, { ...way, endpoint }), "weak-parameters");
    }
    await refuses(initRoot(folder, { ...way, region: "mars" }), "weak-parameters");
    await refuses(initRoot(folder, { ...way, keyId: "alias/none" }), "kms-refused");
    assert.deepEqual(readdirSync(folder), []);
    await initRoot(folder, { ...way, endpoint: "http://127.0.0.1:4599" });
  }));

test("the root is rewrapped between any two providers, and the old way opens no more", async () => {
  const ways = () => [keyFile, token(), otherKms()];
  for (const [from, before] of ways().entries()) {
    for (const [to, after] of ways().entries()) {
      await inFolder(async (folder) => {
        const { root } = await initRoot(folder, before.provider);
        const oldFile = readFileSync(join(folder, "root.json"));
        await rekeyRoot(folder, before.offer(), after.provider);
        assert.equal(fingerprint(await unlockRoot(folder, after.offer())), fingerprint(root), `${from} to ${to}`);
        if (from !== to) await refuses(unlockRoot(folder, before.offer()), "wrong-offer");
        if (before.provider.kind === "kms") return; // what a KMS once gave, it opens as long as its key lives
        writeFileSync(join(folder, "root.json"), oldFile);
        await assert.rejects(unlockRoot(folder, before.offer()), { name: "RootError" });
      });
    }
  }
});

test("a change within one token makes a new key and destroys the old one", () =>
  inFolder(async (folder) => {
    const way = token();
    await initRoot(folder, way.provider);
    const [old = ""] = way.keys.keys();
    await rekeyRoot(folder, way.offer(), way.provider);
    assert.equal(way.keys.size, 1);
    assert.ok(!way.keys.has(old));
    await unlockRoot(folder, way.offer());
    await refuses(rekeyRoot(folder, token(way.keys, "wrong").offer(), way.provider), "wrong-pin");
    assert.equal(way.keys.size, 1);
  }));

test("a crash after any step of a change leaves a folder that opens, old way or new", async () => {
  for (let done = 0; done <= 4; done++) {
    for (const [before, after] of [
      [token(), otherKms()],
      [otherKms(), token()],
      [keyFile, token()],
      [token(), keyFile],
    ] as const) {
      await inFolder(async (folder) => {
        const { root } = await initRoot(folder, before.provider);
        const { steps } = await rekeySteps(folder, before.offer(), after.provider);
        for (const step of steps.slice(0, done)) await step();
        const way = done < 3 ? before : after;
        assert.equal(fingerprint(await unlockRoot(folder, way.offer())), fingerprint(root), `after ${done}`);
      });
    }
  }
});

test("every change of such a root.json is found", async () => {
  for (const way of [token(), otherKms()]) {
    await inFolder(async (folder) => {
      const { root } = await initRoot(folder, way.provider);
      const path = join(folder, "root.json");
      const right = readFileSync(path);
      for (const { what, changed } of changesOf(right)) {
        writeFileSync(path, changed);
        const opened: unknown = await unlockRoot(folder, way.offer()).catch((thrown: unknown) => thrown);
        // White space and the unused bits of base64 mean nothing: what opens is the same root.
        if (opened instanceof Root) assert.equal(fingerprint(opened), fingerprint(root), what);
        else assert.equal((opened as Error).name, "RootError", what); // what was thrown
      }
    });
  }
});
