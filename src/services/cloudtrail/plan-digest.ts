import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { isoSeconds } from "../../base/index.js";
import { digestKey } from "./object-names.js";
import type { CloudTrailPorts } from "./operation.js";
import { fingerprintOf } from "./public-key.js";
import {
  type Chain,
  chainsOf,
  type Delivery,
  endChains,
  findTrail,
  putChain,
  putDelivery,
  removeDelivery,
  undigested,
} from "./store.js";
import { isLogging, type Trail } from "./trail.js";

const compress = promisify(gzip);
const MOST_LOGS = 10_000;
const ALGORITHM = "SHA256withRSA";

/**
 * The digests that are due for a trail (cloudtrail section 4). The signed digest, the files that it names and the
 * chain's new end are one commit; the object follows from it, as often as it must be written.
 */
export async function planDigests(ports: CloudTrailPorts, trail: Trail, now: Date): Promise<void> {
  const chains = await ports.database.read((tx) => chainsOf(tx, trail.id));
  if (!trail.validates) {
    if (chains.length > 0) await ports.database.write((tx) => endChains(tx, trail.id));
    return;
  }
  if (isLogging(trail) && !chains.some(({ region }) => region === trail.region)) {
    await beginChain(ports, trail, trail.region, now);
  }
  const dues = await Promise.all(chains.map((chain) => planDue(ports, trail, chain, now)));
  // Logging ended, and so did the hour in which it did: a new start is a new chain.
  const isOver = !isLogging(trail) && trail.intervals.length === 0 && dues.length > 0 && dues.every((due) => due === 0);
  if (isOver) await ports.database.write((tx) => endChains(tx, trail.id));
}

export const beginChain = (ports: CloudTrailPorts, trail: Trail, region: string, now: Date): Promise<unknown> =>
  ports.database.write((tx) =>
    putChain(tx, trail.id, { region, startedMs: Math.floor(now.getTime() / 1000) * 1000, previous: undefined }),
  );

/** How many files the digest names; undefined when none is due. */
async function planDue(ports: CloudTrailPorts, trail: Trail, chain: Chain, now: Date): Promise<number | undefined> {
  const periodMs = ports.settings.digestSeconds * 1000;
  const periods = Math.floor((now.getTime() - chain.startedMs) / periodMs);
  if (periods < 1) return undefined;
  const endMs = chain.startedMs + periods * periodMs;
  const logs = await ports.database.read((tx) => undigested(tx, trail.id, chain.region, MOST_LOGS));
  const made = await digestOf(ports, trail, chain, new Date(endMs), logs, now);
  await ports.database.write(async (tx) => {
    const before = (await chainsOf(tx, trail.id)).find(({ region }) => region === chain.region);
    if (before?.startedMs !== chain.startedMs || (await findTrail(tx, trail))?.id !== trail.id) return;
    await putDelivery(tx, made.delivery);
    for (const log of logs) await removeDelivery(tx, log.id);
    await putChain(tx, trail.id, { region: chain.region, startedMs: endMs, previous: made.previous });
  });
  return logs.length;
}

async function digestOf(
  { signing }: CloudTrailPorts,
  trail: Trail,
  chain: Chain,
  end: Date,
  logs: readonly Delivery[],
  now: Date,
): Promise<{ delivery: Omit<Delivery, "id">; previous: NonNullable<Chain["previous"]> }> {
  const { account, bucket } = trail;
  const { region, previous } = chain;
  const key = digestKey(trail, region, end);
  let text: Buffer = Buffer.alloc(0);
  const signature = await signing.sign({ account, region, service: "cloudtrail" }, now, (publicKey) => {
    const digest = digestJson(trail, chain, { end, key, logs, fingerprint: fingerprintOf(publicKey) });
    text = Buffer.from(JSON.stringify(digest));
    const lines = [isoSeconds(end), `${bucket}/${key}`, sha256(text), previous?.signature ?? "null"];
    return Buffer.from(lines.join("\n"));
  });
  const hex = signature.toString("hex");
  return {
    previous: { bucket, key, hash: sha256(text), signature: hex },
    delivery: {
      trailId: trail.id,
      region,
      kind: "digest",
      plannedMs: now.getTime(),
      plan: {
        bucket,
        key,
        kmsKeyId: trail.kmsKeyId,
        metadata: { signature: hex, "signature-algorithm": ALGORITHM },
      },
      body: await compress(text),
    },
  };
}

function digestJson(
  trail: Trail,
  { startedMs, previous }: Chain,
  made: { end: Date; key: string; logs: readonly Delivery[]; fingerprint: string },
) {
  const files = made.logs.flatMap(({ plan: { bucket, key, log } }) =>
    log === undefined ? [] : [{ bucket, key, log }],
  );
  const newest = files.map(({ log }) => log.newest).sort();
  const oldest = files.map(({ log }) => log.oldest).sort();
  return {
    awsAccountId: trail.account,
    digestStartTime: isoSeconds(new Date(startedMs)),
    digestEndTime: isoSeconds(made.end),
    digestS3Bucket: trail.bucket,
    digestS3Object: made.key,
    digestPublicKeyFingerprint: made.fingerprint,
    digestSignatureAlgorithm: ALGORITHM,
    newestEventTime: newest.at(-1) ?? null,
    oldestEventTime: oldest[0] ?? null,
    previousDigestS3Bucket: previous?.bucket ?? null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous?.hash ?? null,
    previousDigestHashAlgorithm: previous === undefined ? null : "SHA-256",
    previousDigestSignature: previous?.signature ?? null,
    logFiles: files.map(({ bucket, key, log }) => ({
      s3Bucket: bucket,
      s3Object: key,
      hashValue: log.hash,
      hashAlgorithm: "SHA-256",
      newestEventTime: log.newest,
      oldestEventTime: log.oldest,
    })),
  };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
