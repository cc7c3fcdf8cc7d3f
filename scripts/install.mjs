// Brings node_modules to what package-lock.json says, and only when it is not there yet.
import { copyFileSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { installedVersion, isFresh, root, run, runQuietly } from "./lib/run.mjs";

export function install() {
  installPackages();
  if (Number(process.versions.node.split(".")[0]) < 22) buildSqliteForNode20();
}

function installPackages() {
  const stamp = join(root, "node_modules", ".strongroom-installed");
  if (isFresh(stamp, [join(root, "package-lock.json"), join(root, "package.json")])) return;
  // Not `npm ci`: it refuses a lock that lacks other systems' optional binaries, which some registries do not carry.
  run("npm", ["install", "--no-save", "--no-fund", "--no-audit", "--loglevel=error"]);
  linkOwnCommand();
  writeFileSync(stamp, "");
}

/** `npx strongroom` inside the checkout runs this checkout. */
function linkOwnCommand() {
  const link = join(root, "node_modules", ".bin", "strongroom");
  if (!existsSync(link)) symlinkSync("../../bin/strongroom.cjs", link);
}

/**
 * The SQLite driver ships prebuilt binaries for Node 22 and later. Node 20 needs the release before, which has
 * none inside its package: it is compiled once with the machine's g++ and kept in the user's cache folder.
 */
function buildSqliteForNode20() {
  const folder = join(root, "node_modules", "sqlite-node20");
  const binary = join(folder, "build", "Release", "better_sqlite3.node");
  if (existsSync(binary)) return;
  const cached = cachedBinary();
  if (!existsSync(cached)) {
    console.log("Compiling the SQLite driver for Node 20 (once, about two minutes) ...");
    runQuietly(
      "npm",
      ["exec", "--yes", "--package=node-gyp@11", "--", "node-gyp", "rebuild", "--release", "--silent", "-j", "max"],
      {
        cwd: folder,
        env: { ...process.env, npm_config_ignore_scripts: "false" },
      },
    );
    mkdirSync(dirname(cached), { recursive: true });
    copyFileSync(binary, `${cached}.${process.pid}`);
    renameSync(`${cached}.${process.pid}`, cached);
    return;
  }
  mkdirSync(dirname(binary), { recursive: true });
  copyFileSync(cached, binary);
}

function cachedBinary() {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const { platform, arch, versions } = process;
  return join(
    cache,
    "strongroom",
    `sqlite-${installedVersion("sqlite-node20")}-${platform}-${arch}-${versions.modules}.node`,
  );
}

if (import.meta.url === `file://${process.argv[1]}`) install();
