// Makes build/ (every source and test file, one to one, for the tests) and dist/ (the bundled program).
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { keepCode } from "./keep-code.mjs";
import { isFresh, root, run } from "./lib/run.mjs";
import { transpile } from "./lib/transpile.mjs";
import { buildNative, nativeFiles } from "./native.mjs";

/** `program` is dist/, `tests` is build/. */
export async function build({ program = true, tests = true } = {}) {
  const { build: esbuild } = await import("esbuild");
  if (existsSync(join(root, "scripts", "extract-models.mjs"))) run("node", [join("scripts", "extract-models.mjs")]);
  buildNative();
  if (program) await buildProgram(esbuild);
  if (tests) await transpile(esbuild, [...sources("src"), ...sources("test")], shared);
}

/** True when dist/ is newer than every source it is made of. */
export function isBuilt() {
  return isFresh(join(root, "dist", "main.cjs"), [
    ...sources("src").map((name) => join(root, name)),
    join(root, "package-lock.json"),
    ...nativeFiles,
  ]);
}

const shared = {
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: true,
  logLevel: "warning",
  absWorkingDir: root,
};

const BUNDLED = "process.env.STRONGROOM_BUNDLED";
/** Packages with binaries of their own. */
const EXTERNAL = ["@node-rs/argon2", "better-sqlite3-multiple-ciphers", "koffi", "sqlite-node20"];

/**
 * dist/bundle.cjs is the whole program in one script, so that V8 can keep what it compiled of it: all packages written in
 * JavaScript are in it, since a script cannot wait for modules. dist/main.cjs runs it.
 */
async function buildProgram(esbuild) {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  const script = {
    ...shared,
    format: "cjs",
    bundle: true,
    external: EXTERNAL,
    supported: { "dynamic-import": false },
    define: { [BUNDLED]: '"1"', "import.meta.url": "ownUrl" },
  };
  await Promise.all([
    esbuild({
      ...script,
      entryPoints: ["src/app/main.ts"],
      outfile: "dist/bundle.cjs",
      banner: { js: "(function (require, ownUrl) { const module = { exports: {} };" },
      footer: { js: "})" },
    }),
    esbuild({
      ...script,
      entryPoints: ["src/app/program.ts"],
      outfile: "dist/main.cjs",
      banner: { js: 'const ownUrl = require("node:url").pathToFileURL(__filename).href;' },
    }),
  ]);
  await keepCode();
}

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
}

if (import.meta.url === `file://${process.argv[1]}`) await build();
