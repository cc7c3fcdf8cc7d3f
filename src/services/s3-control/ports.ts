import type { AccountId, AwsError, Clock, Ids, Log } from "../../base/index.js";
import type { CallContext, Denied } from "../../identity/index.js";
import { type Behalf, type InnerRequest, operationsOf } from "../../kit/index.js";
import type { Database } from "../../store/index.js";
import type { Generator } from "./jobs/job.js";

/** What S3 Control stands on. Buckets and objects are S3's: what S3 offers of them comes through here. */
export interface S3ControlPorts {
  /** Opened with `S3_CONTROL_MIGRATIONS`. */
  readonly database: Database;
  readonly blocks: AccountBlocks;
  readonly roles: RoleCalls;
  /** A refusal in S3's words. */
  readonly denied: (denied: Denied) => AwsError;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
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

/** Calls of S3's operations by a role: looked up, authorized and recorded like anybody's. */
export interface RoleCalls {
  /** As Batch Operations. Throws STS's own error when the role does not trust them. */
  assume(roleArn: string, session: string, behalf: Behalf): Promise<RoleSession>;
}

export interface RoleSession {
  /** With what the role may do now. Throws S3's error. */
  call(operation: string, input: object, request?: InnerRequest): Promise<Record<string, unknown>>;
  /** One page of what a generated manifest lists. It may be empty without being the last. Throws S3's error. */
  list(query: ManifestQuery): Promise<ManifestPage>;
}

export interface ManifestQuery {
  readonly bucket: string;
  /** Whose the bucket must be. */
  readonly owner?: string | undefined;
  readonly filter: NonNullable<Generator["Filter"]>;
  /** The `next` of the page before. */
  readonly position?: string | undefined;
}

export interface ManifestPage {
  readonly objects: readonly { readonly key: string; readonly versionId?: string | undefined }[];
  readonly next?: string | undefined;
}

/** The `operation` function of S3 Control, typed by the official client. */
export const operation = operationsOf<typeof import("@aws-sdk/client-s3-control"), S3ControlPorts>();
