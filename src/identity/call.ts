import type { AccountId, Region } from "../base/index.js";
import type { PrincipalPolicies, PrincipalView } from "../policy/index.js";
import type { Database, WriteTx } from "../store/index.js";
import type { Organizations } from "./organizations/placement.js";

/** Who signed the request, with everything that speaks for them. Made by `authenticate`, shared between requests. */
export interface Caller {
  readonly principal: PrincipalView;
  readonly account: AccountId;
  readonly accessKeyId: string;
  readonly policies: PrincipalPolicies;
  /** The `aws:Principal…`, `aws:userid`, `aws:username`, `aws:TokenIssueTime` … values of this caller. */
  readonly values: ReadonlyMap<string, string | readonly string[]>;
  /** CloudTrail's `userIdentity`, ready to be written. Frozen where it lives as long as the caller: it is then written once. */
  readonly userIdentity: Readonly<Record<string, unknown>>;
  /** CloudTrail's Username for look-ups: user name, or role session name, or `root`. */
  readonly displayName: string;
  /** `AIDA…`, `AROA…:session`, or the account id for root: `aws:userid` and GetCallerIdentity's UserId. */
  readonly userId: string;
  /** The organizations of the house as they were when the caller was looked up. Absent: there are none. */
  readonly organizations?: Organizations;
  /** Present for role sessions and federated users. */
  readonly session?: {
    readonly issuedAt: Date;
    readonly expiresAt: Date;
    readonly chained: boolean;
    readonly sourceIdentity?: string;
    /** When a code of an MFA device proved who asked. */
    readonly mfaAt?: Date;
    /** What a role that this session assumes inherits. */
    readonly transitiveTags: readonly { readonly key: string; readonly value: string }[];
  };
}

/** As condition key `s3:signatureversion` calls them. */
export type SignatureVersion = "AWS" | "AWS4-HMAC-SHA256";

/** How a request was signed: in a header, in its URL, or as a browser's form. */
export interface SignedForm {
  readonly kind: "header" | "query" | "version-2" | "form";
  readonly dateMs?: number | undefined;
}

/** One call as every floor above sees it. Services get it with more on it (`kit`'s RequestContext). */
export interface CallContext {
  readonly caller: Caller;
  readonly region: Region;
  readonly requestId: string;
  readonly time: Date;
  readonly sourceIp: string;
  readonly userAgent: string;
  /** The header of the same name, as whoever sent it pleases. */
  readonly referer?: string | undefined;
  readonly secureTransport: boolean;
  /** Undefined when nobody signed. */
  readonly signatureVersion?: SignatureVersion | undefined;
  /** The same; undefined too where the house itself calls. */
  readonly signed?: SignedForm | undefined;
  /** `TLSv1.3`; undefined where the call did not come over TLS, or not from outside. */
  readonly tlsVersion?: (() => string | undefined) | undefined;
  /** Set by the house alone when a service calls in the caller's name: `s3.us-east-1.amazonaws.com`. */
  readonly viaService?: string;
  /** ARN of the resource that the service acts for (`aws:SourceArn`, grant constraints). */
  readonly sourceArn?: string;
  /** Of that resource, where its ARN does not tell: a bucket's. */
  readonly sourceAccount?: string;
  /**
   * The unit of work. State and the call's audit record are committed together: after a crash neither is there
   * without the other. The final record is written when the call ends and replaces this first one.
   */
  commit<T>(database: Database, unit: (tx: WriteTx) => Promise<T>): Promise<T>;
  /** Where a use of a key may leave its record. Without it a use waits until its record is on the disk. */
  readonly records?: RecordKeeper | undefined;
}

/**
 * Keeps records until their call commits, in the transaction of which they then stand, or ends. Whoever gives it has them
 * on the disk before anything of the call is answered. What outlives the call must not wait for that.
 */
export interface RecordKeeper {
  /** Records as the trail has them (room `audit`). False when the call has ended: then they are not kept. */
  keep(records: readonly { readonly eventID: string }[]): boolean;
}

/** The same call, made by a service for its caller, where the resource is that it acts for. What else was known of it stays behind. */
export function callVia(call: CallContext, service: string, sourceArn?: string, region = call.region): CallContext {
  const via: Draft = {
    caller: call.caller,
    region,
    requestId: call.requestId,
    time: call.time,
    sourceIp: call.sourceIp,
    userAgent: call.userAgent,
    referer: call.referer,
    secureTransport: call.secureTransport,
    signatureVersion: call.signatureVersion,
    viaService: `${service}.${region}.amazonaws.com`,
    commit: call.commit,
    records: call.records,
  };
  const source = sourceArn ?? call.sourceArn;
  if (source !== undefined) via.sourceArn = source;
  if (call.sourceAccount !== undefined) via.sourceAccount = call.sourceAccount;
  return via;
}

type Draft = { -readonly [Name in keyof CallContext]: CallContext[Name] };
