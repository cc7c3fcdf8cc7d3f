import { createHash } from "node:crypto";
import {
  CONTENT_NONCE_BYTES,
  CONTENT_OVERHEAD_BYTES,
  type ContentFormat,
  contentCipher,
  decryptContent,
  encryptContent,
  openContentCipher,
  publicRandom,
} from "../../crypto/index.js";
import { type CallPlace, getObject, putObject, readBounded, type S3Place } from "./calls.js";
import { newDataKey, openDataKey, type Wrapping } from "./data-keys.js";
import {
  FormatError,
  INSTRUCTION_MARK,
  INSTRUCTION_MOST_BYTES,
  INSTRUCTION_SUFFIX,
  type Metadata,
  needsInstruction,
  parseInstruction,
  readEnvelope,
  type StoredEnvelope,
  writeEnvelope,
} from "./message-format.js";

/** The official clients' names for what may be written and read with or without key commitment. */
export const COMMITMENT_POLICIES = {
  FORBID_ENCRYPT_ALLOW_DECRYPT: { writes: "V2", reads: ["V2", "V3"] },
  REQUIRE_ENCRYPT_ALLOW_DECRYPT: { writes: "V3", reads: ["V2", "V3"] },
  REQUIRE_ENCRYPT_REQUIRE_DECRYPT: { writes: "V3", reads: ["V3"] },
} as const satisfies Record<string, { readonly writes: ContentFormat; readonly reads: readonly ContentFormat[] }>;

export type CommitmentPolicy = keyof typeof COMMITMENT_POLICIES;

/** What is to be uploaded: it is read twice, once for the hash that is signed and once to be sent. */
export interface UploadSource {
  readonly bytes: number;
  read(): AsyncIterable<Uint8Array>;
}

/**
 * Encrypts and uploads. The instruction file goes first: without it the object would be unreadable. A source that
 * changes between its two readings does not fit the hash and is refused.
 */
export async function upload(
  place: CallPlace,
  wrapping: Wrapping,
  policy: CommitmentPolicy,
  target: S3Place,
  source: UploadSource,
  inFile: boolean,
): Promise<void> {
  const format = COMMITMENT_POLICIES[policy].writes;
  const { dataKey, ...wrapped } = await newDataKey(place, wrapping, format);
  const nonce = publicRandom(CONTENT_NONCE_BYTES[format]);
  const cipher = contentCipher(format, dataKey, nonce);
  const { commitment } = cipher;
  const stored = writeEnvelope({ format, nonce, ...wrapped, ...(commitment ? { commitment } : {}) }, inFile);
  await putInstruction(place, target, stored);
  const body = {
    bytes: source.bytes + CONTENT_OVERHEAD_BYTES,
    sha256: await sha256Of(encryptContent(cipher, source.read())),
    content: encryptContent(cipher, source.read()),
  };
  await putObject(place, target, body, stored.metadata);
}

async function putInstruction(place: CallPlace, { bucket, key }: S3Place, { instruction }: StoredEnvelope) {
  if (instruction === undefined) return;
  const bytes = Buffer.from(JSON.stringify(instruction));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const body = { bytes: bytes.length, sha256, content: once(bytes) };
  await putObject(place, { bucket, key: `${key}${INSTRUCTION_SUFFIX}` }, body, { [INSTRUCTION_MARK]: "" });
}

/** Downloads and decrypts: plaintext that is to be believed only when the iteration has ended without an error. */
export async function* download(
  place: CallPlace,
  wrapping: Wrapping,
  policy: CommitmentPolicy,
  source: S3Place,
): AsyncGenerator<Buffer, void, void> {
  const { metadata, content } = await getObject(place, source);
  try {
    const instruction = needsInstruction(metadata) ? await getInstruction(place, source) : undefined;
    const envelope = readEnvelope(metadata, instruction);
    const readable: readonly ContentFormat[] = COMMITMENT_POLICIES[policy].reads;
    if (!readable.includes(envelope.format))
      throw new FormatError(`The object is in the format ${envelope.format}, which ${policy} does not read.`);
    const dataKey = await openDataKey(place, wrapping, envelope);
    yield* decryptContent(openContentCipher(envelope.format, dataKey, envelope.nonce, envelope.commitment), content);
  } finally {
    content.destroy();
  }
}

async function getInstruction(place: CallPlace, { bucket, key }: S3Place): Promise<Metadata> {
  const { content } = await getObject(place, { bucket, key: `${key}${INSTRUCTION_SUFFIX}` });
  return parseInstruction((await readBounded(content, INSTRUCTION_MOST_BYTES)).toString("utf8"));
}

async function sha256Of(content: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of content) hash.update(piece);
  return hash.digest("hex");
}

/** Content of one piece. */
export async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
