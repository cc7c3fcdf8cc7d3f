import type { RequestHead } from "../../wire/index.js";
import type { Family } from "./errors.js";
import type { Presented } from "./presented.js";

export interface Verification {
  readonly presented: Presented;
  readonly head: RequestHead;
  readonly secret: string;
  /** Stands for this very secret: derived keys are kept as long as it is. */
  readonly holder?: object;
  /** Of the body that came, lower-case hex. Undefined while it still streams: then `PayloadHasher` or chunks prove it. */
  readonly bodySha256: string | undefined;
  readonly now: Date;
  readonly family: Family;
  readonly signingName: string;
  /** The Regions that are served, the expected one first. Undefined: any. */
  readonly regions?: ReadonlySet<string>;
  /** S3 takes UNSIGNED-PAYLOAD everywhere; of the others only operations whose model says so, as PutSnapshotBlock's. */
  readonly allowsUnsignedPayload?: boolean;
}
