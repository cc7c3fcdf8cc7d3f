import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startServer } from "../harness/server.js";
import type { Table } from "./report.js";

const MIB = 1024 * 1024;
const OBJECT_BYTES = Number(process.env["STRONGROOM_BENCH_OBJECT_BYTES"] ?? 5 * 1024 * MIB);
/** Bodies that flow at the same time, and how long each is. */
const STREAMS = 64;
const STREAM_BYTES = Number(process.env["STRONGROOM_BENCH_STREAM_BYTES"] ?? 64 * MIB);
const PIECE = Buffer.alloc(MIB, "a piece of a large object ");

/** Start-up, idle memory, and memory while one large object streams in and out. */
export async function benchMemory(): Promise<Table> {
  const first = await startServer();
  await first.stop();
  const started = performance.now();
  const server = await startServer({ dataFolder: first.dataFolder });
  const readyMs = performance.now() - started;
  const rows = [["ready after a start (built, existing data)", `${readyMs.toFixed(0)} ms`]];
  const processes = () => [server.process.pid ?? 0, ...server.workers()];
  await new Promise((resolve) => setTimeout(resolve, 2000));
  rows.push([
    "idle, resident, each process",
    processes()
      .map((pid) => `${residentMib(pid)} MiB`)
      .join(", "),
  ]);
  const s3 = new S3Client({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials: server.credentials,
    forcePathStyle: true,
    requestHandler: { httpAgent: { maxSockets: STREAMS } },
  });
  await s3.send(new CreateBucketCommand({ Bucket: "large" }));
  const inward = watch(processes);
  await s3.send(
    new PutObjectCommand({
      Bucket: "large",
      Key: "object",
      Body: Readable.from(pieces()),
      ContentLength: OBJECT_BYTES,
    }),
  );
  rows.push([`PUT of ${OBJECT_BYTES / MIB} MiB, most resident`, inward()]);
  const outward = watch(processes);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "large", Key: "object" }));
  let read = 0;
  for await (const piece of Body as Readable) read += (piece as Buffer).length; // a Node client gives a Readable of Buffers
  if (read !== OBJECT_BYTES) throw new Error(`read ${read} bytes of ${OBJECT_BYTES}`);
  rows.push([`GET of ${OBJECT_BYTES / MIB} MiB, most resident`, outward()]);
  rows.push([
    `PUT of ${STREAMS} bodies at once, most resident`,
    await together(processes, (nth) => putStream(s3, nth)),
  ]);
  rows.push([
    `GET of ${STREAMS} bodies at once, most resident`,
    await together(processes, (nth) => getStream(s3, nth)),
  ]);
  await server.stop();
  return { title: "Start and memory", columns: ["", "reached"], rows };
}

function* pieces(bytes = OBJECT_BYTES): Generator<Buffer> {
  for (let sent = 0; sent < bytes; sent += PIECE.length) yield PIECE;
}

async function together(processes: () => number[], stream: (nth: number) => Promise<void>): Promise<string> {
  const most = watch(processes);
  await Promise.all(Array.from({ length: STREAMS }, (_, nth) => stream(nth)));
  return most();
}

async function putStream(s3: S3Client, nth: number): Promise<void> {
  const Body = Readable.from(pieces(STREAM_BYTES));
  await s3.send(new PutObjectCommand({ Bucket: "large", Key: `stream-${nth}`, Body, ContentLength: STREAM_BYTES }));
}

async function getStream(s3: S3Client, nth: number): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "large", Key: `stream-${nth}` }));
  let read = 0;
  for await (const piece of Body as Readable) read += (piece as Buffer).length; // a Node client gives a Readable of Buffers
  if (read !== STREAM_BYTES) throw new Error(`read ${read} bytes of ${STREAM_BYTES}`);
}

/** Samples resident memory until the returned function is called, which tells the most of each process. */
function watch(processes: () => number[]): () => string {
  const most = new Map<number, number>();
  const sample = () => {
    for (const pid of processes()) most.set(pid, Math.max(most.get(pid) ?? 0, residentMib(pid)));
  };
  const timer = setInterval(sample, 200);
  sample();
  return () => {
    clearInterval(timer);
    return [...most.values()].map((value) => `${value} MiB`).join(", ");
  };
}

function residentMib(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kib ?? 0) / 1024);
}
