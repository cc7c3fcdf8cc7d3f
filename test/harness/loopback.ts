import { Agent } from "node:http";
import type { LookupFunction } from "node:net";

/** Every name is this machine: `111122223333.localhost`, which not every resolver knows, as well. */
const lookup: LookupFunction = (_name, options, done) =>
  options.all === true ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);

export const loopbackAgent = (): Agent => new Agent({ keepAlive: true, lookup });
