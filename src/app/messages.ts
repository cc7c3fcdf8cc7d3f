import type { Lease, LeaseRequest } from "../base/index.js";
import type { Settings } from "../cli/index.js";

/** Where the custodian answers, and what it asks of those who connect. */
export interface CustodianDoor {
  readonly socketPath: string;
  readonly token: string;
}

/** What the supervisor tells a worker, over the private channel between parent and child. */
export type ToWorker =
  | {
      readonly kind: "start";
      readonly slot: number;
      readonly settings: Settings;
      readonly folder: string;
      /** The root is open already: the house is opened before anyone can ask, so that no caller hears `sealed`. */
      readonly custodian: CustodianDoor | undefined;
    }
  /** The root is unsealed: connect to the custodian and open the house. */
  | ({ readonly kind: "open" } & CustodianDoor)
  | { readonly kind: "unseal-answer"; readonly id: number; readonly answer: UnsealAnswer }
  | { readonly kind: "lease-answer"; readonly id: number; readonly lease: Lease }
  | { readonly kind: "stop" };

/** What a worker tells its supervisor. */
export type ToSupervisor =
  /** It hears from now on; what was sent before would have been lost. */
  | { readonly kind: "hello" }
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "opened" }
  | { readonly kind: "failed"; readonly reason: string }
  /** Requests are limited: tokens of a bucket that all workers share. */
  | { readonly kind: "lease"; readonly id: number; readonly request: LeaseRequest }
  /** An offer of the owner's, on its way to the only process that may open the root. */
  | { readonly kind: "unseal"; readonly id: number; readonly offer: UnsealOffer };

export type UnsealOffer = { readonly passphrase: string } | { readonly share: string };

export type UnsealAnswer =
  | { readonly state: "open" }
  | { readonly state: "sealed"; readonly sharesGiven: number; readonly sharesNeeded: number }
  | { readonly state: "refused"; readonly reason: string };
