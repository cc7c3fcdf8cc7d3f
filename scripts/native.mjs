// Compiles native/*.c into one addon, where there is a C compiler and Node's own headers. Without it everything works, slower.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { isFresh, root } from "./lib/run.mjs";

const native = join(root, "native");
const folder = join(native, "out");
const target = join(folder, `strongroom-${process.platform}-${process.arch}.node`);
export const nativeFiles = readdirSync(native)
  .filter((name) => /\.[ch]$/.test(name))
  .map((name) => join(native, name));
const sources = nativeFiles.filter((name) => name.endsWith(".c"));

const FLAGS = [
  ...["-O2", "-std=c11", "-Wall", "-Wextra", "-Wno-deprecated-declarations"],
  ...["-fPIC", "-shared", "-fvisibility=hidden", "-fstack-protector-strong", "-D_FORTIFY_SOURCE=2"],
];
// What Node itself carries is found when the addon is loaded: at once and not at the first call, so that a Node without it is noticed.
const LINKING = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : ["-Wl,-z,now", "-Wl,-z,relro"];

export function buildNative() {
  if (isFresh(target, [...nativeFiles, join(root, "scripts", "native.mjs")])) return;
  const headers = headersOfNode();
  if (headers === undefined) return tell("Node's headers are not on this machine");
  mkdirSync(folder, { recursive: true });
  const fresh = `${target}.${process.pid}`;
  const compiler = process.env.CC ?? "cc";
  const { status, error, stderr } = spawnSync(
    compiler,
    [...FLAGS, `-I${headers}`, ...sources, "-o", fresh, ...LINKING],
    {
      encoding: "utf8",
    },
  );
  if (error !== undefined) return tell(`there is no C compiler (${compiler})`);
  if (status !== 0) return tell(`${compiler} failed:\n${stderr}`);
  renameSync(fresh, target);
}

function headersOfNode() {
  const besideNode = join(dirname(dirname(realpathSync(process.execPath))), "include", "node");
  const nodedir = process.env.npm_config_nodedir;
  const folders = [besideNode, ...(nodedir ? [join(nodedir, "include", "node")] : []), "/usr/include/node"];
  return folders.find((name) => existsSync(join(name, "node_api.h")) && existsSync(join(name, "openssl", "evp.h")));
}

const tell = (why) =>
  console.log(`The native addon was not compiled: ${why}. Node's own functions are used, which are slower.`);
