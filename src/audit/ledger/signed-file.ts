import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { LedgerSigner, Signed } from "./signed.js";

/** Undefined when there is none that this house has signed: nobody else can say that something may be missing. */
export function readSigned<T extends object>(path: string, format: string, signer: LedgerSigner): T | undefined {
  try {
    const parsed: Signed<T> & { readonly format?: string } = JSON.parse(readFileSync(path, "utf8"));
    return parsed.format === format && signer.isOurs(parsed) ? parsed : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** On the disk when it returns, and never half of it. */
export function writeDurably(path: string, document: object): void {
  const file = openSync(`${path}.new`, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify(document, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
