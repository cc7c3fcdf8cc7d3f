import { createHash } from "node:crypto";
import { LIMITS, letGo, parseBase64, utf8 } from "../../base/index.js";
import { StoredMark } from "../../crypto/index.js";
import type { BlobWriter } from "../../store/index.js";
import {
  CHECKSUMS,
  type ChecksumAlgorithm,
  type ExpectedChecksum,
  type Hasher,
  prepareChecksum,
  verifyChecksum,
} from "./checksums.js";
import { errors } from "./errors.js";
import { type BodyKey, type Layers, layersOf } from "./piece-format.js";
import type { S3Ports } from "./ports.js";
import { makeRoom } from "./removal-worker.js";

/** Bodies up to this size lie in the database, sealed as any other. */
export const INLINE_BYTES = 16 * 1024;
/** How much plaintext goes to the disk at once. While it is written the next is sealed, so two of them are held. */
const WRITE_BYTES = 1024 * 1024;
/** From so many bodies at once on each holds less: the process stays below 200 MiB with 64 of them. */
const MANY_BODIES = 16;
const WRITE_BYTES_OF_MANY = 256 * 1024;
let writing = 0;

/** A plaintext as it comes. Each chunk is its taker's own. Its iterator throws when the body turns out to be wrong. */
export interface PlaintextSource extends AsyncIterable<Buffer> {
  readonly declaredBytes: number | undefined;
  /** Given where the length is known only at the end. */
  readonly mostBytes?: number;
  readonly trailers: Readonly<Record<string, string>>;
}

export interface PieceChecks {
  /** The Content-MD5 header. */
  readonly contentMd5: string | undefined;
  /** How a wrong Content-MD5 is told back: S3 writes hex for objects and base64 for parts. */
  readonly md5Told: "hex" | "base64";
  readonly expected: ExpectedChecksum | undefined;
  /** What must be computed, whatever was sent. */
  readonly algorithm: ChecksumAlgorithm;
  /** False where the ETag is not made of it and no Content-MD5 came: MD5 is the slowest of all. */
  readonly wantsMd5: boolean;
}

export interface WrittenPiece {
  readonly bytes: number;
  /** Lower-case hex, when it was wanted. */
  readonly md5: string | undefined;
  /** Base64, of `checks.algorithm`. */
  readonly checksum: string;
  /** What the request expected and was found right. */
  readonly verified: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
  /** Few bytes: sealed, for the row. Otherwise the name of a flushed blob. */
  readonly sealed: Buffer | undefined;
  readonly blob: string | undefined;
  /** Of the blob's bytes: see `Piece.mark`. */
  readonly mark: Buffer | undefined;
  readonly layers: Layers;
}

/**
 * Seals a body as it comes, in constant memory, and gives back what the row will name. When it returns, the body
 * ended as declared, every check held, and the blob is on the disk; when it throws, nothing is left behind.
 */
export async function writePiece(
  ports: S3Ports,
  key: BodyKey,
  owner: Buffer,
  source: PlaintextSource,
  checks: PieceChecks,
): Promise<WrittenPiece> {
  const mostBytes = refuseBefore(source, checks);
  for (const each of [checks.algorithm, checks.expected?.algorithm]) await prepareChecksum(each);
  const hashers = new Hashers(checks);
  writing += 1;
  const sink = new Sink(ports, key, owner, mostBytes);
  try {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > mostBytes)
        throw source.mostBytes === undefined ? errors.incompleteBody() : errors.entityTooLarge(bytes, mostBytes);
      hashers.update(chunk);
      const waiting = sink.push(chunk);
      letGo(chunk);
      if (waiting !== undefined) await waiting;
    }
    if (bytes !== mostBytes && source.mostBytes === undefined) throw errors.incompleteBody();
    const digests = hashers.verified(checks, source.trailers);
    return { bytes, ...digests, ...(await sink.finish()), layers: layersOf(key) };
  } catch (thrown) {
    await sink.abandon();
    throw thrown;
  } finally {
    writing -= 1;
  }
}

/** What can be refused before a byte is read. Returns the length that the body must have, or may have at most. */
function refuseBefore(source: PlaintextSource, { contentMd5 }: PieceChecks): number {
  const bytes = source.mostBytes ?? source.declaredBytes;
  if (bytes === undefined) throw errors.missingContentLength();
  if (bytes > LIMITS.s3PutBytes) throw errors.entityTooLarge(bytes, LIMITS.s3PutBytes);
  if (contentMd5 !== undefined && parseBase64(contentMd5)?.length !== 16) throw errors.invalidDigest(contentMd5);
  return bytes;
}

/** All the checks that run over one plaintext, each algorithm once. */
class Hashers {
  readonly #md5: Hasher | undefined;
  readonly #checksums = new Map<ChecksumAlgorithm, Hasher>();

