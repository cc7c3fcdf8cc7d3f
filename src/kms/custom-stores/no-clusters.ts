import { AwsError } from "../../base/index.js";
import { type CustomStoreKind, type HsmSettings, StoreConnectionError, StoreFailure } from "./port.js";

/** A server without CloudHSM: whichever cluster is named is not found (kms K-9). */
export const NO_CLUSTERS: CustomStoreKind<HsmSettings> = {
  encryptsTwice: false,
  check: async () => {
    throw clusterNotFound();
  },
  // Rows may be there from a time when the settings named clusters.
  open: () => ({
    connect: async () => {
      throw new StoreConnectionError("CLUSTER_NOT_FOUND");
    },
    createKey: async () => {
      throw clusterNotFound();
    },
    encrypt: async () => {
      throw noCluster();
    },
    decrypt: async () => {
      throw noCluster();
    },
    destroyKey: async () => {
      throw noCluster();
    },
    close: () => {},
  }),
};

const noCluster = () => new StoreFailure("This server has no such CloudHSM cluster.");

const clusterNotFound = (): AwsError =>
  new AwsError("CloudHsmClusterNotFoundException", "This server has no CloudHSM cluster of that name.");
