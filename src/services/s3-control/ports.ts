import type { AccountId, AwsError } from "../../base/index.js";
import type { CallContext, Denied } from "../../identity/index.js";
import { operationsOf } from "../../kit/index.js";

/** What S3 Control stands on. Buckets and objects are S3's: what S3 offers of them comes through here. */
export interface S3ControlPorts {
  readonly blocks: AccountBlocks;
  /** A refusal in S3's words. */
  readonly denied: (denied: Denied) => AwsError;
}

/** The access blocks of accounts, which S3 asks at every decision. */
export interface AccountBlocks {
  find(account: AccountId): Promise<Block | undefined>;
  /** What the block leaves out is off. Undefined takes it away. */
  put(ctx: CallContext, account: AccountId, block: Partial<Block> | undefined): Promise<void>;
}

interface Block {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

/** The `operation` function of S3 Control, typed by the official client. */
export const operation = operationsOf<typeof import("@aws-sdk/client-s3-control"), S3ControlPorts>();
