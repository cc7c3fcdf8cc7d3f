/** What offline.test.ts runs where there is no network but loopback: a server, its clients, and a look at the kernel. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { newFolder, removeFolder, startServer } from "../harness/server.js";
import { SERVICES } from "./services.js";
import { stageOf } from "./stage.js";

export interface OfflineReport {
  readonly interfaces: readonly string[];
  /** Attempts to reach what has no route, by the kernel's own count: before, after the work, after one on purpose. */
  readonly noRoute: readonly [number, number, number];
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly expected: string;
}

const EXPECTED = "r0000001";
/** TEST-NET-1 (RFC 5737): nobody answers there. */
const NOWHERE = "192.0.2.1";

/** Requests, of IPv4 and IPv6, for which there was no route. */
function noRouteCount(): number {
  const [names = "", values = ""] = readFileSync("/proc/net/snmp", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("Ip: "));
  const four = Number(values.split(" ")[names.split(" ").indexOf("OutNoRoutes")]);
  const six = Number(/^Ip6OutNoRoutes\s+(\d+)/m.exec(readFileSync("/proc/net/snmp6", "utf8"))?.[1] ?? 0);
  return four + six;
}

async function tryOutside(): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connect(443, NOWHERE);
    for (const event of ["connect", "error"]) socket.once(event, () => resolve());
  });
}

const folder = newFolder("i8");
const before = noRouteCount();
const server = await startServer({ dataFolder: join(folder, "data") });
const stage = await stageOf(server);
const values: Record<string, string | undefined> = {};
for (const service of SERVICES) {
  for (const register of await service.registers(stage)) {
    await register.write(stage, EXPECTED);
    values[register.name] = await register.read(stage);
  }
}
await server.stop();
const after = noRouteCount();
await tryOutside();
removeFolder(folder);
const report: OfflineReport = {
  interfaces: Object.keys(networkInterfaces()),
  noRoute: [before, after, noRouteCount()],
  values,
  expected: EXPECTED,
};
process.stdout.write(JSON.stringify(report));
