import assert from "node:assert/strict";
import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ManualClock, utf8 } from "../../base/index.js";
import { newSecret } from "../../crypto/index.js";
import { keyStoreContract, refuses } from "../contract.js";
import { SealableKeyStore } from "../sealable-key-store.js";
import { softwareKeyStore, temporaryFolder } from "../testing.js";
import { connectCustodian } from "./client.js";
import { serveCustodian } from "./server.js";
import { custodianSocketPath } from "./socket-path.js";

const OWNER = { account: "111122223333", region: "us-east-1", keyId: "some-key" };
const AAD = Buffer.alloc(4);

async function house() {
  const software = await softwareKeyStore();
  const [token, clock] = [newSecret(), new ManualClock()];
  const socketPath = custodianSocketPath(software.folder.path);
  const keyStore = new SealableKeyStore();
  keyStore.unseal(software.store);
  const serve = () => serveCustodian({ keyStore, socketPath, token, clock });
  const server = await serve();
  const store = connectCustodian({ socketPath, token, clock });
  const close = async () => {
    store.close();
    await server.close();
    await software.close();
  };
  return { ...software, server, serve, socketPath, token, clock, keyStore, store, close };
}

keyStoreContract("custodian", house);

test("the socket and its folder are their owner's alone", async () => {
  const { socketPath, close } = await house();
  assert.equal(statSync(socketPath).mode & 0o777, 0o600);
  assert.equal(statSync(dirname(socketPath)).mode & 0o777, 0o700);
  await close();
});

test("a client with another token is refused", async () => {
  const { socketPath, clock, close } = await house();
  const stranger = connectCustodian({ socketPath, token: newSecret(), clock });
  await refuses(stranger.randomBytes(8), "unreachable");
  await close();
});

test("a client does not believe a custodian that does not know the token", async () => {
  const folder = temporaryFolder();
  const clock = new ManualClock();
  const socketPath = custodianSocketPath(folder.path);
  const impostor = await serveCustodian({ keyStore: new SealableKeyStore(), socketPath, token: newSecret(), clock });
  const client = connectCustodian({ socketPath, token: newSecret(), clock });
  await refuses(client.houseKey("database/kms"), "unreachable");
  await impostor.close();
  folder.remove();
});

test("a request before the handshake closes the connection", async () => {
  const { socketPath, close } = await house();
  const raw = connect(socketPath);
  raw.write(Buffer.from("00000009000000010700000000", "hex"));
  const received: Buffer[] = [];
  raw.on("data", (chunk) => received.push(chunk));
  await new Promise((resolve) => raw.on("close", resolve));
  assert.ok(Buffer.concat(received).length < 64, "the challenge is all that was said");
  await close();
});

test("a frame longer than the bound closes the connection before it is read", async () => {
  const { socketPath, close } = await house();
  const raw = connect(socketPath);
  raw.on("error", () => {}); // the reset may come while we write
  raw.resume();
  raw.write(Buffer.from("7fffffff", "hex"));
  await new Promise((resolve) => raw.on("close", resolve));
  await close();
});

test("who connects and says nothing is sent away", async () => {
  const { socketPath, clock, close } = await house();
  const raw = connect(socketPath);
  const isGreeted = new Promise((resolve) => raw.once("data", resolve));
  const isClosed = new Promise((resolve) => raw.on("close", resolve));
  await isGreeted;
  clock.advance(5_000);
  await isClosed;
  await close();
});

test("more calls than the custodian takes at once are all answered", async () => {
  const { store, close } = await house();
  const answers = await Promise.all(Array.from({ length: 6000 }, () => store.randomBytes(8)));
  assert.equal(new Set(answers.map((bytes) => bytes.toString("hex"))).size, 6000);
  await close();
});

test("sealed and unseal are felt through the socket", async () => {
  const { store, keyStore, close } = await house();
  keyStore.seal();
  await refuses(store.createMaterial(OWNER), "sealed");
  await refuses(store.houseKey("database/kms"), "sealed");
  await close();
});

test("calls under way fail when the custodian goes, and later ones find its successor", async () => {
  const first = await house();
  const material = await first.store.createMaterial(OWNER);
  const blob = await first.store.encrypt(material, utf8("kept"), AAD);
  const underWay = Array.from({ length: 8 }, () => refuses(first.store.decrypt(material, blob, AAD), "unreachable"));
  await first.server.close();
  await Promise.all(underWay);
  await refuses(first.store.decrypt(material, blob, AAD), "unreachable");
  const successor = await first.serve();
  assert.deepEqual(await first.store.decrypt(material, blob, AAD), utf8("kept"));
  await successor.close();
  await first.close();
});

test("a custodian that never answers is given up", async () => {
  const { store, keyStore, clock, close } = await house();
  await store.randomBytes(1);
  const silent = new Promise<never>(() => {});
  keyStore.unseal({ ...keyStore, randomBytes: () => silent } as unknown as SealableKeyStore); // only randomBytes is called
  const asked = refuses(store.randomBytes(8), "unreachable");
  clock.advance(40_000);
  await asked;
  await close();
});

test("a key pair may take longer than any other answer, but not for ever", async () => {
  const { store, keyStore, clock, close } = await house();
  await store.randomBytes(1);
  const silent = new Promise<never>(() => {});
  keyStore.unseal({ ...keyStore, createMaterial: () => silent } as unknown as SealableKeyStore); // nothing else is called
  let isRefused = false;
  const made = refuses(store.createMaterial(OWNER, "RSA_4096"), "unreachable").then(() => {
    isRefused = true;
  });
  for (let seconds = 0; seconds < 240; seconds += 5) clock.advance(5_000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isRefused, false);
  for (let seconds = 0; seconds < 70; seconds += 5) clock.advance(5_000);
  await made;
  await close();
});

test("a socket file left by a crash is replaced", async () => {
  const folder = temporaryFolder();
  const socketPath = custodianSocketPath(folder.path);
  mkdirSync(dirname(socketPath), { recursive: true });
  writeFileSync(socketPath, "");
  const [token, clock] = [newSecret(), new ManualClock()];
  const server = await serveCustodian({ keyStore: new SealableKeyStore(), socketPath, token, clock });
  const client = connectCustodian({ socketPath, token, clock });
  await refuses(client.randomBytes(1), "sealed");
  client.close();
  await server.close();
  folder.remove();
});

test("a socket folder that is a link to somewhere else is refused", async () => {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
  symlinkSync(elsewhere.path, join(folder.path, "run"));
  const options = { keyStore: new SealableKeyStore(), token: newSecret(), clock: new ManualClock() };
  const socketPath = custodianSocketPath(folder.path);
  await assert.rejects(serveCustodian({ ...options, socketPath }), { name: "BrokenNeed" });
  folder.remove();
  elsewhere.remove();
});

test("a data folder with a long name gets a short socket path, the same each time", () => {
  const long = join("/srv", "x".repeat(120));
  const path = custodianSocketPath(long);
  assert.ok(Buffer.byteLength(path) <= 103);
  assert.equal(custodianSocketPath(long), path);
  assert.notEqual(custodianSocketPath(`${long}y`), path);
  assert.equal(custodianSocketPath("/srv/data"), "/srv/data/run/custodian.sock");
});
