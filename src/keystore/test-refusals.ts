import assert from "node:assert/strict";
import type { KeyStoreReason } from "./port.js";

export function refuses(call: Promise<unknown>, reason: KeyStoreReason): Promise<void> {
  return assert.rejects(call, { name: "KeyStoreError", reason });
}
