/**
 * Promise I7: key material never leaves the key store in the clear. A front process uses keys through the custodian;
 * then its heap snapshot, its whole memory (what a core would hold), the socket's traffic and the files on disk are
 * searched for the material, which the test learns by unwrapping it itself. Each search is shown to find what is there.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { base64, hex, ManualClock } from "../../src/base/index.js";
import {
  canonicalContext,
  encapsulate,
  type MaterialSpec,
  newSecret,
  rsaEncrypt,
  SealingKey,
  Secret,
} from "../../src/crypto/index.js";
import {
  custodianSocketPath,
  initRoot,
  type KeyStore,
  type Material,
  openSoftwareKeyStore,
  type Root,
  serveCustodian,
} from "../../src/keystore/index.js";
import { boundBytes, findRootFile } from "../../src/keystore/root/root-file.js";
import { rowBinding } from "../../src/keystore/software/materials.js";
import { findMaterial, type KeystoreDatabase } from "../../src/keystore/software/store.js";
import type { FrontDone, FrontTask } from "./key-material-front.js";

const CANARY = Buffer.from("strongroom-canary-plaintext");
const OWNERS = ["111122223333", "444455556666"].map((account, index) => ({
  account,
  region: "us-east-1",
  keyId: `1234abcd-12ab-34cd-56ef-00000000000${index}`,
}));

test("key material is in no front process, on no wire and in no file in the clear", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-i7-"));
  const { root } = await initRoot(folder, { kind: "file" });
  const { keyStore: store, database, close } = await openSoftwareKeyStore(folder, root);
  const token = newSecret();
  const socketPath = custodianSocketPath(folder);
  const custodian = await serveCustodian({ keyStore: store, socketPath, token, clock: new ManualClock() });
  const tap = await tapInto(socketPath, join(folder, "run", "tap.sock"));
  const materials = [await store.createMaterial(OWNERS[0]!), await store.createMaterial(OWNERS[1]!)];
  const front = fork(fileURLToPath(new URL("./key-material-front.js", import.meta.url)));
  t.after(async () => {
    front.kill();
    tap.close();
    await custodian.close();
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  const snapshotPath = join(folder, "front.heapsnapshot");
  const tokenBytes = token.use((bytes) => [...bytes]);
  const { pairs, ...given } = await makePairs(store);
  const done = await ask(front, { socketPath: tap.path, tokenBytes, materials, pairs, ...given, snapshotPath });
  const context = canonicalContext({ purpose: "promise" });
  const held = await store.decrypt(materials[0]!, Buffer.from(done.heldBlob, "base64"), context);
  const wiped = await store.decrypt(materials[0]!, Buffer.from(done.wipedBlob, "base64"), context);
  const secrets = [masterKey(folder), ...(await Promise.all(materials.map((it) => materialBytes(database, root, it))))];
  for (const [name, material] of Object.entries(pairs)) {
    secrets.push(...secretParts(name, await materialBytes(database, root, material)));
  }
  const opened = done.pairBlobs.map((blob) => store.decrypt(materials[0]!, Buffer.from(blob, "base64"), context));
  const [wipedPair, unseenPair] = (await Promise.all(opened)).map((pkcs8) => secretParts("curve", pkcs8)[0]!);
  secrets.push(unseenPair!);

  const snapshot = readFileSync(snapshotPath);
  assert.ok(snapshot.includes(materials[0]!.id), "the snapshot is searched where the front's values are");
  for (const secret of secrets) assert.deepEqual(formsIn(snapshot, secret), [], "in the heap snapshot");
  rmSync(snapshotPath);

  const traffic = Buffer.concat(tap.seen);
  assert.ok(traffic.includes(CANARY) && traffic.includes(held), "the tap saw what crosses");
  for (const secret of secrets) assert.deepEqual(formsIn(traffic, secret), [], "on the socket");

  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const onDisk = files.map((entry) => readFileSync(join(folder, entry.name)));
  assert.ok(onDisk.some((file) => file.includes("strongroom-root")) && files.some((it) => it.name === "keystore.db"));
  for (const secret of secrets)
    assert.deepEqual(
      onDisk.flatMap((file) => formsIn(file, secret)),
      [],
      "on the disk",
    );

  const needles = [held, wiped, wipedPair!, ...secrets];
  const found = searchMemory(
    front.pid!,
    needles.flatMap(forms).map(({ bytes }) => bytes),
  );
  if (found === undefined) return t.diagnostic("the memory of another process cannot be read here: not searched");
  const perNeedle = found.length / needles.length;
  assert.equal(found[0], true, "the data key that the front holds is found, so the search can find");
  assert.deepEqual(
    found.slice(perNeedle).filter(Boolean),
    [],
    "no material and no wiped data key in the front's memory",
  );
});

async function makePairs(
  store: KeyStore,
): Promise<Omit<FrontTask, "socketPath" | "tokenBytes" | "materials" | "snapshotPath">> {
  const owner = { account: "111122223333", region: "us-east-1", keyId: "some-pairs" };
  const make = async (spec: MaterialSpec) => {
    const { publicKey, ...material } = await store.createMaterial(owner, spec);
    return { material, publicKey: publicKey ?? Buffer.alloc(0) };
  };
  const [hmac, curve, edwards] = [
    await make("HMAC_256"),
    await make("ECC_NIST_P256"),
    await make("ECC_NIST_EDWARDS25519"),
  ];
  const [rsa, dsa, kem] = [await make("RSA_2048"), await make("ML_DSA_44"), await make("ML_KEM_512")];
  const { ciphertext } = await encapsulate("ML_KEM_512", kem.publicKey);
  return {
    pairs: {
      hmac: hmac.material,
      curve: curve.material,
      edwards: edwards.material,
      rsa: rsa.material,
      dsa: dsa.material,
      kem: kem.material,
    },
    curvePublicKey: base64(curve.publicKey),
    rsaCiphertext: base64(rsaEncrypt(rsa.publicKey, "RSAES_OAEP_SHA_256", Buffer.from("a text"))),
    kemCiphertext: base64(ciphertext),
  };
}

/** 32 bytes each of what nobody may know: the forms around them, and an RSA key's modulus, are known to all. */
function secretParts(name: string, material: Buffer): Buffer[] {
  if (name === "curve") return [material.subarray(36, 68)];
  // Of RSA the coefficient at the end, a prime before it, and the exponent before that.
  if (name === "rsa") return [-100, -600, -900].map((from) => material.subarray(from, from + 32));
  return [material.subarray(-32)];
}

