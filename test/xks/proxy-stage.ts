import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { CreateKeyCommand } from "@aws-sdk/client-kms";
import { type Clients, clientsOf } from "../harness/clients.js";
import { newUser } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { strongroom } from "../harness/tools.js";
import { type Certificate, selfSigned } from "./certificate.js";
import type { Credential } from "./sigv4.js";
import { type StubKms, stubKms } from "./stub-kms.js";

/** A running server as a proxy, set up as its page tells, with a KMS that knows nothing of it in front. */
export interface ProxyStage {
  readonly server: Server;
  readonly root: Clients;
  readonly kms: StubKms;
  readonly port: number;
  readonly certificate: Certificate;
  readonly uriPath: string;
  readonly credential: Credential;
  /** KMS keys behind the external keys of the same names. */
  readonly arns: ReadonlyMap<string, string>;
  /** `strongroom xks-proxy …` */
  run(...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

export async function startProxyStage(uriPath: string, keyIds: readonly string[]): Promise<ProxyStage> {
  const folder = newFolder("xks-proxy");
  const certificate = await selfSigned("localhost");
  writeFileSync(`${folder}/cert.pem`, certificate.cert);
  writeFileSync(`${folder}/key.pem`, certificate.key);
  const port = await freePort();
  const files = ["--xks-proxy-cert", `${folder}/cert.pem`, "--xks-proxy-key", `${folder}/key.pem`];
  const flags = ["--xks-proxy-port", String(port), ...files];
  const server = await startServer({ dataFolder: `${folder}/data`, workers: 1, flags });
  const root = clientsOf(server);
  const run = async (...args: readonly string[]) => {
    const done = await strongroom(["xks-proxy", ...args, "--data", server.dataFolder]);
    assert.equal(done.code, 0, done.stderr);
    return done.stdout;
  };
  const actions = ["kms:DescribeKey", "kms:Encrypt", "kms:Decrypt"];
  const { arn } = await newUser(server, root, "xks-proxy", { Action: actions });
  await run("init", "--principal", arn, "--uri-path", uriPath);
  const arns = new Map<string, string>();
  for (const id of keyIds) {
    const { KeyMetadata } = await root.kms.send(new CreateKeyCommand({}));
    arns.set(id, KeyMetadata?.Arn ?? "");
    await run("add-key", "--external-key-id", id, "--key-id", arns.get(id) ?? "");
  }
  const console = readConsoleFile(await run("credential"));
  assert.equal(console.uriPath, uriPath);
  const kms = stubKms({ port, ca: certificate.cert, uriPath, credential: console.credential });
  const close = async () => {
    kms.close();
    await server.stop();
    removeFolder(folder);
  };
  return { server, root, kms, port, certificate, uriPath, credential: console.credential, arns, run, close };
}

/** The file that AWS's console takes. */
export function readConsoleFile(text: string): { uriPath: string; credential: Credential } {
  const file: { XksProxyUriPath?: string; XksProxyAuthenticationCredential?: Record<string, string> } =
    JSON.parse(text);
  const { AccessKeyId = "", RawSecretAccessKey = "" } = file.XksProxyAuthenticationCredential ?? {};
  return {
    uriPath: file.XksProxyUriPath ?? "",
    credential: { accessKeyId: AccessKeyId, secret: RawSecretAccessKey },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
