import assert from "node:assert/strict";
import { createServer, type Server as HttpServer } from "node:http";
import type { ServerOptions } from "node:https";
import { after, before, test } from "node:test";
import { DeleteCustomKeyStoreCommand } from "@aws-sdk/client-kms";
import { codeOf } from "../harness/people.js";
import { type Certificate, selfSigned } from "./certificate.js";
import { createStore, type Stage, startStage } from "./external-store.js";
import { someCredential } from "./stub-kms.js";
import { type StubProxy, startStubProxy } from "./stub-proxy.js";

// Which connections the server trusts with its requests, shown by what a proxy of that kind gets to see.

let stage: Stage;
let otherName: Certificate;
let expired: Certificate;
let count = 0;

before(async () => {
  otherName = await selfSigned("elsewhere.example.com");
  expired = await selfSigned("localhost", new Date(Date.now() - 60_000));
  stage = await startStage([], [otherName.cert, expired.cert]);
  await stage.proxy.close();
});
after(() => stage.close());

/** What CreateCustomKeyStore says with such a proxy in the place of the good one, and how many requests that one saw. */
async function outcomeWith(options: ServerOptions): Promise<{ code: string; seen: number; proxy: StubProxy }> {
  const proxy = await startStubProxy(options, stage.proxy.port);
  const name = `tls-${++count}`;
  const store = proxy.addStore(`/${name}/kms/xks/v1`, someCredential(), []);
  const { kms } = stage.root;
  // An account has room for ten stores: each goes when it has shown what it is for.
  const making = createStore(kms, name, store);
  const remove = async () => kms.send(new DeleteCustomKeyStoreCommand({ CustomKeyStoreId: await making }));
  const code = await codeOf(making.then(remove)).finally(() => proxy.close());
  return { code, seen: proxy.requests.length, proxy };
}

async function assertUnreachable(what: string, options: ServerOptions): Promise<void> {
  const { code, seen } = await outcomeWith(options);
  assert.deepEqual([what, code, seen], [what, "XksProxyUriUnreachableException", 0]);
  assert.equal((await outcomeWith(stage.certificate)).code, "none", `the good proxy after ${what}`);
}

const only12 = (ciphers: string): ServerOptions => ({ ...stage.certificate, maxVersion: "TLSv1.2", ciphers });
const only13 = (ciphers: string): ServerOptions => ({ ...stage.certificate, minVersion: "TLSv1.3", ciphers });

test("TLS 1.2 with ECDHE and AES-256-GCM and the two strong suites of TLS 1.3 are spoken", async () => {
  const wanted = {
    "ECDHE-ECDSA-AES256-GCM-SHA384": only12("ECDHE-ECDSA-AES256-GCM-SHA384"),
    TLS_AES_256_GCM_SHA384: only13("TLS_AES_256_GCM_SHA384"),
    TLS_CHACHA20_POLY1305_SHA256: only13("TLS_CHACHA20_POLY1305_SHA256"),
  };
  for (const [cipher, options] of Object.entries(wanted)) {
    const { code, proxy } = await outcomeWith(options);
    assert.deepEqual([code, proxy.requests.map((request) => request.cipher)], ["none", [cipher]]);
  }
});

test("a certificate that nobody trusts, of another name or of yesterday gets no request", async () => {
  await assertUnreachable("a stranger", await selfSigned("localhost"));
  await assertUnreachable("another name", otherName);
  await assertUnreachable("an expired certificate", expired);
});

test("older versions of TLS get no request", async () => {
  for (const version of ["TLSv1", "TLSv1.1"] as const) {
    const old = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" };
    await assertUnreachable(version, { ...stage.certificate, ...old });
  }
});

test("weaker suites get no request", async () => {
  await assertUnreachable("AES-CBC", only12("ECDHE-ECDSA-AES256-SHA384"));
  await assertUnreachable("AES-128-GCM", only12("ECDHE-ECDSA-AES128-GCM-SHA256"));
  await assertUnreachable("AES-128-GCM of TLS 1.3", only13("TLS_AES_128_GCM_SHA256"));
});

test("a proxy without TLS gets no request", async () => {
  let seen = 0;
  const plain: HttpServer = createServer((_, response) => {
    seen++;
    response.end("{}");
  });
  await new Promise<void>((resolve) => plain.listen(stage.proxy.port, "127.0.0.1", resolve));
  const store = { uriPath: "/plain/kms/xks/v1", credentials: [someCredential()], keys: new Map() };
  const code = await codeOf(createStore(stage.root.kms, "plain", store));
  const closed = new Promise((resolve) => plain.close(resolve));
  plain.closeAllConnections();
  await closed;
  assert.deepEqual([code, seen], ["XksProxyUriUnreachableException", 0]);
});

test("nobody on the port is told as such", async () => {
  const store = { uriPath: "/nobody/kms/xks/v1", credentials: [someCredential()], keys: new Map() };
  assert.equal(await codeOf(createStore(stage.root.kms, "nobody", store)), "XksProxyUriUnreachableException");
});
