import { randomBytes } from "node:crypto";
import { createReadStream, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where a canary was found, and in which form. */
export interface Finding {
  readonly place: string;
  readonly field: string;
  readonly form: string;
}

interface Needle {
  readonly field: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Overlap of two pieces of a file that are searched one after the other. */
const OVERLAP_BYTES = 1024;

/**
 * Random texts that are written into every field, and the search for them. All of a run begin with the same random
 * word, so that one search finds them all; secrets that the server made are searched for one by one.
 */
export class Canaries {
  readonly #word = letters(14);
  readonly #fields = new Map<string, string>();
  readonly #secrets: Needle[] = [];

  /** Lower-case letters only: fit for every name. */
  text(field: string): string {
    const text = `${this.#word}${letters(8)}`;
    this.#fields.set(text, field);
    return text;
  }

  /** A body of this size that is full of one canary. */
  body(field: string, bytes: number): Buffer {
    return Buffer.alloc(bytes, `${this.text(field)} `);
  }

  /** What the server gave to its caller and must not keep in the clear either. */
  secret(field: string, secret: string | Uint8Array | undefined): void {
    if (secret === undefined || secret.length === 0) throw new Error(`${field} is no secret`);
    const bytes = typeof secret === "string" ? Buffer.from(secret) : Buffer.from(secret);
    this.#secrets.push(...formsOf(bytes).map((form) => ({ ...form, field })));
  }

  get count(): number {
    return this.#fields.size;
  }

  /** Every file below the folders. */
  async searchFolders(folders: readonly string[]): Promise<{ findings: Finding[]; files: number; bytes: number }> {
    const findings: Finding[] = [];
    let bytes = 0;
    const paths = folders.flatMap(filesBelow);
    for (const path of paths) {
      findings.push(...this.searchBytes(`the name ${path}`, Buffer.from(path)));
      let tail: Buffer = Buffer.alloc(0);
      for await (const piece of createReadStream(path, { highWaterMark: 4 * 1024 * 1024 })) {
        bytes += piece.length;
        const window = Buffer.concat([tail, piece]);
        findings.push(...this.searchBytes(path, window));
        tail = window.subarray(-OVERLAP_BYTES);
      }
    }
    return { findings, files: paths.length, bytes };
  }

  searchBytes(place: string, bytes: Buffer): Finding[] {
    const shared = formsOf(Buffer.from(this.#word)).filter((needle) => bytes.includes(needle.bytes));
    const found = shared.map(({ form }) => ({ place, form, field: this.#fieldIn(bytes, form) }));
    const secrets = this.#secrets.filter((needle) => bytes.includes(needle.bytes));
    return [...found, ...secrets.map(({ field, form }) => ({ place, field, form }))];
  }

  /** Which canary it was: the word alone does not tell. */
  #fieldIn(bytes: Buffer, form: string): string {
    const is = ([text]: [string, string]) =>
      formsOf(Buffer.from(text)).some((each) => each.form === form && bytes.includes(each.bytes));
    return [...this.#fields].find(is)?.[1] ?? "one of them, cut off";
  }
}

/** The ways in which bytes may lie about in a file. */
function formsOf(bytes: Buffer): { form: string; bytes: Buffer }[] {
  const hex = bytes.toString("hex");
  return [
    { form: "plain", bytes },
    { form: "hex", bytes: Buffer.from(hex) },
    { form: "upper-case hex", bytes: Buffer.from(hex.toUpperCase()) },
    { form: "UTF-16LE", bytes: Buffer.from(bytes.toString("latin1"), "utf16le") },
    { form: "UTF-16BE", bytes: Buffer.from(bytes.toString("latin1"), "utf16le").swap16() },
    ...[0, 1, 2].flatMap((shift) => [
      { form: `base64, shifted by ${shift}`, bytes: Buffer.from(innerBase64(bytes, shift)) },
      {
        form: `base64url, shifted by ${shift}`,
        bytes: Buffer.from(innerBase64(bytes, shift).replaceAll("+", "-").replaceAll("/", "_")),
      },
    ]),
  ];
}

/** The digits that depend on these bytes alone, whatever stands before and behind them. */
function innerBase64(bytes: Buffer, shift: number): string {
  const digits = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replaceAll("=", "");
  const first = Math.ceil((shift * 8) / 6);
  const last = Math.floor(((shift + bytes.length) * 8) / 6);
  return digits.slice(first, last);
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

const letters = (count: number) =>
  [...randomBytes(count)].map((byte) => String.fromCharCode(97 + (byte % 26))).join("");
