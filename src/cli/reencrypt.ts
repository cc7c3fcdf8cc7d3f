import { createHash } from "node:crypto";
import { CallError, type CallPlace, callKms, callS3, objectPath } from "./client-side/index.js";

/** What is to be done, and how far it is: what the state file holds. Done again, a part of it changes nothing. */
export interface Reencryption {
  readonly bucket: string;
  readonly prefix: string;
  readonly keyArn: string;
  readonly bucketKey: boolean;
  readonly dryRun: boolean;
  /** The last key up to which everything was looked at. */
  readonly after: string;
  readonly isThrough: boolean;
  readonly counts: Readonly<Record<Fate, number>>;
  /** The first of them, with the reason. */
  readonly failures: readonly { readonly key: string; readonly reason: string }[];
}

/** `updated`: its key was changed; `copied`: it was written anew, as its type of encryption asks. */
export type Fate = "updated" | "copied" | "already" | "failed";

const CHUNK = 50;
const AT_ONCE = 8;
const MOST_FAILURES = 1000;

export const newReencryption = (
  which: Pick<Reencryption, "bucket" | "prefix" | "keyArn" | "bucketKey" | "dryRun">,
): Reencryption => ({
  ...which,
  after: "",
  isThrough: false,
  counts: { updated: 0, copied: 0, already: 0, failed: 0 },
  failures: [],
});

/** UpdateObjectEncryption takes a key by its ARN alone. */
export async function keyArnOf(place: CallPlace, keyId: string): Promise<string> {
  const { KeyMetadata: key } = await callKms(place, "DescribeKey", { KeyId: keyId });
  const { Arn } = key as { readonly Arn: string }; // what DescribeKey answers
  return Arn;
}

/**
 * Brings every current object below the prefix under the key, in the order of keys. `keep` is told how far it is
 * after each chunk and must have it on the disk when it resolves: whatever is killed, the next run goes on there.
 */
export async function reencrypt(
  place: CallPlace,
  from: Reencryption,
  keep: (state: Reencryption) => Promise<void>,
): Promise<Reencryption> {
  let state = from;
  while (!state.isThrough) {
    const page = await listAfter(place, state);
    for (let at = 0; at < page.keys.length; at += CHUNK) {
      const keys = page.keys.slice(at, at + CHUNK);
      state = counted(state, keys, await fatesOf(place, state, keys));
      await keep(state);
    }
    state = { ...state, isThrough: !page.isTruncated };
    if (page.keys.length === 0 && page.isTruncated)
      throw new Error("S3 answered with an empty page that is not the last.");
  }
  await keep(state);
  return state;
}

interface Outcome {
  readonly fate: Fate;
  readonly reason?: string;
}

function counted(state: Reencryption, keys: readonly string[], outcomes: readonly Outcome[]): Reencryption {
  const counts = { ...state.counts };
  const failures = [...state.failures];
  for (const [at, { fate, reason }] of outcomes.entries()) {
    counts[fate] += 1;
    if (fate === "failed" && failures.length < MOST_FAILURES)
      failures.push({ key: keys[at] ?? "", reason: reason ?? "" });
  }
  return { ...state, counts, failures, after: keys.at(-1) ?? state.after };
}

async function fatesOf(place: CallPlace, state: Reencryption, keys: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    outcomes.push(...(await Promise.all(keys.slice(at, at + AT_ONCE).map((key) => fateOf(place, state, key)))));
  }
  return outcomes;
}

async function fateOf(place: CallPlace, state: Reencryption, key: string): Promise<Outcome> {
  try {
    const { headers } = await callS3(place, "HEAD", objectPath(state.bucket, key));
    if (isUnder(state, headers)) return { fate: "already" };
    return { fate: await bringUnder(place, state, key, headers) };
  } catch (thrown) {
    // A refusal is this object's own; anything else, as a server that is gone, ends the run, which can go on later.
    if (!(thrown instanceof CallError) || thrown.code === "status 503") throw thrown;
    return thrown.code === "status 404" ? { fate: "already" } : { fate: "failed", reason: thrown.message };
  }
}

const SSE = "x-amz-server-side-encryption";

const isUnder = ({ keyArn, bucketKey }: Reencryption, headers: Readonly<Record<string, unknown>>): boolean =>
  headers[SSE] === "aws:kms" &&
  headers[`${SSE}-aws-kms-key-id`] === keyArn &&
  (headers[`${SSE}-bucket-key-enabled`] === "true") === bucketKey;

/** Without touching the body, where its type of encryption lets it; else by a copy onto itself. */
async function bringUnder(
  place: CallPlace,
  state: Reencryption,
  key: string,
  headers: Readonly<Record<string, unknown>>,
): Promise<Fate> {
  const path = objectPath(state.bucket, key);
  const canUpdate = headers[SSE] === "AES256" || headers[SSE] === "aws:kms";
  if (state.dryRun) return canUpdate ? "updated" : "copied";
  if (canUpdate) {
    const body = wanted(state);
    const digest = createHash("md5").update(body).digest("base64");
    const headers = { "content-type": "application/xml", "content-md5": digest };
    await callS3(place, "PUT", `${path}?encryption`, headers, body);
    return "updated";
  }
  await callS3(place, "PUT", path, {
    "x-amz-copy-source": path.slice(1),
    [SSE]: "aws:kms",
    [`${SSE}-aws-kms-key-id`]: state.keyArn,
    [`${SSE}-bucket-key-enabled`]: String(state.bucketKey),
  });
  return "copied";
}

const wanted = ({ keyArn, bucketKey }: Reencryption): string =>
  `<ObjectEncryption xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><SSE-KMS><KMSKeyArn>${keyArn}</KMSKeyArn><BucketKeyEnabled>${bucketKey}</BucketKeyEnabled></SSE-KMS></ObjectEncryption>`;

/** Keys come percent-encoded: XML cannot hold all of them. */
async function listAfter(place: CallPlace, { bucket, prefix, after }: Reencryption) {
  const query = [
    "list-type=2",
    "encoding-type=url",
    `prefix=${encodeURIComponent(prefix)}`,
    ...(after === "" ? [] : [`start-after=${encodeURIComponent(after)}`]),
  ].join("&");
  const { text } = await callS3(place, "GET", `/${bucket}?${query}`);
  const keys = [...text.matchAll(/<Contents>.*?<Key>([^<]*)<\/Key>/gs)].map(([, key = ""]) =>
    decodeURIComponent(key.replaceAll("+", " ")),
  );
  return { keys, isTruncated: /<IsTruncated>true</.test(text) };
}
