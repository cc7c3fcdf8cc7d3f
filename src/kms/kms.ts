import type { Audit } from "../audit/index.js";
import { type Clock, describeThrown, type Ids, type Log } from "../base/index.js";
import type { KeyStore } from "../keystore/index.js";
import type { Database } from "../store/index.js";
import type { Prices } from "./costs/prices.js";
import type { RequestCounter } from "./costs/request-counter.js";
import type { CustomStoreKinds } from "./custom-stores/port.js";
import type { CustomStores } from "./custom-stores/registry.js";
import type { GrantTokens } from "./grants/grant-token.js";
import { type KeyRef, refText } from "./key.js";
import type { ResolvePrincipal } from "./key-policy.js";
import type { SigningKeys } from "./owned/signing-keys.js";
import type { Keys, OwnedKeys } from "./port.js";
import type { ResourceQuotas } from "./quotas.js";
import type { RateSettings } from "./rates/rate-groups.js";
import type { RateLimiter } from "./rates/rate-limiter.js";
import type { KeyRepository } from "./repository.js";
import type { UsageTracker } from "./usage/usage.js";

/** What KMS stands on. `app/` gives it. */
export interface KmsOptions {
  /** `kms.db`, opened with `KMS_MIGRATIONS`. */
  readonly database: Database;
  readonly keyStore: KeyStore;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly resolvePrincipal: ResolvePrincipal;
  /** How custom key stores of each type are reached. Without an adapter for clusters, no cluster is found. */
  readonly customStoreKinds?: Partial<CustomStoreKinds>;
  /** Other quotas than AWS's. */
  readonly quotas?: Partial<ResourceQuotas>;
  /** Undefined: requests are not limited. */
  readonly rates?: RateLimiter;
  /** Other prices than AWS's. */
  readonly prices?: Partial<Prices>;
}

/** What the server's owner may set. */
export interface KmsSettings {
  readonly quotas: Partial<ResourceQuotas>;
  readonly rates?: RateSettings;
  readonly prices: Partial<Prices>;
}

/** KMS, opened: what its operations and the ports for other services are made of. */
export interface Kms extends KmsOptions {
  readonly quotas: ResourceQuotas;
  readonly prices: Prices;
  readonly costs: RequestCounter;
  readonly keys: KeyRepository;
  readonly grantTokens: GrantTokens;
  readonly usage: UsageTracker;
  readonly customStores: CustomStores;
  /** For services: use keys in their caller's name. */
  readonly service: Keys;
  /** For services: AWS owned keys. */
  readonly owned: OwnedKeys;
  /** For services: keys with which they sign. */
  readonly signing: SigningKeys;
  readonly workers: readonly KmsWorker[];
  /** Writes what is only in memory. The database, the key store and the trail belong to their opener. */
  close(): Promise<void>;
}

/** Work between requests, in the shape of `kit`'s Worker. Safe to repeat and to kill at any line. */
export interface KmsWorker {
  readonly name: string;
  readonly everyMs: number;
  run(now: Date): Promise<void>;
}

/** One key that cannot be worked on now does not keep the others waiting: the operator is told, the next run tries again. */
export async function eachKey(
  kms: Kms,
  refs: readonly KeyRef[],
  failure: string,
  work: (ref: KeyRef) => Promise<void>,
): Promise<void> {
  for (const ref of refs) {
    await work(ref).catch((thrown: unknown) =>
      kms.log.error(failure, { key: refText(ref), ...describeThrown(thrown) }),
    );
  }
}
