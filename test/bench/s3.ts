import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutBucketEncryptionCommand, S3Client } from "@aws-sdk/client-s3";
import type { Credentials } from "../harness/server.js";
import { type Load, runLoad } from "./load.js";
import { type Peer, startBenchServer, startMoto } from "./peers.js";
import { RADOSGW_KEY_ID, startRadosgw } from "./radosgw.js";
import { ratio, type Table } from "./report.js";
import { signedRequest } from "./sign.js";
import { inTurn, warmUp } from "./steady.js";

const SECONDS = Number(process.env["STRONGROOM_BENCH_SECONDS"] ?? 5);
const ROUNDS = 3;
const KIB = 1024;
const MOST_CONNECTIONS = 16;
const WARM_SECONDS = Number(process.env["STRONGROOM_BENCH_WARM_SECONDS"] ?? 8);
/** What is done for each of a large body's segments is warm after a few bodies. */
const WARM_SECONDS_OF_LARGE = 2;
const LARGE_BYTES = 1024 * KIB;
const SIZES = [16 * KIB, 1024 * KIB, 64 * 1024 * KIB];
const MOTO_CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };
const BUCKET = "bench";

interface Target extends Peer {
  readonly credentials: Credentials;
  /** Of each PUT, where the bucket's default does not do it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** It serves one request after the other, and fails where many come at once. */
  readonly isSerial?: boolean;
}

/** PUT and GET under a customer key, beside the same server without sealing, the emulator and the disk. */
export async function benchS3(): Promise<Table> {
  const sealed = await prepared(await startBenchServer());
  const plain = await prepared(await startBenchServer({ STRONGROOM_BENCH_NO_SEAL: "1" }));
  const motoServer = await startMoto();
  const moto = motoServer && (await prepared({ ...motoServer, credentials: MOTO_CREDENTIALS, isSerial: true }));
  const ceph = await preparedRadosgw();
  const peers: Peers = { sealed, plain, ceph, moto };
  const rows: string[][] = [];
  try {
    for (const size of SIZES) {
      const body = randomBytes(size);
      for (const method of ["PUT", "GET"] as const) {
        for (const inFlight of [1, MOST_CONNECTIONS]) {
          const disk = inFlight === 1 ? diskThroughput(method, body) : undefined;
          const bodies = (target: Target) => warmBodies(target, method, body, inFlight);
          rows.push(await row(`${method} ${sizeName(size)}`, inFlight, peers, bodies, size / KIB / KIB, disk));
        }
      }
    }
    for (const target of Object.values(peers)) await putMany(target);
    for (const inFlight of [1, MOST_CONNECTIONS])
      rows.push(await row("list 1000, /s", inFlight, peers, (target) => warmLists(target, inFlight), 1));
  } finally {
    for (const peer of Object.values(peers)) await peer?.stop();
  }
  const columns = [
    "MiB/s",
    "in flight",
    "SSE-KMS",
    "unsealed",
    "of it",
    "radosgw",
    "of it",
    "moto",
    "of it",
    "disk",
    "of it",
  ];
  return { title: "S3 on one core, SSE-KMS with a customer key, flushed before the answer", columns, rows };
}

interface Peers {
  readonly sealed: Target;
  readonly plain: Target;
  readonly ceph: Target | undefined;
  readonly moto: Target | undefined;
}

/** Every server is warm before any is measured. */
async function row(
  name: string,
  inFlight: number,
  { sealed, plain, ceph, moto }: Peers,
  warm: (target: Target) => Promise<Load>,
  unit: number,
  disk?: number,
): Promise<string[]> {
  const served = [];
  for (const target of [sealed, plain, ...(ceph ? [ceph] : [])])
    served.push({ load: await warm(target), pid: target.pid });
  const [ours = 0, bare, gateway] = (await inTurn(served, ROUNDS)).map(({ perSecond }) => perSecond * unit);
  const serial = moto && inFlight === 1 ? await runLoad({ ...(await warm(moto)), seconds: SECONDS }) : undefined;
  const beside = [bare, gateway, serial && serial.perSecond * unit, disk].flatMap((theirs) => [
    mib(theirs),
    ratio(ours, theirs),
  ]);
  return [name, String(inFlight), mib(ours), ...beside];
}

