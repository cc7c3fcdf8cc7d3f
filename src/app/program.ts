import "./first-act.js"; // before Node loads anything for the others
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

// What is started in dist/: it runs the bundle, and spares V8 a part of the compiling, which is a fifth of a start, with
// the compiled code that the build kept (docs/decisions/code-cache.md). Kept code that does not fit the bundle to the
// byte, this Node and its flags is passed over. It holds what the bundle holds and nothing of a run.

const ROLE = process.env["STRONGROOM_ROLE"] === "worker" ? "worker" : "command";
const DIGEST_BYTES = 32;

const folder = fileURLToPath(new URL(".", import.meta.url));
const bundleFile = join(folder, "bundle.cjs");
const keptFile = join(folder, `${ROLE}.code`);

const bundle = readFileSync(bundleFile);
const kept = keptCode();
const script = new Script(bundle.toString("latin1"), {
  filename: bundleFile,
  ...(kept === undefined ? {} : { cachedData: kept }),
});
// Only the build asks for it, after which nobody writes there.
if (process.env["STRONGROOM_KEEP_CODE"] === "1") process.on("exit", keepCode);

// The bundle is a function of these two: so the build wraps it.
const program: (require: NodeJS.Require, url: string) => void = script.runInThisContext();
program(createRequire(import.meta.url), import.meta.url);

function keptCode(): Buffer | undefined {
  try {
    const bytes = readFileSync(keptFile);
    const code = bytes.subarray(DIGEST_BYTES);
    return digestOf(code).equals(bytes.subarray(0, DIGEST_BYTES)) ? code : undefined;
  } catch {
    return undefined; // none was kept
  }
}

/** At the end of a run: with the functions that were needed in it. */
function keepCode(): void {
  const code = script.createCachedData();
  writeFileSync(`${keptFile}.${process.pid}`, Buffer.concat([digestOf(code), code]));
  renameSync(`${keptFile}.${process.pid}`, keptFile);
}

/** Neither another bundle nor a changed bit: V8 itself looks at the lengths, its version and its flags. */
function digestOf(code: Buffer): Buffer {
  return createHash("sha256").update(bundle).update(code).digest();
}
