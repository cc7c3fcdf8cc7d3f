import type { KeyHandle } from "../key.js";

/** Between the event loop and the thread that opens segments. Key handles cross as handles, never as bytes. */
export type ToOpener =
  | {
      readonly kind: "stream";
      readonly stream: number;
      readonly key: KeyHandle;
      readonly header: Uint8Array;
      readonly plaintextBytes: number;
    }
  | {
      readonly kind: "run";
      readonly stream: number;
      readonly run: number;
      readonly firstSegment: number;
      readonly sealed: Uint8Array<SharedArrayBuffer>;
    }
  | { readonly kind: "end"; readonly stream: number };

/** Without segments: the seal is broken. */
export interface FromOpener {
  readonly run: number;
  readonly segments?: readonly Uint8Array<ArrayBuffer>[];
}
