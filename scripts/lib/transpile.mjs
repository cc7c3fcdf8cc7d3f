// Keeps build/ (a file for each source, one to one) true to the sources: only what changed is made anew.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installedVersion, root } from "./run.mjs";

const FOLDER = join(root, "build");
/** What each file was made from, and how it looked then. */
const LIST = join(FOLDER, "made.json");

/** `sources` are paths below the root; `options` are those of esbuild. */
export async function transpile(esbuild, sources, options) {
  const how = JSON.stringify([installedVersion("esbuild"), options, digestOf("tsconfig.json")]);
  const before = listOf(how);
  if (before === undefined) rmSync(FOLDER, { recursive: true, force: true });
  const known = before ?? {};
  const digests = new Map(sources.map((source) => [source, digestOf(source)]));
  for (const source of Object.keys(known)) if (!digests.has(source)) remove(source);
  const changed = sources.filter((source) => !isMade(source, known[source], digests.get(source)));
  // Whoever ends this in between leaves no list: then all is made anew.
  rmSync(LIST, { force: true });
  if (changed.length > 0) await esbuild({ ...options, entryPoints: changed, outbase: ".", outdir: "build" });
  const made = sources.map((source) => [source, { digest: digests.get(source), ...look(source) }]);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(LIST, JSON.stringify({ how, made: Object.fromEntries(made) }));
}

function listOf(how) {
  if (!existsSync(LIST)) return undefined;
  const list = JSON.parse(readFileSync(LIST, "utf8"));
  return list.how === how ? list.made : undefined;
}

const digestOf = (source) =>
  createHash("sha256")
    .update(readFileSync(join(root, source)))
    .digest("base64");

const outputOf = (source) => join(FOLDER, source.replace(/\.ts$/, ".js"));

/** A file that somebody wrote into since is not what was made. */
function isMade(source, known, digest) {
  if (known?.digest !== digest || !existsSync(outputOf(source))) return false;
  const { bytes, at } = look(source);
  return known.bytes === bytes && known.at === at;
}

function look(source) {
  const { size, mtimeMs } = statSync(outputOf(source));
  return { bytes: size, at: mtimeMs };
}

function remove(source) {
  for (const file of [outputOf(source), `${outputOf(source)}.map`]) rmSync(file, { force: true });
}
