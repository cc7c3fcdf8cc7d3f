import { createHash } from "node:crypto";
import { accessSync, constants, copyFileSync, createReadStream, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** What a folder holds: the SHA-256 of every file by its path below the folder. */
export type Contents = ReadonlyMap<string, string>;

export interface TreeWish {
  readonly files: number;
  readonly bytes: number;
  /** The files are dealt out to so many folders `part-00`, `part-01`, …: each is a sample of the whole. */
  readonly parts: number;
}

interface Candidate {
  readonly path: string;
  /** Where it goes: the root's number, then its path below the root. */
  readonly name: string;
  readonly bytes: number;
}

const ROOTS = [
  join(process.cwd(), "node_modules"),
  process.env["npm_config_cache"] ?? join(homedir(), ".npm"),
  "/usr/include",
  "/usr/share",
  "/usr/lib",
  "/usr/local/lib",
];

/** Larger files make the run long and add nothing: these are uploads of several parts already. */
const MOST_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Copies a real tree from what this machine has into the folder: files from all over the roots in their order, then the
 * largest ones until the bytes are there. Undefined where the machine has too little.
 */
export function gatherTree(folder: string, wish: TreeWish): { files: number; bytes: number } | undefined {
  const found = ROOTS.flatMap((root, number) => [...candidatesBelow(root, String(number))]);
  const chosen = choose(found, wish);
  const bytes = chosen.reduce((sum, each) => sum + each.bytes, 0);
  if (chosen.length < wish.files || bytes < wish.bytes) return undefined;
  chosen.forEach((candidate, index) => {
    const part = `part-${String(index % wish.parts).padStart(2, "0")}`;
    const place = join(folder, part, candidate.name);
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(candidate.path, place);
  });
  return { files: chosen.length, bytes };
}

function choose(found: readonly Candidate[], wish: TreeWish): Candidate[] {
  const step = Math.max(1, Math.floor(found.length / wish.files));
  const chosen = found.filter((_, index) => index % step === 0).slice(0, wish.files);
  const taken = new Set(chosen);
  let bytes = chosen.reduce((sum, each) => sum + each.bytes, 0);
  for (const candidate of [...found].sort((a, b) => b.bytes - a.bytes)) {
    if (bytes >= wish.bytes) break;
    if (taken.has(candidate)) continue;
    chosen.push(candidate);
    bytes += candidate.bytes;
  }
  return chosen;
}

/** Readable regular files, in the order of their names. */
function* candidatesBelow(folder: string, name: string): Generator<Candidate> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* candidatesBelow(path, `${name}/${entry.name}`);
    else if (entry.isFile() && isReadable(path) && isText(entry.name)) {
      const bytes = lstatSync(path).size;
      if (bytes <= MOST_FILE_BYTES) yield { path, name: `${name}/${entry.name}`, bytes };
    }
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // not there, or not ours to read
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Names that are no UTF-8, or that hold control characters, are no names of objects. */
const isText = (name: string) => !/[\p{Cc}\ufffd]/u.test(name);

export async function contentsOf(folder: string): Promise<Contents> {
  const names = filesBelow(folder);
  const hashes = new Map<string, string>();
  const left = names.values();
  const worker = async () => {
    for (const name of left) hashes.set(name, await sha256Of(join(folder, name)));
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return new Map(names.map((name) => [name, hashes.get(name) ?? ""]));
}

/** Paths below the folder, with `/`, sorted. */
export function filesBelow(folder: string, below = ""): string[] {
  return entriesOf(join(folder, below)).flatMap((entry) => {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(folder, name) : [name];
  });
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(piece);
  return hash.digest("hex");
}
