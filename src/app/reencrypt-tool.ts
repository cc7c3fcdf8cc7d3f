import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { utf8 } from "../base/index.js";
import {
  type Arguments,
  type CallPlace,
  keyArnOf,
  newReencryption,
  type Reencryption,
  reencrypt,
  SettingsError,
} from "../cli/index.js";
import { replaceFile } from "../store/index.js";

const USAGE = "strongroom s3 reencrypt s3://BUCKET/PREFIX --kms-key-id ID [--bucket-key] [--dry-run] [--state FILE]";
const SHOWN_FAILURES = 20;

/** `strongroom s3 reencrypt`: 1 when an object could not be brought under the key. */
export async function reencryptTool(
  given: Arguments,
  place: CallPlace,
  print: (text: string) => number,
): Promise<number> {
  const { "kms-key-id": keyId, state: file } = given.flags;
  const [, bucket, prefix = ""] = given.words[2]?.match(/^s3:\/\/([^/]+)(?:\/(.*))?$/s) ?? [];
  if (bucket === undefined || keyId === undefined || given.words.length > 3) throw new SettingsError(USAGE);
  const has = (name: string) => Object.hasOwn(given.flags, name);
  const [bucketKey, dryRun] = [has("bucket-key"), has("dry-run")];
  const fresh = newReencryption({ bucket, prefix, keyArn: await keyArnOf(place, keyId), bucketKey, dryRun });
  const path = file ?? `strongroom-reencrypt-${digestOf(fresh)}.json`;
  const begun = readState(path, fresh);
  if (begun.after !== "") process.stderr.write(`goes on after ${JSON.stringify(begun.after)} (${path})\n`);
  const done = await reencrypt(place, begun, async (state) => {
    replaceFile(path, utf8(JSON.stringify(state, undefined, 1)));
    process.stderr.write(`${countsText(state)}\n`);
  });
  print(has("json") ? JSON.stringify(done, undefined, 2) : `${summary(done)}\n(${path})`);
  return done.counts.failed > 0 ? 1 : 0;
}

/** A run that came through is done: the next one begins anew, and finds most objects done. */
function readState(path: string, fresh: Reencryption): Reencryption {
  if (!existsSync(path)) return fresh;
  const kept = JSON.parse(readFileSync(path, "utf8")) as Reencryption; // written above, and compared below
  if (digestOf(kept) !== digestOf(fresh))
    throw new SettingsError(`${path} is the state of another run; name one by --state.`);
  return kept.isThrough ? fresh : kept;
}

const digestOf = ({ bucket, prefix, keyArn, bucketKey, dryRun }: Reencryption): string =>
  createHash("sha256")
    .update(JSON.stringify([bucket, prefix, keyArn, bucketKey, dryRun]))
    .digest("hex")
    .slice(0, 16);

const countsText = ({ counts: { updated, copied, already, failed } }: Reencryption): string =>
  `${updated + copied + already + failed} objects: ${updated} updated, ${copied} copied, ${already} were so, ${failed} failed`;

function summary(state: Reencryption): string {
  const shown = state.failures
    .slice(0, SHOWN_FAILURES)
    .map(({ key, reason }) => `FAILED ${JSON.stringify(key)} ${reason}`);
  return [`${state.dryRun ? "would be " : ""}${countsText(state)}`, ...shown].join("\n");
}
