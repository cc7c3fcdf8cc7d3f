import { Ids, type LeaseRequest, ManualClock, SeededEntropy, silentLog } from "../../base/index.js";
import type { CloudTrailPorts } from "./operation.js";

/** Ports that hold nothing but a clock: a test puts in what it looks at. */
export function testPorts(parts: Partial<CloudTrailPorts> = {}): CloudTrailPorts {
  const absent = new Proxy({}, { get: () => () => Promise.reject(new Error("not given by the test")) }) as never; // see above
  return {
    audit: absent,
    database: absent,
    buckets: absent,
    keys: absent,
    signing: absent,
    clock: new ManualClock("2026-11-21T09:00:00Z"),
    ids: new Ids(new SeededEntropy(5)),
    log: silentLog,
    settings: { deliverySeconds: 300, digestSeconds: 3600, lookupPerSecond: 0 },
    askLease: async ({ count }: LeaseRequest) => ({ tokens: count, waitMs: 0 }),
    ...parts,
  };
}
