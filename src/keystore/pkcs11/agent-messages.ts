import type { TokenReason } from "./token-error.js";
import type { TokenPlace } from "./token-place.js";

/** What an agent is asked to do with its one token. */
export type TokenTask =
  | { readonly op: "connect" }
  | { readonly op: "createKey"; readonly label: string }
  | { readonly op: "seal" | "open"; readonly key: string; readonly data: Uint8Array; readonly aad: Uint8Array }
  | { readonly op: "destroyKey"; readonly key: string }
  | { readonly op: "random"; readonly count: number };

/** Travels over the channel between parent and child alone; so does the PIN, with every task. */
export type ToAgent =
  | { readonly kind: "place"; readonly place: TokenPlace }
  | { readonly kind: "task"; readonly id: number; readonly pin: Uint8Array; readonly task: TokenTask };

export type TaskResult = Uint8Array | string | undefined;

export type FromAgent =
  | { readonly id: number; readonly result: TaskResult }
  | { readonly id: number; readonly reason: TokenReason; readonly detail: string };
