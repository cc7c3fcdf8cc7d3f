import type { CustomStoreKind, XksSettings } from "../port.js";
import { type ProxyOptions, trustOf } from "./proxy-client.js";
import { asManagementError } from "./proxy-fault.js";
import { XksStore } from "./xks-store.js";

/** External key stores, reached through `options`. */
export function xksKind(options: ProxyOptions): CustomStoreKind<XksSettings> {
  const trust = trustOf(options);
  return {
    encryptsTwice: true,
    async check(settings, use) {
      // A proxy behind a VPC endpoint service is asked for the first time when its store is connected (kms E-2).
      if (settings.connectivity === "VPC_ENDPOINT_SERVICE") return;
      const store = new XksStore(settings, options, trust);
      try {
        await store.health(use);
      } catch (thrown) {
        throw asManagementError(thrown);
      } finally {
        store.close();
      }
    },
    open: (settings) => new XksStore(settings, options, trust),
  };
}
