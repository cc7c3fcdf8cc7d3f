import { webcrypto } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type AccountId, type LogFields, ManualClock, type Region } from "../../../base/index.js";
import type { CustomStoreKind, StoreUse, XksSettings } from "../port.js";
import { type ProxyOptions, trustOf } from "./proxy-client.js";
import { xksKind } from "./xks-kind.js";
import { XksStore } from "./xks-store.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

async function selfSigned(): Promise<{ cert: string; key: string }> {
  await import("reflect-metadata"); // x509 expects its polyfill to be there first
  const x509 = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=localhost",
    notBefore: new Date(performance.timeOrigin - 86_400_000),
    notAfter: new Date(performance.timeOrigin + 86_400_000),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }])],
  });
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: cert.toString("pem"), key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") };
}

export type Script = (body: Record<string, unknown>, request: IncomingMessage, response: ServerResponse) => unknown;

/** A proxy that does what its script says: what it returns is the answer's body, unless it answers itself. */
export interface ScriptedProxy {
  readonly store: XksStore;
  readonly clock: ManualClock;
  readonly settings: XksSettings;
  readonly options: ProxyOptions;
  readonly kind: CustomStoreKind<XksSettings>;
  /** Another store over the same proxy, with connections and failures of its own. */
  fresh(): XksStore;
  readonly logged: LogFields[];
  /** What was asked, oldest first. */
  readonly asked: { readonly path: string; readonly body: Record<string, unknown>; readonly authorization: string }[];
  script: Script;
  close(): Promise<void>;
}

export async function openScriptedProxy(): Promise<ScriptedProxy> {
  const tls = await selfSigned();
  const asked: ScriptedProxy["asked"] = [];
  const server = createServer(tls, (request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const clock = new ManualClock("2026-11-21T09:00:00Z");
  const logged: LogFields[] = [];
  const log = {
    info: () => {},
    error: () => {},
    warn: (_event: string, fields: LogFields = {}) => void logged.push(fields),
  };
  const options: ProxyOptions = { clock, log, ports: new Map([["localhost", port]]), ca: tls.cert };
  const trust = trustOf(options);
  const store = new XksStore(XKS_SETTINGS, options, trust);
  const proxy: ScriptedProxy = {
    store,
    clock,
    settings: XKS_SETTINGS,
    options,
    kind: xksKind(options),
    fresh: () => new XksStore(XKS_SETTINGS, options, trust),
    logged,
    asked,
    script: () => ({}),
    async close() {
      store.close();
      clock.advance(10_000);
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const body = JSON.parse(Buffer.concat(pieces).toString());
    asked.push({ path: request.url ?? "", body, authorization: request.headers.authorization ?? "" });
    const said = proxy.script(body, request, response);
    if (said !== undefined) response.end(JSON.stringify(said));
  }
  return proxy;
}

export const XKS_SETTINGS: XksSettings = {
  account: "111122223333" as AccountId, // twelve digits
  region: "us-east-1" as Region, // a Region's name
  id: "cks-1",
  type: "EXTERNAL_KEY_STORE",
  connectivity: "PUBLIC_ENDPOINT",
  endpoint: "https://localhost",
  path: "/kms/xks/v1",
  accessKeyId: "ABCDEFGHIJKLMNOPQRST",
  secretAccessKey: "0123456789012345678901234567890123456789012",
};

export const USE: StoreUse = {
  principalArn: "arn:aws:iam::111122223333:user/alice",
  operation: "Encrypt",
  requestId: "4112f4d6-db54-4af4-ae30-c55a22a8dfae",
  kmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
};
