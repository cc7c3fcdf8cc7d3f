// A software token and the tool to look into it, for the tests of PKCS#11.
import { spawnSync } from "node:child_process";

const PACKAGES = { "softhsm2-util": "softhsm2", "pkcs11-tool": "opensc" };

/** Installs what is missing where there is apt and the right to use it; elsewhere those tests say why they are skipped. */
export function installTokenTools() {
  const missing = Object.entries(PACKAGES).filter(([program]) => spawnSync(program, ["--version"]).error !== undefined);
  if (missing.length === 0 || process.getuid?.() !== 0) return;
  const packages = missing.map(([, name]) => name);
  const install = () => spawnSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages]);
  if (install().status === 0) return;
  spawnSync("apt-get", ["update", "-q"]);
  install();
}
