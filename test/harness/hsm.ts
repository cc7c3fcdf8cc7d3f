import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  DescribeCustomKeyStoresCommand,
} from "@aws-sdk/client-kms";
import type { SoftHsm } from "../../src/keystore/pkcs11/testing.js";
import type { Clients } from "./clients.js";
import type { Server } from "./server.js";

export { newSoftHsm, type SoftHsm, withoutSoftHsm } from "../../src/keystore/pkcs11/testing.js";

export const CLUSTER = "cluster-2abcdefghijk";
export const TRUST_ANCHOR = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/** A settings file that makes the token a cluster, as flags of the server. */
export function clusterFlags(folder: string, { place }: SoftHsm): string[] {
  writeFileSync(join(folder, "anchor.pem"), TRUST_ANCHOR);
  const members = [`module: ${place.module}`, `token: ${place.token}`, `trustAnchor: ${join(folder, "anchor.pem")}`];
  const lines = ["hsm:", "  clusters:", `    ${CLUSTER}:`, ...members.map((member) => `      ${member}`)];
  writeFileSync(join(folder, "strongroom.yaml"), `${lines.join("\n")}\n`);
  return ["--config", join(folder, "strongroom.yaml")];
}

export async function newHsmStore({ kms }: Clients, KeyStorePassword: string, name = "hsm"): Promise<string> {
  const made = new CreateCustomKeyStoreCommand({
    CustomKeyStoreName: name,
    CloudHsmClusterId: CLUSTER,
    TrustAnchorCertificate: TRUST_ANCHOR,
    KeyStorePassword,
  });
  return (await kms.send(made)).CustomKeyStoreId ?? "";
}

/** Connects, and tells how it ended: the state, and of a failure its code. */
export async function connectStore({ kms }: Clients, CustomKeyStoreId: string): Promise<string> {
  await kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  for (;;) {
    const { CustomKeyStores = [] } = await kms.send(new DescribeCustomKeyStoresCommand({ CustomKeyStoreId }));
    const [store] = CustomKeyStores;
    if (store?.ConnectionState !== "CONNECTING") return store?.ConnectionErrorCode ?? store?.ConnectionState ?? "";
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Process ids of the server's token agents. */
export function agentsOf(server: Server): number[] {
  return server.workers().filter((pid) => readOf(pid, "environ").includes("STRONGROOM_ROLE=token-agent"));
}

/** What every process of the server shows of itself to the machine: arguments and environment. */
export const shownBy = (server: Server): string =>
  [server.process.pid ?? 0, ...server.workers()].map((pid) => readOf(pid, "cmdline") + readOf(pid, "environ")).join();

function readOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}

/** Whether any file of a folder holds the text. */
export const folderHolds = (folder: string, text: string): boolean =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name)).includes(text));