function ask(front: ChildProcess, task: FrontTask): Promise<FrontDone> {
  return new Promise((resolve, reject) => {
    front.once("message", (message) => resolve(message as FrontDone)); // the front sends nothing else
    front.once("exit", (code) => reject(new Error(`the front ended with ${code}`)));
    front.send(task);
  });
}

/** Stands between front and custodian and keeps all that passes. */
async function tapInto(socketPath: string, path: string) {
  const seen: Buffer[] = [];
  const server = createServer((front) => {
    const back = connect(socketPath);
    for (const socket of [front, back]) {
      socket.on("data", (chunk) => seen.push(Buffer.from(chunk)));
      socket.on("error", () => {}); // the ends are closed in any order when the test is over
    }
    front.pipe(back).pipe(front);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { path, seen, close: () => server.close() };
}

async function materialBytes(database: KeystoreDatabase, root: Root, material: Material): Promise<Buffer> {
  const row = await findMaterial(database, material);
  const { account, region } = material.owner;
  return root.domainKey(account, region).open(row!.wrapped, rowBinding(material, row!.spec ?? undefined));
}

function masterKey(folder: string): Buffer {
  const file = findRootFile(folder);
  const wrapping = Secret.own(Buffer.from(readFileSync(join(folder, "root.key")).subarray(9)));
  return SealingKey.of(wrapping).open(file!.wrappedMasterKey, boundBytes(file!.provider));
}

/** The ways in which 32 bytes may lie about; half of them would be a leak too. */
function forms(secret: Buffer): { name: string; bytes: Buffer }[] {
  const text = (value: string) => Buffer.from(value, "latin1");
  return [
    { name: "first half", bytes: secret.subarray(0, 16) },
    { name: "second half", bytes: secret.subarray(16) },
    { name: "hex", bytes: text(hex(secret)) },
    { name: "upper-case hex", bytes: text(hex(secret).toUpperCase()) },
    { name: "base64", bytes: text(base64(secret).slice(0, 40)) },
    { name: "hex in UTF-16", bytes: Buffer.from(hex(secret), "utf16le") },
    { name: "a JSON array", bytes: text([...secret].join(",")) },
  ];
}

const formsIn = (bytes: Buffer, secret: Buffer) =>
  forms(secret)
    .filter((form) => bytes.includes(form.bytes))
    .map((form) => form.name);

/** Which needles are in the readable memory of the process; undefined where the system does not show it. */
function searchMemory(pid: number, needles: readonly Buffer[]): boolean[] | undefined {
  const found = needles.map(() => false);
  const memory = openIfAllowed(`/proc/${pid}/mem`);
  if (memory === undefined) return undefined;
  const window = Buffer.alloc(16 * 1024 * 1024);
  const overlap = BigInt(256);
  for (const [from, to] of readableRanges(pid)) {
    for (let at = from; at < to; at += BigInt(window.length) - overlap) {
      const wanted = Number(to - at < BigInt(window.length) ? to - at : BigInt(window.length));
      const bytes = window.subarray(0, readIfMapped(memory, window, wanted, at));
      for (const [index, needle] of needles.entries()) found[index] ||= bytes.includes(needle);
    }
  }
  closeSync(memory);
  return found;
}

function readableRanges(pid: number): [bigint, bigint][] {
  const lines = readFileSync(`/proc/${pid}/maps`, "latin1").split("\n");
  return lines.flatMap((line): [bigint, bigint][] => {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
    return from !== undefined && to !== undefined ? [[BigInt(`0x${from}`), BigInt(`0x${to}`)]] : [];
  });
}

function openIfAllowed(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined; // no such thing on this system, or not for us: the caller says so
  }
}

function readIfMapped(file: number, window: Buffer, bytes: number, at: bigint): number {
  try {
    return readSync(file, window, 0, bytes, at);
  } catch {
    return 0; // unmapped since the list was made
  }
}
