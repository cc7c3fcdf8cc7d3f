import { needs } from "../base/index.js";
import { SealingKey } from "../crypto/index.js";
import { PRICES } from "./costs/prices.js";
import { RequestCounter } from "./costs/request-counter.js";
import { connectionWorker, storeHealthWorker } from "./custom-stores/connect.js";
import { NO_CLUSTERS } from "./custom-stores/no-clusters.js";
import { CustomStores } from "./custom-stores/registry.js";
import { xksKind } from "./custom-stores/xks/xks-kind.js";
import { deletionWorker } from "./destroy-key.js";
import { GrantTokens } from "./grants/grant-token.js";
import { expiryWorker } from "./imported/erase-material.js";
import type { Kms, KmsOptions } from "./kms.js";
import { regionWorker } from "./multi-region/finish.js";
import { ownedKeys } from "./owned/owned-keys.js";
import { signingKeys } from "./owned/signing-keys.js";
import { RESOURCE_QUOTAS } from "./quotas.js";
import { KeyRepository } from "./repository.js";
import { rotationWorker } from "./rotate-key.js";
import { serviceKeys } from "./service-keys.js";
import { sweepWorker } from "./sweep-materials.js";
import { UsageTracker } from "./usage/usage.js";

/** Opens KMS over its database and its key store, which must be unsealed: grant tokens need a house key. */
export async function openKms(options: KmsOptions): Promise<Kms> {
  const { database, keyStore, clock, ids, log } = options;
  const usage = new UsageTracker(database, clock, log);
  const costs = new RequestCounter(database, clock, log);
  const tokenKey = await keyStore.houseKey("kms/grant-tokens");
  const customStores = await openCustomStores(options);
  let opened: Kms | undefined;
  // The ports and workers use KMS as a whole, themselves included; they are only ever called once it stands.
  const kms = () => {
    needs(opened !== undefined, "kms is used after it was opened");
    return opened;
  };
  opened = {
    ...options,
    prices: { ...PRICES, ...options.prices },
    costs,
    quotas: { ...RESOURCE_QUOTAS, ...options.quotas },
    keys: new KeyRepository(database),
    grantTokens: new GrantTokens(tokenKey, ids),
    usage,
    customStores,
    service: serviceKeys(kms),
    owned: ownedKeys(database, keyStore),
    signing: signingKeys(database, keyStore),
    workers: [
      rotationWorker(kms),
      deletionWorker(kms),
      regionWorker(kms),
      expiryWorker(kms),
      sweepWorker(kms),
      connectionWorker(kms),
      storeHealthWorker(kms),
    ],
    close: async () => {
      await usage.flush();
      await costs.flush();
      customStores.close();
      tokenKey.wipe();
    },
  };
  return opened;
}

async function openCustomStores({ keyStore, clock, log, customStoreKinds }: KmsOptions): Promise<CustomStores> {
  const key = await keyStore.houseKey("kms/custom-key-stores");
  const sealer = SealingKey.of(key);
  key.wipe();
  const kinds = { AWS_CLOUDHSM: NO_CLUSTERS, EXTERNAL_KEY_STORE: xksKind({ clock, log }), ...customStoreKinds };
  return new CustomStores(kinds, sealer);
}