const MANY = 1000;

async function putMany(target: Target | undefined): Promise<void> {
  if (target === undefined) return;
  const body = Buffer.alloc(10, "x");
  const requests = await Promise.all(
    Array.from({ length: MANY }, (_, nth) => signedPut(target, `many/object-${String(nth).padStart(5, "0")}`, body)),
  );
  for (const request of requests) await runLoad({ port: target.port, requests: [request], connections: 1, seconds: 0 });
}

async function warmLists(target: Target, connections: number): Promise<Load> {
  const path = `/${BUCKET}?list-type=2&prefix=many%2F`;
  const request = await signedRequest({ method: "GET", path, service: "s3" }, target.port, target.credentials);
  const load = { port: target.port, requests: [request], connections, seconds: SECONDS / ROUNDS };
  await warmUp({ ...load, connections: MOST_CONNECTIONS }, WARM_SECONDS_OF_LARGE);
  return load;
}

async function preparedRadosgw(): Promise<Target | undefined> {
  const peer = await startRadosgw();
  if (peer === undefined) return undefined;
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${peer.port}`,
    region: "us-east-1",
    credentials: peer.credentials,
    forcePathStyle: true,
  });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  s3.destroy();
  const headers = {
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": RADOSGW_KEY_ID,
  };
  return { ...peer, headers };
}

async function prepared(target: Target): Promise<Target> {
  const config = { endpoint: `http://127.0.0.1:${target.port}`, region: "us-east-1", credentials: target.credentials };
  const [kms, s3] = [new KMSClient(config), new S3Client({ ...config, forcePathStyle: true })];
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const rule = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: KeyMetadata?.Arn },
  };
  await s3.send(
    new PutBucketEncryptionCommand({ Bucket: BUCKET, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
  );
  kms.destroy();
  s3.destroy();
  return target;
}

const signedPut = (target: Target, key: string, body: Buffer) =>
  signedRequest(
    {
      method: "PUT",
      path: `/${BUCKET}/${key}`,
      service: "s3",
      unsignedPayload: true,
      body,
      ...(target.headers && { headers: target.headers }),
    },
    target.port,
    target.credentials,
  );

/** A GET reads what the PUT before it wrote. */
async function warmBodies(target: Target, method: "PUT" | "GET", body: Buffer, connections: number): Promise<Load> {
  const key = `object-${body.length}`;
  const put = await signedPut(target, key, body);
  const get = { method: "GET", path: `/${BUCKET}/${key}`, service: "s3", unsignedPayload: true };
  const requests = method === "PUT" ? [put] : [await signedRequest(get, target.port, target.credentials)];
  if (method === "GET") await runLoad({ port: target.port, requests: [put], connections: 1, seconds: 0 });
  const load = { port: target.port, requests, connections, seconds: SECONDS / ROUNDS };
  const isLarge = body.length > LARGE_BYTES;
  // One connection alone asks too seldom for code to become warm.
  if (isLarge || target.isSerial) await warmUp(load, WARM_SECONDS_OF_LARGE);
  else await warmUp({ ...load, connections: MOST_CONNECTIONS }, WARM_SECONDS);
  return load;
}

/** What the disk itself does with files of that size, one after the other: write and flush, or read. */
function diskThroughput(method: "PUT" | "GET", body: Buffer): number {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-bench-disk-"));
  const file = join(folder, "file");
  const write = () => {
    const descriptor = openSync(file, "w");
    writeSync(descriptor, body);
    fsyncSync(descriptor);
    closeSync(descriptor);
  };
  write();
  const started = performance.now();
  let done = 0;
  for (; performance.now() - started < (SECONDS * 1000) / 2; done++) method === "PUT" ? write() : readFileSync(file);
  const seconds = (performance.now() - started) / 1000;
  rmSync(folder, { recursive: true });
  return (done * body.length) / KIB / KIB / seconds;
}

const mib = (value: number | undefined) => (value === undefined ? "–" : value.toFixed(value < 100 ? 1 : 0));
const sizeName = (bytes: number) => (bytes < KIB * KIB ? `${bytes / KIB} KiB` : `${bytes / KIB / KIB} MiB`);
