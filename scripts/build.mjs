// Makes build/ (every source and test file, one to one, for the tests) and dist/ (the bundled program).
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isFresh, root, run } from "./lib/run.mjs";
import { buildNative } from "./native.mjs";

/** `program` is dist/, `tests` is build/. */
export async function build({ program = true, tests = true } = {}) {
  const { build: esbuild } = await import("esbuild");
  if (existsSync(join(root, "scripts", "extract-models.mjs"))) run("node", [join("scripts", "extract-models.mjs")]);
  buildNative();
  if (program) await esbuild(bundleOptions());
  if (tests) await esbuild(transpileOptions());
}

/** True when dist/ is newer than every source it is made of. */
export function isBuilt() {
  return isFresh(join(root, "dist", "main.js"), [
    ...sources("src").map((name) => join(root, name)),
    join(root, "package-lock.json"),
    join(root, "native", "strongroom.c"),
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

function bundleOptions() {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  return {
    ...shared,
    entryPoints: ["src/app/main.ts"],
    outdir: "dist",
    bundle: true,
    packages: "external",
    splitting: true,
    define: { "process.env.STRONGROOM_BUNDLED": '"1"' },
  };
}

function transpileOptions() {
  rmSync(join(root, "build"), { recursive: true, force: true });
  return { ...shared, entryPoints: [...sources("src"), ...sources("test")], outbase: ".", outdir: "build" };
}

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
}

if (import.meta.url === `file://${process.argv[1]}`) await build();
