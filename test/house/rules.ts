import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

/** The floors, lowest first. Rooms on one floor never import each other. */
const FLOORS: readonly (readonly string[])[] = [
  ["base"],
  ["wire", "policy", "crypto", "store"],
  ["identity", "audit", "keystore"],
  ["kit", "kms", "volumes", "engines"],
  ["services"],
  ["gateway", "posture", "cli", "console"],
  ["app"],
];

/** Calls that only `app/` (and, for the console, `cli/`) may make: they reach for real time, chance or the terminal. */
const BANNED: readonly { readonly pattern: RegExp; readonly what: string; readonly allowedIn: readonly string[] }[] = [
  { pattern: /\bDate\.now\(/, what: "Date.now()", allowedIn: ["app"] },
  { pattern: /\bMath\.random\(/, what: "Math.random()", allowedIn: [] },
  { pattern: /\bnew Date\(\)/, what: "new Date()", allowedIn: ["app"] },
  { pattern: /\bconsole\.\w+\(/, what: "console", allowedIn: ["app", "cli"] },
  { pattern: /(?<![.\w])setTimeout\(|(?<![.\w])setInterval\(/, what: "a bare timer", allowedIn: ["app"] },
];

export interface SourceFile {
  /** Relative to the root of the sources, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly problem: string;
}

export function readSources(root: string): SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => ({ path: name, text: readFileSync(join(root, name), "utf8") }));
}

export function findings(files: readonly SourceFile[]): Finding[] {
  return [...files.flatMap(importFindings), ...files.flatMap(bannedFindings), ...cycles(files), ...untested(files)];
}

const isTest = (path: string) =>
  path.endsWith(".test.ts") || /(^|\/)(testing|test-[\w-]+|contract|[\w-]+-contract)\.ts$/.test(path);

interface Import {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  for (const match of file.text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)) {
    const to = normalize(join(dirname(file.path), match[1] ?? "")).replace(/\.js$/, ".ts");
    found.push({ from: file.path, to, line: lineOf(file.text, match.index) });
  }
  return found;
}

function importFindings(file: SourceFile): Finding[] {
  return importsOf(file).flatMap(({ from, to, line }) => {
    const problem = importProblem(from, to);
    return problem === undefined ? [] : [{ path: from, line, problem }];
  });
}

function importProblem(from: string, to: string): string | undefined {
  const [own, other] = [roomOf(from), roomOf(to)];
  if (own === other) return undefined;
  if (own.startsWith("services/") && other.startsWith("services/")) return `services never import each other: ${to}`;
  const [ownFloor, otherFloor] = [floorOf(own), floorOf(other)];
  if (otherFloor < 0) return `no such room: ${to}`;
  if (otherFloor > ownFloor) return `imports go down only: ${to}`;
  if (otherFloor === ownFloor) return `never sideways on one floor: ${to}`;
  const isDoor = to === `${other}/index.ts` || to === `${other}/service.ts` || (isTest(from) && isTest(to));
  return isDoor ? undefined : `through the room's door only (${other}/index.ts): ${to}`;
}

/** `kms`, or `services/s3` for a service's folder. */
function roomOf(path: string): string {
  const [room = "", service = ""] = path.split("/");
  return room === "services" ? `services/${service}` : room;
}

const floorOf = (room: string) => FLOORS.findIndex((floor) => floor.includes(room.split("/")[0] ?? ""));

function bannedFindings(file: SourceFile): Finding[] {
  if (isTest(file.path)) return [];
  const room = roomOf(file.path);
  return BANNED.filter((ban) => !ban.allowedIn.includes(room)).flatMap((ban) =>
    file.text.split("\n").flatMap((text, index) => {
      const isCode = !/^\s*(\*|\/\/|\/\*)/.test(text);
      return isCode && ban.pattern.test(text)
        ? [{ path: file.path, line: index + 1, problem: `${ban.what} is banned here` }]
        : [];
    }),
  );
}

/** Circles of imports between files; type-only imports count too, for they bind readers alike. */
function cycles(files: readonly SourceFile[]): Finding[] {
  const graph = new Map(files.filter((f) => !isTest(f.path)).map((file) => [file.path, valueImportsOf(file)]));
  const done = new Set<string>();
  const found: Finding[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (done.has(path)) return;
    const at = trail.indexOf(path);
    if (at >= 0) {
      found.push({ path, line: 1, problem: `a circle of imports: ${[...trail.slice(at), path].join(" → ")}` });
      return;
    }
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

/** Imports that are there at run time: a circle of types alone is harmless and erased. */
function valueImportsOf(file: SourceFile): string[] {
  const withoutTypes = file.text.replace(/^(import|export) type [^;]*;/gms, "");
  return importsOf({ path: file.path, text: withoutTypes }).map((found) => found.to);
}

/** Each operation has its test beside it. */
function untested(files: readonly SourceFile[]): Finding[] {
  const paths = new Set(files.map((file) => file.path));
  return [...paths]
    .filter((path) => /^services\/[\w-]+\/operations\/[\w-]+\.ts$/.test(path))
    .filter((path) => !paths.has(path.replace(/\.ts$/, ".test.ts")))
    .map((path) => ({ path, line: 1, problem: "an operation without a test beside it" }));
}

const lineOf = (text: string, index: number) => text.slice(0, index).split("\n").length;

export const show = (finding: Finding) =>
  `${relative(".", join("src", finding.path))}:${finding.line}: ${finding.problem}`;
