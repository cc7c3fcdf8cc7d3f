import type { AwsError } from "../base/index.js";
import { AwsError as Err } from "../base/index.js";
import { type Caller, type Denied, denialText, type SignatureVersion } from "../identity/index.js";
import type { PrincipalView, ResourceSide } from "../policy/index.js";
import type { AuditNotes } from "./context.js";
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
  /** Told of every request to this service after its answer, refused ones too: for logs of its own. Never throws. */
  answered?(told: Answered): void;
  /** Waits for what `answered` began. */
  close?(): Promise<void>;
  /** What browsers of other sites have to be told in the headers of every answer (S3's CORS rules). */
  answerHeaders?(request: CrossOriginRequest): Promise<Readonly<Record<string, string>>>;
  /** Anonymous requests reach the authorizer (S3) instead of being refused at the door. */
  readonly allowsAnonymous?: boolean;
  /** Operations whose requests bring their proof in the body: no signature is asked for, and none is looked at. */
  readonly unsigned?: ReadonlySet<string>;
}

/** A request and what became of it, as the listener saw it. Undefined: it never came so far. */
export interface Answered {
  readonly operation: string | undefined;
  readonly input: Readonly<Record<string, unknown>> | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly notes: AuditNotes;
  readonly caller: Caller | undefined;
  readonly signatureVersion: SignatureVersion | undefined;
  readonly requestId: string;
  readonly time: Date;
  readonly sourceIp: string;
  readonly method: string;
  /** As it came: path, `?` and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { readonly version: string; readonly cipher: string } | undefined;
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly answerHeaders: Readonly<Record<string, string | string[]>>;
  /** The whole answer was handed over to the connection. */
  readonly isWhole: boolean;
  readonly turnAroundMs: number;
  readonly totalMs: number;
}

/** A request that a page of another site makes. Nothing of it is proven. */
export interface CrossOriginRequest {
  readonly bucket: string;
  readonly method: string;
  readonly origin: string;
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
  readonly answered?: (told: Answered) => void;
  readonly close?: () => Promise<void>;
  readonly allowsAnonymous?: boolean;
  readonly unsigned?: ReadonlySet<string>;
  readonly answerHeaders?: NonNullable<Service["answerHeaders"]>;
}

export function defineService(definition: ServiceDefinition): Service {
  return {
    id: definition.id,
    eventSource: definition.eventSource ?? `${definition.id}.amazonaws.com`,
    operations: new Map(definition.operations.map((operation) => [operation.name, operation])),
    denied: definition.denied ?? accessDeniedException,
    workers: definition.workers ?? [],
    ...(definition.sideOf === undefined ? {} : { sideOf: definition.sideOf }),
    ...(definition.answered === undefined ? {} : { answered: definition.answered }),
    ...(definition.close === undefined ? {} : { close: definition.close }),
    ...(definition.allowsAnonymous === undefined ? {} : { allowsAnonymous: definition.allowsAnonymous }),
    ...(definition.answerHeaders === undefined ? {} : { answerHeaders: definition.answerHeaders }),
    ...(definition.unsigned === undefined ? {} : { unsigned: definition.unsigned }),
  };
}

const accessDeniedException = (denied: Denied) => new Err("AccessDeniedException", denialText(denied));
