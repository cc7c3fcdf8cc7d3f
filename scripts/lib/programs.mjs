// Programs that nobody here wrote, which tests drive: a software token with the tool to look into it, clients of S3, a signer of XML.
import { spawnSync } from "node:child_process";

/** Debian's package by the program that shows it is there. */
const PACKAGES = {
  "softhsm2-util": "softhsm2",
  "pkcs11-tool": "opensc",
  rclone: "rclone",
  restic: "restic",
  s3cmd: "s3cmd",
  s3fs: "s3fs",
  xmlsec1: "xmlsec1",
};

/** Installs what is missing where there is apt and the right to use it; elsewhere those tests say why they are skipped. */
export function installPrograms() {
  const missing = Object.entries(PACKAGES).filter(([program]) => spawnSync(program, ["--version"]).error !== undefined);
  if (missing.length === 0 || process.getuid?.() !== 0) return;
  const packages = missing.map(([, name]) => name);
  const install = () => spawnSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages]);
  if (install().status === 0) return;
  spawnSync("apt-get", ["update", "-q"]);
  install();
}
