import { operationsOf } from "../../kit/index.js";
import type { Kms } from "../../kms/index.js";

/** What KMS's operations stand on. */
export type KmsPorts = Kms;

export const operation = operationsOf<typeof import("@aws-sdk/client-kms"), KmsPorts>();
