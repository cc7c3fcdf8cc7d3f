import { readFileSync } from "node:fs";
import { utf8 } from "../../base/index.js";
import { replaceFile } from "../../store/index.js";
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
  replaceFile(path, utf8(`${JSON.stringify(document, undefined, 2)}\n`));
}
