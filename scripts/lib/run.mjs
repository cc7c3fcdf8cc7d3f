// Small process helpers that every script shares.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Runs a command with inherited output and ends this process with its code when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (done.error) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
}

/** The same beside others: its output comes when it has ended. */
export function runBeside(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    const output = [];
    child.stdout.on("data", (piece) => output.push(piece));
    child.stderr.on("data", (piece) => output.push(piece));
    child.on("error", reject);
    child.on("close", (status) => {
      process.stdout.write(Buffer.concat(output));
      if (status !== 0) process.exit(status ?? 1);
      resolve();
    });
  });
}

/** The same without its output, which is shown only when it fails. */
export function runQuietly(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 256 * 1024 * 1024, ...options });
  if (done.error) throw done.error;
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout}${done.stderr}`);
  process.exit(done.status ?? 1);
}

/** The version of an installed package, or undefined when it is not installed. */
export function installedVersion(name) {
  const manifest = join(root, "node_modules", name, "package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : undefined;
}

/** True when `target` exists and is newer than each of `sources`. */
export function isFresh(target, sources) {
  if (!existsSync(target)) return false;
  const made = statSync(target).mtimeMs;
  return sources.every((source) => !existsSync(source) || statSync(source).mtimeMs <= made);
}
