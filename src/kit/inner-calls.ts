import type { AccountId, Region } from "../base/index.js";
import type { Caller } from "../identity/index.js";
import type { RequestBody } from "./context.js";
import type { AnyOperation } from "./operation.js";
import type { Service } from "./service.js";

/** What a service acts for when nobody called it: a trail, a bucket. */
export interface Behalf {
  readonly account: string;
  readonly region: string;
  /** What policies of buckets and keys ask for as `aws:SourceArn`. */
  readonly sourceArn: string;
}

/** Who makes a call that no client sent: a service in its own name, or in that of a role that it assumed. */
export interface Actor {
  readonly caller: Caller;
  readonly account: string;
  readonly region: Region;
  readonly sourceArn: string;
  /** `s3.amazonaws.com`: what the record names as the address. */
  readonly service: string;
}

/** In a role's session, which holds for an hour. */
export interface RoleActor extends Actor {
  /** The same session with what its role may do now. Throws AccessDenied when it holds no more. */
  now(): Promise<Actor>;
}

export interface InnerRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
}

/** How a service calls operations by itself. They are authorized, and recorded, like anybody's. */
export interface InnerCalls {
  /** `name` is `logging.s3.amazonaws.com`: what policies name as the principal. */
  asService(name: string, behalf: Behalf): Actor;
  /** Assumes the role as that service. Throws STS's own error when the role does not trust it. */
  asRole(name: string, roleArn: string, session: string, behalf: Behalf): Promise<RoleActor>;
  /** Look up, authorize, run, record. Throws the operation's error; a refusal in the service's words. */
  perform(
    actor: Actor,
    service: Pick<Service, "denied" | "eventSource">,
    operation: AnyOperation,
    input: object,
    request?: InnerRequest,
  ): Promise<Record<string, unknown>>;
}

/** A payload that is there already. */
export const bodyOfBytes = (bytes: Uint8Array): RequestBody => ({
  declaredBytes: bytes.length,
  trailers: {},
  async *[Symbol.asyncIterator]() {
    yield Buffer.from(bytes);
  },
});

/** A service as a principal: policies of resources alone let it in. */
export const serviceCaller = (service: string, account: string): Caller => ({
  principal: { kind: "service", arn: "", account, service },
  account: account as AccountId, // a trail's or a bucket's
  accessKeyId: "",
  policies: { identity: [] },
  values: new Map([["aws:principaltype", "Service"]]),
  userIdentity: { type: "AWSService", invokedBy: service },
  displayName: service,
  userId: service,
});
