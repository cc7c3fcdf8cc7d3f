import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutBucketEncryptionCommand, S3Client } from "@aws-sdk/client-s3";
import type { Credentials } from "../harness/server.js";
import { runLoad } from "./load.js";
import { type Peer, startBenchServer, startMoto } from "./peers.js";
import { ratio, type Table } from "./report.js";
import { signedRequest } from "./sign.js";

const SECONDS = Number(process.env["STRONGROOM_BENCH_SECONDS"] ?? 5);
const KIB = 1024;
const SIZES = [16 * KIB, 1024 * KIB, 64 * 1024 * KIB];
const MOTO_CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };
const BUCKET = "bench";

interface Target extends Peer {
  readonly credentials: Credentials;
}

/** PUT and GET under a customer key, beside the same server without sealing, the emulator and the disk. */
export async function benchS3(): Promise<Table> {
  const rows: string[][] = [];
  const sealed = await prepared(await startBenchServer());
  const plain = await prepared(await startBenchServer({ STRONGROOM_BENCH_NO_SEAL: "1" }));
  const motoServer = await startMoto();
  const moto = motoServer && (await prepared({ ...motoServer, credentials: MOTO_CREDENTIALS }));
  try {
    for (const size of SIZES) {
      const body = randomBytes(size);
      for (const method of ["PUT", "GET"] as const) {
        for (const inFlight of [1, 16]) {
          if (size * inFlight > 256 * 1024 * KIB && method === "PUT") continue;
          // In turn, so that a drift of the machine meets all alike.
          const [ours, bare] = [
            await throughput(sealed, method, body, inFlight),
            await throughput(plain, method, body, inFlight),
          ];
          const theirs = moto && inFlight === 1 ? await throughput(moto, method, body, inFlight) : undefined;
          const disk = inFlight === 1 ? diskThroughput(method, body) : undefined;
          rows.push([
            `${method} ${sizeName(size)}`,
            String(inFlight),
            mib(ours),
            mib(bare),
            ratio(ours, bare),
            mib(theirs),
            ratio(ours, theirs),
            mib(disk),
            ratio(ours, disk),
          ]);
        }
      }
    }
  } finally {
    for (const peer of [sealed, plain, moto]) await peer?.stop();
  }
  const columns = [
    "",
    "in flight",
    "SSE-KMS MiB/s",
    "unsealed MiB/s",
    "of unsealed",
    "moto MiB/s",
    "of moto",
    "disk MiB/s",
    "of disk",
  ];
  return { title: "S3 on one core, SSE-KMS with a customer key, flushed before the answer", columns, rows };
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

/** MiB of body a second. A GET reads what the PUT before it wrote. */
async function throughput(target: Target, method: "PUT" | "GET", body: Buffer, connections: number): Promise<number> {
  const request = { path: `/${BUCKET}/object-${body.length}`, service: "s3", unsignedPayload: true };
  const put = await signedRequest({ ...request, method: "PUT", body }, target.port, target.credentials);
  const requests =
    method === "PUT" ? [put] : [await signedRequest({ ...request, method: "GET" }, target.port, target.credentials)];
  if (method === "GET") await runLoad({ port: target.port, requests: [put], connections: 1, seconds: 0 });
  const result = await runLoad({ port: target.port, requests, connections, seconds: SECONDS, warmupSeconds: 1 });
  return (result.perSecond * body.length) / KIB / KIB;
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
