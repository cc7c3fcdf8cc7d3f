import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keyHandle, Secret } from "../../src/crypto/index.js";

/** Project Wycheproof's vectors: members as they are in the files, hex where they are bytes. */
export interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: "valid" | "invalid" | "acceptable";
  readonly [member: string]: unknown;
}

export interface VectorGroup {
  readonly tests: readonly Vector[];
  readonly [member: string]: unknown;
}

const FOLDER = process.env["STRONGROOM_VECTORS"] ?? join(process.cwd(), "..", "shared", "vectors");

export function readVectors(name: string): readonly VectorGroup[] {
  const file = JSON.parse(readFileSync(join(FOLDER, "wycheproof", `${name}_test.json`), "utf8"));
  return file.testGroups;
}

export const hexBytes = (value: unknown): Buffer => Buffer.from(String(value), "hex");
export const keyOf = (value: unknown) => keyHandle(Secret.own(Buffer.from(hexBytes(value))));
export const nameOf = (file: string, vector: Vector) => `${file} ${vector.tcId} ${vector.comment}`;

/** Vectors that are left out, counted by their reason, so that a test can say how many there are and why. */
export class Skips {
  readonly byReason: Record<string, number> = {};

  skip(reason: string): void {
    this.byReason[reason] = (this.byReason[reason] ?? 0) + 1;
  }
}
