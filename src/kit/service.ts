import type { AwsError } from "../base/index.js";
import { AwsError as Err } from "../base/index.js";
import { type Denied, denialText } from "../identity/index.js";
import type { PrincipalView, ResourceSide } from "../policy/index.js";
import type { AnyOperation } from "./operation.js";

/** A service as the gateway and the tables of the house see it. */
export interface Service {
  /** The wire model's id: `kms`. */
  readonly id: string;
  /** `kms.amazonaws.com`: CloudTrail's eventSource. */
  readonly eventSource: string;
  readonly operations: ReadonlyMap<string, AnyOperation>;
  /** A refusal in this service's words. */
  denied(denied: Denied): AwsError;
  /** Work done between requests: sweeps, rotations. Each is claimed by one process at a time. */
  readonly workers: readonly Worker[];
  /** What speaks for a resource of this service, for explanations; undefined when it is not one of its own. */
  sideOf?(resource: string, principal: PrincipalView): Promise<ResourceSide | undefined>;
  /** Anonymous requests reach the authorizer (S3) instead of being refused at the door. */
  readonly allowsAnonymous?: boolean;
  /** Operations whose requests bring their proof in the body: no signature is asked for, and none is looked at. */
  readonly unsigned?: ReadonlySet<string>;
}

export interface Worker {
  readonly name: string;
  readonly everyMs: number;
  /** Does what is due. Must be safe to repeat and to kill at any line. */
  run(now: Date): Promise<void>;
}

export interface ServiceDefinition {
  readonly id: string;
  readonly eventSource?: string;
  readonly operations: readonly AnyOperation[];
  readonly denied?: (denied: Denied) => AwsError;
  readonly workers?: readonly Worker[];
  readonly sideOf?: (resource: string, principal: PrincipalView) => Promise<ResourceSide | undefined>;
  readonly allowsAnonymous?: boolean;
  readonly unsigned?: ReadonlySet<string>;
}

export function defineService(definition: ServiceDefinition): Service {
  return {
    id: definition.id,
    eventSource: definition.eventSource ?? `${definition.id}.amazonaws.com`,
    operations: new Map(definition.operations.map((operation) => [operation.name, operation])),
    denied: definition.denied ?? accessDeniedException,
    workers: definition.workers ?? [],
    ...(definition.sideOf === undefined ? {} : { sideOf: definition.sideOf }),
    ...(definition.allowsAnonymous === undefined ? {} : { allowsAnonymous: definition.allowsAnonymous }),
    ...(definition.unsigned === undefined ? {} : { unsigned: definition.unsigned }),
  };
}

const accessDeniedException = (denied: Denied) => new Err("AccessDeniedException", denialText(denied));
