import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { agentLauncher, type LaunchAgent } from "./launch.js";
import type { TokenPlace } from "./token-place.js";

const MODULES = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib64/pkcs11/libsofthsm2.so",
];
const MODULE = MODULES.find((path) => existsSync(path));

/** Why tests of tokens do not run here; false where they do. CI has SoftHSM and pkcs11-tool, or fails. */
export const withoutSoftHsm: string | false =
  MODULE !== undefined && hasProgram("softhsm2-util") && hasProgram("pkcs11-tool")
    ? false
    : "SoftHSM 2 and pkcs11-tool (Debian: softhsm2, opensc) are not installed";
if (withoutSoftHsm !== false && process.env["CI"] === "true") throw new Error(withoutSoftHsm);

export interface SoftHsm {
  readonly place: TokenPlace;
  readonly pin: string;
  /** What the module must find in its environment. */
  readonly environment: { readonly SOFTHSM2_CONF: string };
  readonly launch: LaunchAgent;
  /** Takes the token out of the computer, as it were. */
  pull(): void;
  putBack(): void;
  /** `pkcs11-tool --list-objects`, as the crypto user. */
  list(): string;
  /** Any other call of pkcs11-tool. */
  tool(...args: readonly string[]): string;
  remove(): void;
}

/** A SoftHSM token of its own. */
export function newSoftHsm({ label = "vault", pin = "user-pin-4711" } = {}): SoftHsm {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-softhsm-"));
  const [tokens, away, conf] = [join(folder, "tokens"), join(folder, "away"), join(folder, "softhsm2.conf")];
  mkdirSync(tokens);
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const environment = { SOFTHSM2_CONF: conf };
  const module = MODULE ?? "";
  run("softhsm2-util", ["--init-token", "--free", "--label", label, "--so-pin", "so-pin-4711", "--pin", pin]);
  const login = ["--module", module, "--token-label", label, "--login", "--pin", pin];
  return {
    place: { module, token: label },
    pin,
    environment,
    launch: agentLauncher(fileURLToPath(new URL("./test-agent.js", import.meta.url)), environment),
    pull: () => renameSync(tokens, away),
    putBack: () => renameSync(away, tokens),
    list: () => run("pkcs11-tool", [...login, "--list-objects"]),
    tool: (...args) => run("pkcs11-tool", [...login, ...args]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };

  function run(program: string, args: readonly string[]): string {
    const done = spawnSync(program, args, { env: { ...process.env, ...environment }, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${program} ended with ${done.status}: ${done.stderr}`);
    return done.stdout;
  }
}

function hasProgram(name: string): boolean {
  return spawnSync(name, ["--version"]).error === undefined;
}
