import { type MemoryKind, memoryKind } from "../../kms/custom-stores/testing.js";
import type { HsmSettings, XksSettings } from "../../kms/index.js";
import { openTestService, type TestService } from "./testing.js";

export const PROXY = {
  CustomKeyStoreType: "EXTERNAL_KEY_STORE",
  XksProxyConnectivity: "PUBLIC_ENDPOINT",
  XksProxyUriEndpoint: "https://xks.example.com",
  XksProxyUriPath: "/kms/xks/v1",
  XksProxyAuthenticationCredential: {
    AccessKeyId: "ABCDEFGHIJKLMNOPQRST",
    RawSecretAccessKey: "0123456789012345678901234567890123456789012",
  },
} as const;

export const CLUSTER = {
  CloudHsmClusterId: "cluster-1a23b4cdefg",
  TrustAnchorCertificate: "-----BEGIN CERTIFICATE-----",
  KeyStorePassword: "kmsPswd",
} as const;

/** The service over stores in memory. */
export interface StoreTestService extends TestService {
  readonly xks: MemoryKind<XksSettings>;
  readonly hsm: MemoryKind<HsmSettings>;
  newStore(name: string, input?: object): Promise<string>;
  /** Connected, and its state seen by DescribeCustomKeyStores. */
  newConnectedStore(name: string, input?: object): Promise<string>;
  connected(id: string): Promise<void>;
  stateOf(id: string): Promise<string>;
}

export async function openStoreTestService(): Promise<StoreTestService> {
  const xks = memoryKind<XksSettings>(true);
  const hsm = memoryKind<HsmSettings>(false);
  const kms = await openTestService({ EXTERNAL_KEY_STORE: xks, AWS_CLOUDHSM: hsm });
  let serial = 0;
  const newStore: StoreTestService["newStore"] = async (name, input) => {
    serial += 1;
    const XksProxyUriEndpoint = `https://xks${serial}.example.com`;
    const made = { CustomKeyStoreName: name, ...(input ?? { ...PROXY, XksProxyUriEndpoint }) };
    return (await kms.call("CreateCustomKeyStore", made)).CustomKeyStoreId;
  };
  const stateOf: StoreTestService["stateOf"] = async (CustomKeyStoreId) => {
    const { CustomKeyStores } = await kms.call("DescribeCustomKeyStores", { CustomKeyStoreId });
    return CustomKeyStores[0]?.ConnectionState ?? "";
  };
  const connected: StoreTestService["connected"] = async (CustomKeyStoreId) => {
    await kms.call("ConnectCustomKeyStore", { CustomKeyStoreId });
    while ((await stateOf(CustomKeyStoreId)) === "CONNECTING") await new Promise(setImmediate);
  };
  const newConnectedStore: StoreTestService["newConnectedStore"] = async (name, input) => {
    const id = await newStore(name, input);
    await connected(id);
    return id;
  };
  return { ...kms, xks, hsm, newStore, newConnectedStore, connected, stateOf };
}
