import type { Clients } from "../harness/clients.js";
import type { Credentials, Server } from "../harness/server.js";
import type { Canaries } from "./canaries.js";

/** A running server as the tests of the promises see it. */
export interface Stage {
  readonly server: Server;
  readonly root: Clients;
  readonly account: string;
}

/**
 * What the promises' tests need to know of one service. A service joins all of them by a row in `services.ts`; the
 * tests know no service by name.
 */
export interface ServiceRow {
  /** The model's id. */
  readonly id: string;
  /** What stands before the colon in its actions, where that is not the id. */
  readonly actions?: string;
  /** I1: a canary in every field that a caller can set. */
  plantCanaries(stage: Stage, canaries: Canaries): Promise<void>;
  /** I2: every operation, and what to call it with. */
  readonly operations: Operations;
  /** I3, I5, I6: values that are written, read again, and compared with what was acknowledged. */
  registers(stage: Stage): Promise<readonly Register[]>;
  /** I2, I4: everything that needs a customer's key. */
  readonly keyUses: readonly KeyUse[];
}

export interface Operations {
  /** All operations that the service is known to have, written or not. */
  names(): readonly string[];
  /** Things to aim at, and what each member holds, whichever operation it is in. */
  inputs(stage: Stage): Promise<Inputs>;
  /** Unsigned without credentials. Rejects with an error that has `name` and `$metadata.httpStatusCode`. */
  sender(stage: Stage, credentials: Credentials | undefined): Send;
  /** Operations that need no permission, each with its reason. */
  readonly needNoPermission: Readonly<Record<string, string>>;
  /** Operations that refuse this account's administrators too, each with its reason. */
  readonly forOthers?: Readonly<Record<string, string>>;
  /** Operations that refuse inside a successful answer: whether this answer refuses all. */
  readonly refusesInside?: Readonly<Record<string, (answer: object) => boolean>>;
}

export type Send = (name: string, input: object) => Promise<object>;

export interface Inputs {
  /** By member name. */
  readonly members: Readonly<Record<string, unknown>>;
  /** By member name too: what operations may be called with besides, to see what conditions can ask about. */
  readonly optional?: Readonly<Record<string, unknown>>;
  /** By operation name: instead of, or on top of, its required members. */
  readonly operations: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One place that holds one value. Only one call writes it at a time. */
export interface Register {
  readonly name: string;
  /** The value stands in the record of the call that writes it. */
  readonly isTold?: true;
  /** Resolves when the service acknowledged the value. */
  write(stage: Stage, value: string): Promise<void>;
  /** What is there now; undefined before the first write. Never half of one value and half of another. */
  read(stage: Stage): Promise<string | undefined>;
}

export interface KeyUse {
  /** `kms Decrypt`. */
  readonly name: string;
  /** The service's own permissions, without those on the key. */
  readonly actions: readonly string[];
  /** Makes what the use is about under this key, and returns the use. */
  prepare(stage: Stage, keyArn: string): Promise<PreparedUse>;
}

export interface PreparedUse {
  use(clients: Clients): Promise<unknown>;
  /** Lets this principal use it by the resource's own policy; the key's policy is the test's. */
  admit?(principalArn: string): Promise<unknown>;
}
