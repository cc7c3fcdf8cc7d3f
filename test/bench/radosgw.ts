import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { hasProgram } from "../harness/clients.js";
import { newFolder, removeFolder } from "../harness/server.js";
import { type BenchServer, freePort, isListening, SERVER_CORE } from "./peers.js";

const run = promisify(execFile);
const DAEMONS = ["mon.a", "osd.0", "client.rgw"] as const;
export const RADOSGW_KEY_ID = "bench-key";
/** Of the testing back end: 32 bytes that everybody may know. */
const TESTING_KEY = Buffer.alloc(32, "bench").toString("base64");
const CREDENTIALS = { accessKeyId: "benchaccess", secretAccessKey: "benchsecret0123456789" };
const BLOCK_BYTES = 24 * 1024 ** 3;

/**
 * Ceph's object gateway on one monitor and one OSD with BlueStore in a file, all on the servers' core. SSE-KMS by its
 * testing back end. Undefined where it is not installed: `apt-get install --no-install-recommends radosgw ceph-mon ceph-osd`.
 */
export async function startRadosgw(): Promise<BenchServer | undefined> {
  for (const program of ["radosgw", "ceph-mon", "ceph-osd", "taskset"])
    if (!(await hasProgram(program))) return undefined;
  const folder = newFolder("bench-ceph");
  const [port, monitorPort] = [await freePort(), await freePort()];
  for (const name of ["mon", "osd", "run"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "ceph.conf"), configuration(folder, port, monitorPort));
  const stop = async () => {
    for (const daemon of [...DAEMONS].reverse()) end(join(folder, "run", `${daemon}.pid`));
    removeFolder(folder);
  };
  try {
    await startDaemons(folder, monitorPort);
    for (let tries = 0; !(await isListening(port)); tries++) {
      if (tries > 600) throw new Error("radosgw did not start");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return { port, credentials: CREDENTIALS, stop };
}

async function startDaemons(folder: string, monitorPort: number): Promise<void> {
  const configured = ["-c", join(folder, "ceph.conf")];
  const ceph = (program: string, ...args: string[]) =>
    run("taskset", ["-c", SERVER_CORE, program, ...configured, ...args], { timeout: 120_000 });
  const map = join(folder, "monmap");
  const fsid = /fsid = (\S+)/.exec(readFileSync(join(folder, "ceph.conf"), "utf8"))?.[1] ?? "";
  await run("monmaptool", ["--create", "--addv", "a", `[v1:127.0.0.1:${monitorPort}]`, "--fsid", fsid, map]);
  await ceph("ceph-mon", "-i", "a", "--mkfs", "--monmap", map, "--keyring", "/dev/null");
  await ceph("ceph-mon", "-i", "a");
  const osd = randomUUID();
  await ceph("ceph", "osd", "new", osd, "0");
  await ceph("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd);
  await ceph("ceph-osd", "-i", "0");
  await ceph("radosgw", "-n", "client.rgw");
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  const keys = ["--access-key", accessKeyId, "--secret", secretAccessKey];
  await ceph("radosgw-admin", "user", "create", "--uid", "bench", "--display-name", "bench", ...keys);
}

const configuration = (folder: string, port: number, monitorPort: number) => `[global]
fsid = ${randomUUID()}
mon host = v1:127.0.0.1:${monitorPort}
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail crit = 1
ms bind msgr2 = false
run dir = ${folder}/run
log file = ${folder}/$name.log
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
[mon.a]
mon data = ${folder}/mon
[osd.0]
osd data = ${folder}/osd
osd objectstore = bluestore
bluestore block size = ${BLOCK_BYTES}
osd memory target = 1073741824
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw crypt s3 kms backend = testing
rgw crypt require ssl = false
rgw crypt s3 kms encryption keys = ${RADOSGW_KEY_ID}=${TESTING_KEY}
`;

function end(pidFile: string): void {
  try {
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
  } catch {
    // It never started, or is gone.
  }
}
