import { AwsError, Ids, type LeaseRequest, ManualClock, SeededEntropy, silentLog } from "../../base/index.js";
import { newSecret } from "../../crypto/index.js";
import { Denied } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { callOperation, testContext, userCaller } from "../../kit/testing.js";
import type { Database } from "../../store/index.js";
import { openTestSqlite, testFolder } from "../../store/testing.js";
import type { CloudTrailPorts, DeliveredObject } from "./operation.js";
import { CLOUDTRAIL_MIGRATIONS, cloudTrailService } from "./service.js";

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

export const KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** CloudTrail over a real database, with a bucket `logs` that takes everything and a bucket `closed` that takes nothing. */
export interface TrailHouse {
  readonly ports: CloudTrailPorts;
  readonly database: Database;
  readonly written: DeliveredObject[];
  call<Output = Record<string, unknown>>(name: string, input: object, parts?: Partial<RequestContext>): Promise<Output>;
  /** A trail `mine` into `logs`, unless told otherwise. */
  create(input?: object): Promise<void>;
  /** Whether somebody with these policies alone is let through to the operation. */
  isAllowed(name: string, input: object, ...policies: object[]): Promise<boolean>;
  close(): Promise<void>;
}

export const allow = (Action: string, Resource: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource }],
});

export async function trailHouse(parts: Partial<CloudTrailPorts> = {}): Promise<TrailHouse> {
  const folder = testFolder();
  const path = `${folder.path}/cloudtrail.db`;
  const database = await openTestSqlite({ path, migrations: CLOUDTRAIL_MIGRATIONS });
  const written: DeliveredObject[] = [];
  const ports = testPorts({
    database,
    audit: {
      lookup: async () => ({ items: [] }),
      places: async () => [],
      readOn: async (places) => ({ records: [], places, isThrough: true }),
    },
    buckets: {
      call: async (_actor, region) => testContext({ region: region as RequestContext["region"] }), // a Region's name
      check: async (_actor, bucket) => {
        if (bucket === "logs") return "us-east-1";
        throw new AwsError(bucket === "closed" ? "AccessDenied" : "NoSuchBucket", "no");
      },
      put: async (_actor, object) => void written.push(object),
    },
    keys: {
      generateDataKey: async (_call, keyId) => {
        if (keyId !== "alias/mine" && keyId !== KEY_ARN) throw new AwsError("NotFoundException", "no");
        return { keyArn: KEY_ARN, materialId: "0".repeat(64), plaintext: newSecret(), blob: Buffer.alloc(1) };
      },
      decryptDataKey: () => Promise.reject(new Error("trails decrypt nothing")),
      arnOf: async (_call, keyId) => keyId,
      epoch: () => 0,
    },
    ...parts,
  });
  const service = cloudTrailService(ports);
  const ids = new Ids(new SeededEntropy(17));
  const call: TrailHouse["call"] = (name, input, more = {}) => {
    const operation = service.operations.get(name);
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return callOperation(operation, testContext({ ids, clock: ports.clock, ...more }), input);
  };
  return {
    ports,
    database,
    written,
    call,
    create: async (input = {}) => {
      await call("CreateTrail", { Name: "mine", S3BucketName: "logs", ...input });
    },
    async isAllowed(name, input, ...policies) {
      try {
        await call(name, input, { caller: userCaller("alice", policies) });
      } catch (thrown) {
        if (thrown instanceof Denied) return false;
      }
      return true;
    },
    close: async () => {
      await database.close();
      folder.remove();
    },
  };
}
