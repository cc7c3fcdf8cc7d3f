import { createHash } from "node:crypto";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { LIMITS, parseArn } from "../../../base/index.js";
import type { RoleSession } from "../ports.js";
import { linesOf, valuesOf, WrongManifest } from "./csv.js";
import type { Manifest, Task } from "./job.js";

/** What a manifest's columns mean here; the others are passed over. */
type Field = "Bucket" | "Key" | "VersionId" | "IsDeleteMarker" | "Ignore";

/** Every task that a manifest names, in its order. Throws WrongManifest, or what S3 says to the role. */
export async function* tasksOf(session: RoleSession, manifest: Manifest): AsyncGenerator<Task> {
  const { Spec: spec, Location: location } = manifest;
  const { bucket, key } = placeOf(location?.ObjectArn ?? "");
  const body = await read(session, {
    Bucket: bucket,
    Key: key,
    IfMatch: `"${(location?.ETag ?? "").replaceAll('"', "")}"`,
    ...(location?.ObjectVersionId === undefined ? {} : { VersionId: location.ObjectVersionId }),
  });
  if (spec?.Format === "S3InventoryReport_CSV_20161130") yield* inventoryTasks(session, bucket, body);
  else yield* csvTasks((spec?.Fields ?? []) as readonly Field[], body); // CreateJob looked at them
}

export function placeOf(arn: string): { readonly bucket: string; readonly key: string } {
  const { resource = "" } = parseArn(arn) ?? {};
  const slash = resource.indexOf("/");
  return { bucket: resource.slice(0, Math.max(0, slash)), key: resource.slice(slash + 1) };
}

async function read(session: RoleSession, input: object): Promise<AsyncIterable<Uint8Array>> {
  const { Body: body } = await session.call("GetObject", input);
  return body instanceof Uint8Array ? piecesOf(body) : (body as AsyncIterable<Uint8Array>); // what GetObject answers
}

/** A short body comes in one. */
async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* csvTasks(fields: readonly Field[], body: AsyncIterable<Uint8Array>): AsyncGenerator<Task> {
  let number = 0;
  for await (const line of linesOf(body)) {
    number += 1;
    if (line === "") continue;
    const task = taskOf(fields, line, number);
    if (task !== undefined) yield task;
  }
}

/** Undefined for a delete marker: nothing can be done to it. */
function taskOf(fields: readonly Field[], line: string, number: number): Task | undefined {
  const values = valuesOf(line);
  if (values === undefined || values.length !== fields.length)
    throw new WrongManifest(`Line ${number} of the manifest does not have the ${fields.length} fields of its format.`);
  const fieldOf = (field: Field) => values[fields.indexOf(field)] ?? "";
  const [bucket, versionId] = [fieldOf("Bucket"), fieldOf("VersionId")];
  const key = decodeKey(fieldOf("Key"), number);
  if (bucket === "" || key === "") throw new WrongManifest(`Line ${number} of the manifest names no object.`);
  if (fieldOf("IsDeleteMarker") === "true") return undefined;
  return { bucket, key, ...(versionId === "" ? {} : { versionId }) };
}

function decodeKey(text: string, number: number): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new WrongManifest(`The key in line ${number} of the manifest is not URL-encoded.`);
  }
}

interface InventoryManifest {
  readonly fileFormat?: unknown;
  readonly fileSchema?: unknown;
  readonly files?: unknown;
}

/** A report's own manifest names its files, which lie in the same bucket, and their columns. */
async function* inventoryTasks(
  session: RoleSession,
  bucket: string,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Task> {
  const { fields, files } = parseInventory(await whole(body));
  for (const { key, md5 } of files) {
    const packed = await read(session, { Bucket: bucket, Key: key });
    yield* csvTasks(fields, unpacked(packed, key, md5));
  }
}

async function whole(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > LIMITS.s3BatchInventoryBytes) throw new WrongManifest("The manifest of the inventory is too large.");
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces).toString("utf8");
}

const KNOWN: ReadonlySet<string> = new Set(["Bucket", "Key", "VersionId", "IsDeleteMarker"]);

function parseInventory(text: string) {
  const { fileFormat, fileSchema, files } = parseJson(text);
  if (fileFormat !== "CSV" || typeof fileSchema !== "string" || !Array.isArray(files))
    throw new WrongManifest("The manifest is not that of an inventory report in CSV.");
  const fields = fileSchema.split(",").map((name) => name.trim());
  if (!fields.includes("Bucket") || !fields.includes("Key"))
    throw new WrongManifest("The inventory report does not have buckets and keys.");
  return {
    fields: fields.map((name) => (KNOWN.has(name) ? name : "Ignore") as Field), // just looked
    files: files.map(parseFile),
  };
}

function parseJson(text: string): InventoryManifest {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below, in the same words.
  }
  throw new WrongManifest("The manifest of the inventory is not JSON.");
}

function parseFile(file: unknown): { readonly key: string; readonly md5: string } {
  const { key, MD5checksum: md5 } = (file ?? {}) as { readonly key?: unknown; readonly MD5checksum?: unknown }; // any JSON
  if (typeof key !== "string" || typeof md5 !== "string")
    throw new WrongManifest("A file of the inventory report has no key or no checksum.");
  return { key, md5 };
}

/** A file that is another one than the report named is found at its end: nothing of the job was begun then. */
async function* unpacked(packed: AsyncIterable<Uint8Array>, key: string, md5: string): AsyncGenerator<Uint8Array> {
  const digest = createHash("md5");
  async function* digested() {
    for await (const piece of packed) {
      digest.update(piece);
      yield piece;
    }
  }
  try {
    yield* key.endsWith(".gz") ? gunzipped(digested()) : digested();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code?.startsWith("Z_") !== true) throw thrown;
    throw new WrongManifest(`The file ${key} of the inventory report is not compressed as its name says.`);
  }
  if (digest.digest("hex") !== md5)
    throw new WrongManifest(`The file ${key} of the inventory report has another checksum.`);
}

async function* gunzipped(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // What goes wrong at its source comes out at its end.
  pipeline(packed, gunzip, () => {});
  yield* gunzip as AsyncIterable<Uint8Array>; // a stream of buffers
}
