import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { selectBucket, selectObject, selectPieces, selectSealed } from "../../src/services/s3/store/index.js";
import { clientsOf } from "../harness/clients.js";
import { removeFolder, type Server, startServer } from "../harness/server.js";
import { runLoad } from "./load.js";
import { ms, rate, type Table } from "./report.js";
import { databaseBytes, FOLDERS, fillObjects, keyOf, openRows, type Template } from "./s3-fill.js";
import { signedRequest } from "./sign.js";

const OBJECTS = Number(process.env["STRONGROOM_BENCH_OBJECTS"] ?? 10_000_000);
const BODY_BYTES = 100;
const BUCKET = "many";
/** Pages asked of each kind, each from another place. */
const PAGES = 60;

/** A bucket of millions: start, pages of every kind of list, and what a small object takes of the disk. */
export async function benchS3Scale(): Promise<Table> {
  const first = await startServer({ workers: 1 });
  const { dataFolder } = first;
  try {
    return await measure(first);
  } finally {
    removeFolder(dataFolder);
  }
}

async function measure(first: Server): Promise<Table> {
  const { dataFolder } = first;
  const rows: string[][] = [];
  const { s3 } = clientsOf(first);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "template", Body: Buffer.alloc(BODY_BYTES, 1) }));
  await first.stop();
  rows.push(["start with one object", ms(await startTime(dataFolder))]);

  const database = await openRows(dataFolder);
  const template = await database.read(templateOf);
  const before = databaseBytes(dataFolder);
  const started = performance.now();
  await fillObjects(database, template, OBJECTS);
  const seconds = (performance.now() - started) / 1000;
  await database.close();
  rows.push(["written straight into the rows", `${rate(OBJECTS / seconds)} objects/s`]);
  const bytes = (databaseBytes(dataFolder) - before) / OBJECTS;
  rows.push([`an object of ${BODY_BYTES} bytes`, `${bytes.toFixed(0)} bytes on the disk`]);
  rows.push(["start with all of them", ms(await startTime(dataFolder))]);

  const server = await startServer({ dataFolder, workers: 1 });
  for (const [name, pathOf] of LISTS) rows.push([name, await pages(server, pathOf)]);
  await server.stop();
  return { title: `A bucket of ${OBJECTS} objects`, columns: ["", "reached"], rows };
}

async function templateOf(
  tx: Parameters<Parameters<Awaited<ReturnType<typeof openRows>>["read"]>[0]>[0],
): Promise<Template> {
  const bucket = await selectBucket(tx, BUCKET);
  const object = bucket && (await selectObject(tx, bucket.id, "template"));
  const [piece] = object ? await selectPieces(tx, object.bodyId, -1, 1) : [];
  const sealed = piece && (await selectSealed(tx, piece));
  if (!object || !piece || !sealed) throw new Error("the template was put");
  return { object, piece, sealed };
}

async function startTime(dataFolder: string): Promise<number> {
  const started = performance.now();
  const server = await startServer({ dataFolder, workers: 1 });
  const took = performance.now() - started;
  await server.stop();
  return took;
}

const place = (nth: number) => encodeURIComponent(keyOf(Math.floor((nth * OBJECTS) / PAGES)));
const folder = (nth: number) => encodeURIComponent(keyOf((nth * 17) % FOLDERS).slice(0, 12));

/** Pages of a thousand entries. */
const LISTS: readonly (readonly [string, (nth: number) => string])[] = [
  ["ListObjectsV2, from the beginning", () => "list-type=2"],
  ["ListObjectsV2 after a key deep inside", (nth) => `list-type=2&start-after=${place(nth)}`],
  ["ListObjectsV2 of a prefix", (nth) => `list-type=2&prefix=${folder(nth)}`],
  ["ListObjectsV2, a thousand common prefixes", () => "delimiter=%2F&list-type=2"],
  ["ListObjectsV2 of a prefix, days as common prefixes", (nth) => `delimiter=%2F&list-type=2&prefix=${folder(nth)}`],
  ["ListObjects after a marker", (nth) => `marker=${place(nth)}`],
  ["ListObjectVersions after a marker", (nth) => `key-marker=${place(nth)}&versions=`],
  ["ListObjectsV2 of a prefix that nothing has", (nth) => `list-type=2&prefix=nothing-${nth}`],
];

async function pages(server: Server, queryOf: (nth: number) => string): Promise<string> {
  const { port, credentials } = server;
  const requests = await Promise.all(
    Array.from({ length: PAGES }, (_, nth) =>
      signedRequest({ method: "GET", path: `/${BUCKET}?${queryOf(nth)}`, service: "s3" }, port, credentials),
    ),
  );
  const { medianMs, p99Ms } = await runLoad({ port, requests, connections: 1, seconds: 3 });
  return `${ms(medianMs)} median, ${ms(p99Ms)} 99 of 100`;
}
