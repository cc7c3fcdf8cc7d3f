import { AwsError, utf8 } from "../../../base/index.js";
import type { Tokens, TokenUse } from "../../../keystore/index.js";
import { keyArn } from "../../key.js";
import type { CustomStore, CustomStoreKind, ExternalKey, HsmSettings, StoreKeyRequest } from "../port.js";
import { asConnectionError, asCreateKeyError, asStoreFailure } from "./token-fault.js";

/** What a front process knows of a cluster; where its module lies is the custodian's. */
export interface HsmCluster {
  /** PEM. A cluster that has none takes any. */
  readonly trustAnchor?: string | undefined;
}

export interface HsmOptions {
  readonly tokens: Tokens;
  /** By CloudHsmClusterId. */
  readonly clusters: ReadonlyMap<string, HsmCluster>;
}

/**
 * CloudHSM key stores over PKCS#11 tokens: a cluster id of the settings stands for a token, and the key store password
 * is its user's PIN. One token counts as a whole cluster, however many HSMs its module has behind it (kms K-9).
 */
export const hsmKind = ({ tokens, clusters }: HsmOptions): CustomStoreKind<HsmSettings> => ({
  encryptsTwice: false,
  check: async (settings, _use, previous) => {
    const cluster = clusters.get(settings.clusterId);
    if (cluster === undefined) {
      const text = "This server has no CloudHSM cluster of that name.";
      throw new AwsError("CloudHsmClusterNotFoundException", text);
    }
    // Clusters with one backup history hold the same keys; of two clusters here nobody knows that.
    if (previous !== undefined && previous.clusterId !== settings.clusterId) {
      const text = "The cluster does not share a backup history with the present one.";
      throw new AwsError("CloudHsmClusterNotRelatedException", text);
    }
    if (cluster.trustAnchor !== undefined && bodyOf(cluster.trustAnchor) !== bodyOf(settings.trustAnchor)) {
      const text = "The trust anchor certificate is not the one of the cluster.";
      throw new AwsError("IncorrectTrustAnchorException", text);
    }
  },
  open: (settings) => new HsmStore(tokens, settings),
});

/** A certificate may be wrapped and ended in many ways. */
const bodyOf = (pem: string) => pem.replace(/\s+/g, "");

class HsmStore implements CustomStore {
  readonly #tokens: Tokens;
  readonly #use: TokenUse;

  constructor(tokens: Tokens, { clusterId, password }: HsmSettings) {
    this.#tokens = tokens;
    this.#use = { cluster: clusterId, pin: utf8(password) };
  }

  connect(): Promise<void> {
    return this.#tokens.connect(this.#use).catch(rethrow(asConnectionError));
  }

  async createKey({ account, region, keyId }: StoreKeyRequest): Promise<ExternalKey> {
    const label = keyArn({ account, region, id: keyId }); // what an operator finds in the token
    return { id: await this.#tokens.createKey(this.#use, label).catch(rethrow(asCreateKeyError)) };
  }

  encrypt(key: ExternalKey, plaintext: Uint8Array, aad: Uint8Array): Promise<Uint8Array> {
    return this.#tokens.seal(this.#use, key.id, plaintext, aad).catch(rethrow(asStoreFailure));
  }

  decrypt(key: ExternalKey, sealed: Uint8Array, aad: Uint8Array): Promise<Buffer> {
    return this.#tokens.open(this.#use, key.id, sealed, aad).catch(rethrow(asStoreFailure));
  }

  destroyKey(key: ExternalKey): Promise<void> {
    return this.#tokens.destroyKey(this.#use, key.id).catch(rethrow(asStoreFailure));
  }

  randomBytes(count: number): Promise<Buffer> {
    return this.#tokens.random(this.#use, count).catch(rethrow(asStoreFailure));
  }

  async checkHealth(): Promise<void> {
    await this.#tokens.random(this.#use, 1).catch(rethrow(asConnectionError));
  }

  close(): void {
    // The session is the agent's, and other accounts' stores may lie in the same token.
  }
}

function rethrow(translate: (thrown: unknown) => unknown): (thrown: unknown) => never {
  return (thrown) => {
    throw translate(thrown);
  };
}
