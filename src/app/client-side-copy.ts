import { createReadStream, readFileSync, statSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { LIMITS } from "../base/index.js";
import {
  type Arguments,
  type CallPlace,
  COMMITMENT_POLICIES,
  type CommitmentPolicy,
  download,
  isReserved,
  once,
  parseContextPairs,
  readBounded,
  type S3Place,
  SettingsError,
  type UploadSource,
  upload,
  type Wrapping,
} from "../cli/index.js";
import { readWrappingKey, Secret } from "../crypto/index.js";

const USAGE =
  "strongroom s3 cp --client-side FILE|- s3://BUCKET/KEY, or s3://BUCKET/KEY FILE|-, with --kms-key-id ID or --wrapping-key-file FILE";
/** What passes through memory: standard input, and standard output, which shows nothing before the tag is right. */
const PIPE_MOST_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

/** `strongroom s3 cp --client-side …`: the server sees ciphertext only. */
export async function copyClientSide(given: Arguments, place: CallPlace): Promise<number> {
  const [, , from, to, ...more] = given.words;
  if (given.flags["client-side"] === undefined)
    throw new SettingsError("strongroom s3 cp encrypts on this side (--client-side); plain copies are the AWS CLI's.");
  if (from === undefined || to === undefined || more.length > 0) throw new SettingsError(USAGE);
  const wrapping = wrappingOf(given);
  const policy = policyOf(given.flags["commitment-policy"]);
  const [source, target] = [s3Place(from), s3Place(to)];
  if (source === undefined && target !== undefined) {
    const inFile = given.flags["instruction-file"] !== undefined;
    await upload(place, wrapping, policy, target, await sourceOf(from), inFile);
    return 0;
  }
  if (source === undefined || target !== undefined) throw new SettingsError(USAGE);
  await save(download(place, wrapping, policy, source), to);
  return 0;
}

function s3Place(text: string): S3Place | undefined {
  const [, bucket, key] = text.match(/^s3:\/\/([^/]+)\/(.+)$/s) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

function wrappingOf({ flags }: Arguments): Wrapping {
  const { "kms-key-id": keyId, "wrapping-key-file": file, context } = flags;
  if ((keyId === undefined) === (file === undefined)) throw new SettingsError(USAGE);
  if (keyId !== undefined) return { kind: "kms", keyId, context: contextOf(context) };
  if (context !== undefined) throw new SettingsError("--context belongs to --kms-key-id.");
  return { kind: "local", key: wrappingKeyIn(file ?? "") };
}

function contextOf(text: string | undefined): Readonly<Record<string, string>> {
  const pairs = parseContextPairs(text);
  const reserved = Object.keys(pairs).find((name) => isReserved(name));
  if (reserved !== undefined) throw new SettingsError(`${reserved} is kept for the format and may not be given.`);
  return pairs;
}

function wrappingKeyIn(file: string) {
  if (statSync(file).size > LIMITS.rootFileBytes) throw new SettingsError(`${file} is too long for a key.`);
  const secret = Secret.own(readFileSync(file));
  try {
    const key = readWrappingKey(secret);
    if (key) return key;
  } finally {
    secret.wipe();
  }
  throw new SettingsError(`${file} holds no AES-256 key (32 bytes, or base64) and no RSA key (PEM).`);
}

function policyOf(name: string | undefined): CommitmentPolicy {
  const names = Object.keys(COMMITMENT_POLICIES) as CommitmentPolicy[]; // its own keys
  const policy = names.find((each) => each === (name ?? "REQUIRE_ENCRYPT_REQUIRE_DECRYPT"));
  if (policy === undefined) throw new SettingsError(`--commitment-policy is one of ${names.join(", ")}.`);
  return policy;
}

async function sourceOf(path: string): Promise<UploadSource> {
  if (path !== "-") {
    const { size } = statSync(path);
    return { bytes: size, read: () => createReadStream(path, { highWaterMark: READ_BYTES }) };
  }
  const bytes = await readBounded(process.stdin, PIPE_MOST_BYTES);
  return { bytes: bytes.length, read: () => once(bytes) };
}

/** A file appears under its name whole and authenticated, or not at all. */
async function save(content: AsyncIterable<Buffer>, path: string): Promise<void> {
  if (path === "-") {
    const whole = await readBounded(content, PIPE_MOST_BYTES);
    await new Promise<void>((resolve, reject) =>
      process.stdout.write(whole, (error) => (error ? reject(error) : resolve())),
    );
    return;
  }
  const fresh = `${path}.strongroom-part`;
  try {
    await writeFile(fresh, content, { mode: 0o600, flush: true });
    await rename(fresh, path);
  } catch (thrown) {
    await rm(fresh, { force: true });
    throw thrown;
  }
}
