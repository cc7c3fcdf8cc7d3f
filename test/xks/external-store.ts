import { writeFileSync } from "node:fs";
import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  type CreateCustomKeyStoreCommandInput,
  CreateKeyCommand,
  type CustomKeyStoresListEntry,
  DescribeCustomKeyStoresCommand,
  type KMSClient,
} from "@aws-sdk/client-kms";
import { type Clients, clientsOf } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { type Certificate, selfSigned } from "./certificate.js";
import type { Credential } from "./sigv4.js";
import { someCredential } from "./stub-kms.js";
import { type StubProxy, type StubStore, startStubProxy } from "./stub-proxy.js";

export const authentication = ({ accessKeyId, secret }: Credential) => ({
  AccessKeyId: accessKeyId,
  RawSecretAccessKey: secret,
});

/** What a custom key store over the stub is made from. */
export const storeInput = (name: string, store: StubStore): CreateCustomKeyStoreCommandInput => ({
  CustomKeyStoreName: name,
  CustomKeyStoreType: "EXTERNAL_KEY_STORE",
  XksProxyConnectivity: "PUBLIC_ENDPOINT",
  XksProxyUriEndpoint: "https://localhost",
  XksProxyUriPath: store.uriPath,
  XksProxyAuthenticationCredential: authentication(store.credentials[0] ?? { accessKeyId: "", secret: "" }),
});

export async function createStore(kms: KMSClient, name: string, store: StubStore): Promise<string> {
  const { CustomKeyStoreId } = await kms.send(new CreateCustomKeyStoreCommand(storeInput(name, store)));
  return CustomKeyStoreId ?? "";
}

/** Connects and waits until the outcome is known. */
export async function connectStore(kms: KMSClient, id: string): Promise<CustomKeyStoresListEntry> {
  await kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId: id }));
  for (let tries = 0; tries < 100; tries++) {
    const { CustomKeyStores } = await kms.send(new DescribeCustomKeyStoresCommand({ CustomKeyStoreId: id }));
    const found = CustomKeyStores?.[0];
    if (found !== undefined && found.ConnectionState !== "CONNECTING") return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${id} is connecting for ever`);
}

export const externalKeyInput = (storeId: string, xksKeyId: string) => ({
  Origin: "EXTERNAL_KEY_STORE" as const,
  CustomKeyStoreId: storeId,
  XksKeyId: xksKeyId,
});

export async function createExternalKey(kms: KMSClient, storeId: string, xksKeyId: string): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(externalKeyInput(storeId, xksKeyId)));
  return KeyMetadata?.Arn ?? "";
}

/** A running server with one connected store over a stub that is its proxy. */
export interface Stage {
  readonly server: Server;
  readonly proxy: StubProxy;
  readonly store: StubStore;
  readonly storeId: string;
  readonly root: Clients;
  readonly certificate: Certificate;
  close(): Promise<void>;
}

/** The server trusts `certificate` and these beside it. */
export async function startStage(keyIds: readonly string[], alsoTrusted: readonly string[] = []): Promise<Stage> {
  const folder = newFolder("xks-stub");
  const certificate = await selfSigned("localhost");
  writeFileSync(`${folder}/ca.pem`, [certificate.cert, ...alsoTrusted].join("\n"));
  const proxy = await startStubProxy(certificate);
  const flags = ["--xks-ports", `localhost=${proxy.port}`, "--xks-ca", `${folder}/ca.pem`];
  // One worker: what a process remembers of a bad way to the proxy is the same for every request.
  const server = await startServer({ dataFolder: `${folder}/data`, workers: 1, flags });
  const root = clientsOf(server);
  const store = proxy.addStore("/main/kms/xks/v1", someCredential(), keyIds);
  const storeId = await createStore(root.kms, "main", store);
  const { ConnectionState } = await connectStore(root.kms, storeId);
  if (ConnectionState !== "CONNECTED") throw new Error(`the store is ${ConnectionState}`);
  const close = async () => {
    await server.stop();
    await proxy.close();
    removeFolder(folder);
  };
  return { server, proxy, store, storeId, root, certificate, close };
}