  constructor({ contentMd5, expected, algorithm, wantsMd5 }: PieceChecks) {
    this.#md5 = wantsMd5 || contentMd5 !== undefined ? createHash("md5") : undefined;
    for (const name of new Set([algorithm, expected?.algorithm ?? algorithm])) {
      this.#checksums.set(name, CHECKSUMS[name].make());
    }
  }

  update(chunk: Buffer): void {
    this.#md5?.update(chunk);
    for (const hasher of this.#checksums.values()) hasher.update(chunk);
  }

  verified(checks: PieceChecks, trailers: Readonly<Record<string, string>>) {
    const md5 = this.#md5?.digest();
    if (checks.contentMd5 !== undefined && md5) verifyMd5(checks.contentMd5, md5, checks.md5Told);
    const values = new Map([...this.#checksums].map(([name, hasher]) => [name, hasher.digest().toString("base64")]));
    const calculated = (name: ChecksumAlgorithm) => values.get(name) ?? "";
    const { expected } = checks;
    if (expected) verifyChecksum(expected, calculated(expected.algorithm), trailers);
    return {
      md5: md5?.toString("hex"),
      checksum: calculated(checks.algorithm),
      verified: expected && { algorithm: expected.algorithm, value: calculated(expected.algorithm) },
    };
  }
}

function verifyMd5(given: string, calculated: Buffer, told: "hex" | "base64"): void {
  const expected = Buffer.from(given, "base64");
  if (expected.equals(calculated)) return;
  throw errors.badDigest("The Content-MD5 you specified did not match what we received.", {
    ExpectedDigest: expected.toString(told),
    CalculatedDigest: calculated.toString("base64"),
  });
}

/** Where sealed bytes go: into memory while they are few, then into a blob, one write behind the sealing. */
class Sink {
  readonly #ports: S3Ports;
  readonly #sealer;
  /** Sealed and not written yet. They go to the disk as they are, in one write. */
  #sealed: Uint8Array[] = [];
  #sealedBytes = 0;
  /** From so many on. A body that is not longer is written when it has ended. */
  readonly #writeBytes: number;
  readonly #isInline: boolean;
  #creating: Promise<BlobWriter> | undefined;
  #mark: StoredMark | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(ports: S3Ports, key: BodyKey, owner: Buffer, declaredBytes: number) {
    this.#ports = ports;
    this.#sealer = ports.format.sealer(key, owner);
    this.#isInline = declaredBytes <= INLINE_BYTES;
    const atOnce = writing > MANY_BODIES ? WRITE_BYTES_OF_MANY : WRITE_BYTES;
    this.#writeBytes = ports.format.storedBytes(Math.min(declaredBytes, atOnce), layersOf(key));
  }

  /** A promise only when it has to be waited for. The chunk is the caller's again at once. */
  push(chunk: Buffer): Promise<unknown> | undefined {
    if (!this.#isInline) this.#create(); // with the first bytes: it is there when they are sealed
    this.#take(this.#sealer.push(chunk));
    return this.#sealedBytes < this.#writeBytes || this.#isInline ? undefined : this.#write();
  }

  async finish(): Promise<Pick<WrittenPiece, "sealed" | "blob" | "mark">> {
    this.#take(this.#sealer.end());
    if (this.#isInline) return { sealed: Buffer.concat(this.#sealed), blob: undefined, mark: undefined };
    const writer = await this.#write("commit");
    await this.#writing;
    return { sealed: undefined, blob: writer.name, mark: this.#mark?.end() };
  }

  /** After a failure: waits for what is being written, then takes the blob away. */
  async abandon(): Promise<void> {
    await this.#writing.catch(() => {}); // the failure that brought us here is the one that is told
    const writer = await this.#creating?.catch(() => undefined);
    await writer?.abort();
  }

  #take(sealed: readonly Uint8Array[]): void {
    for (const piece of sealed) {
      this.#sealed.push(piece);
      this.#sealedBytes += piece.length;
    }
  }

  /** The last of it goes to the disk with the commit. */
  async #write(how: "write" | "commit" = "write"): Promise<BlobWriter> {
    const writer = await this.#create();
    await this.#writing;
    const pieces = this.#sealed;
    [this.#sealed, this.#sealedBytes] = [[], 0];
    this.#writing = writer[how](...pieces).then(() => pieces.forEach(letGo));
    this.#writing.catch(() => {}); // awaited by the next write, by finish or by abandon
    this.#mark ??= new StoredMark(this.#ports.markKey, utf8(writer.name));
    for (const piece of pieces) this.#mark.update(piece); // while a thread writes them
    return writer;
  }

  #create(): Promise<BlobWriter> {
    if (this.#creating === undefined) {
      this.#creating = this.#ports.blobs.create(() => makeRoom(this.#ports));
      this.#creating.catch(() => {}); // awaited by the first write, or by abandon
    }
    return this.#creating;
  }
}
