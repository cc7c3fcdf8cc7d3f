import { createHash } from "node:crypto";
import { needs, parseBase64, rowOf, table } from "../../base/index.js";
import { combineCrcs, makeCrc32, makeCrc32c, makeCrc64Nvme } from "./crc.js";
import { errors } from "./errors.js";
import { isXxHash, makeXxHash, prepareXxHash } from "./xxhash.js";

/** A running check over plaintext. Every checksum of S3 covers plaintext, in every mode (s3 section 8). */
export interface Hasher {
  update(bytes: Uint8Array): unknown;
  digest(): Buffer;
}

export type ChecksumMember =
  | "ChecksumCRC32"
  | "ChecksumCRC32C"
  | "ChecksumCRC64NVME"
  | "ChecksumSHA1"
  | "ChecksumSHA256"
  | "ChecksumSHA512"
  | "ChecksumMD5"
  | "ChecksumXXHASH64"
  | "ChecksumXXHASH3"
  | "ChecksumXXHASH128";

/** What a request tells of checksums, by the members of its input. */
export type ChecksumMembers = { readonly [Member in ChecksumMember]?: string | undefined };

/** One row an algorithm: how it is made, where it travels, and which types a multipart upload may use. */
export const CHECKSUMS = table({
  CRC32: {
    make: makeCrc32,
    bytes: 4,
    header: "x-amz-checksum-crc32",
    member: "ChecksumCRC32",
    types: ["COMPOSITE", "FULL_OBJECT"],
  },
  CRC32C: {
    make: makeCrc32c,
    bytes: 4,
    header: "x-amz-checksum-crc32c",
    member: "ChecksumCRC32C",
    types: ["COMPOSITE", "FULL_OBJECT"],
  },
  CRC64NVME: {
    make: makeCrc64Nvme,
    bytes: 8,
    header: "x-amz-checksum-crc64nvme",
    member: "ChecksumCRC64NVME",
    types: ["FULL_OBJECT"],
  },
  SHA1: {
    make: () => createHash("sha1"),
    bytes: 20,
    header: "x-amz-checksum-sha1",
    member: "ChecksumSHA1",
    types: ["COMPOSITE"],
  },
  SHA256: {
    make: () => createHash("sha256"),
    bytes: 32,
    header: "x-amz-checksum-sha256",
    member: "ChecksumSHA256",
    types: ["COMPOSITE"],
  },
  SHA512: {
    make: () => createHash("sha512"),
    bytes: 64,
    header: "x-amz-checksum-sha512",
    member: "ChecksumSHA512",
    types: ["COMPOSITE"],
  },
  MD5: {
    make: () => createHash("md5"),
    bytes: 16,
    header: "x-amz-checksum-md5",
    member: "ChecksumMD5",
    types: ["COMPOSITE"],
  },
  XXHASH64: {
    make: () => makeXxHash("XXHASH64"),
    bytes: 8,
    header: "x-amz-checksum-xxhash64",
    member: "ChecksumXXHASH64",
    types: ["COMPOSITE"],
  },
  XXHASH3: {
    make: () => makeXxHash("XXHASH3"),
    bytes: 8,
    header: "x-amz-checksum-xxhash3",
    member: "ChecksumXXHASH3",
    types: ["COMPOSITE"],
  },
  XXHASH128: {
    make: () => makeXxHash("XXHASH128"),
    bytes: 16,
    header: "x-amz-checksum-xxhash128",
    member: "ChecksumXXHASH128",
    types: ["COMPOSITE"],
  },
} satisfies Record<string, ChecksumRow>);

interface ChecksumRow {
  readonly make: () => Hasher;
  readonly bytes: number;
  readonly header: string;
  readonly member: ChecksumMember;
  /** The first is the default of a multipart upload. */
  readonly types: readonly ChecksumType[];
}

export type ChecksumAlgorithm =
  | "CRC32"
  | "CRC32C"
  | "CRC64NVME"
  | "SHA1"
  | "SHA256"
  | "SHA512"
  | "MD5"
  | "XXHASH64"
  | "XXHASH3"
  | "XXHASH128";
export type ChecksumType = "COMPOSITE" | "FULL_OBJECT";

/** A stored checksum: base64, with `-N` behind it when composite. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly value: string;
  /** Kept for copies, and told to nobody: see `completedChecksum`. */
  readonly untold?: true;
}

/** Comes before the `make` of an algorithm that is not built in. */
export async function prepareChecksum(algorithm: ChecksumAlgorithm | undefined): Promise<void> {
  if (algorithm !== undefined && isXxHash(algorithm)) await prepareXxHash(algorithm);
}

export const ALGORITHMS = Object.keys(CHECKSUMS) as ChecksumAlgorithm[]; // the table's own keys, in its order

/** The refusal was recorded before the others came. */
const OF_OLD = ALGORITHMS.slice(0, 5);

export function parseAlgorithm(name: string): ChecksumAlgorithm {
  const upper = name.toUpperCase();
  if (rowOf(CHECKSUMS, upper) === undefined) {
    throw errors.invalidRequest(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${OF_OLD.join(", ")}]`,
    );
  }
  return upper as ChecksumAlgorithm; // it has a row
}

/** What a request says of its body's checksum: a value in a header, or one that will come in the trailer. */
export interface ExpectedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Undefined: in the trailer `header`, once the body has ended. */
  readonly value: string | undefined;
}

/**
 * Reads the checksum headers of an upload. Undefined when the request carries none; at most one may be there.
 * `members` is the decoded input.
 */
export function expectedChecksum(
  members: ChecksumMembers,
  headers: Readonly<Record<string, string>>,
): ExpectedChecksum | undefined {
  const given = ALGORITHMS.filter((name) => members[CHECKSUMS[name].member] !== undefined);
  const trailing = ALGORITHMS.filter((name) => trailerNames(headers).includes(CHECKSUMS[name].header));
  if (given.length + trailing.length > 1) {
    throw errors.invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  if (trailing[0]) return { algorithm: trailing[0], value: undefined };
  if (!given[0]) {
    if (headers["x-amz-sdk-checksum-algorithm"] !== undefined) throw announcedOnly();
    return undefined;
  }
  const value = members[CHECKSUMS[given[0]].member] ?? "";
  return { algorithm: given[0], value: wellFormed(given[0], value) };
}

const announcedOnly = () =>
  errors.invalidRequest(
    "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
  );

const trailerNames = (headers: Readonly<Record<string, string>>): string[] =>
  (headers["x-amz-trailer"] ?? "").split(",").map((name) => name.trim().toLowerCase());

function wellFormed(algorithm: ChecksumAlgorithm, value: string): string {
  if (parseBase64(value)?.length !== CHECKSUMS[algorithm].bytes) {
    throw errors.invalidRequest(`Value for ${CHECKSUMS[algorithm].header} header is invalid.`);
  }
  return value;
}

/** After the body: the calculated value must be the expected one. */
export function verifyChecksum(
  expected: ExpectedChecksum,
  calculated: string,
  trailers: Readonly<Record<string, string>>,
): void {
  const { algorithm } = expected;
  const value = expected.value ?? wellFormed(algorithm, trailers[CHECKSUMS[algorithm].header]?.trim() ?? "");
  if (value !== calculated)
    throw errors.badDigest(`The ${algorithm} you specified did not match the calculated checksum.`);
}

/** The type of a multipart upload, asked for or by default. */
export function multipartType(algorithm: ChecksumAlgorithm, asked: string | undefined): ChecksumType {
  const types: readonly ChecksumType[] = CHECKSUMS[algorithm].types;
  if (asked === undefined) return types[0]!;
  const type = types.find((name) => name === asked);
  if (type === undefined) {
    throw errors.invalidRequest(
      `The ${asked} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return type;
}

export interface PartChecksum {
  readonly value: string;
  readonly bytes: number;
}

/** The checksum of an object made of these parts, from theirs. */
export function checksumOfParts(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly PartChecksum[],
): Checksum {
  needs(parts.length > 0, "an object of parts has a part");
  return { algorithm, type, value: type === "COMPOSITE" ? composite(algorithm, parts) : fullObject(algorithm, parts) };
}

function composite(algorithm: ChecksumAlgorithm, parts: readonly PartChecksum[]): string {
  const hasher: Hasher = CHECKSUMS[algorithm].make();
  for (const part of parts) hasher.update(Buffer.from(part.value, "base64"));
  return `${hasher.digest().toString("base64")}-${parts.length}`;
}

function fullObject(algorithm: ChecksumAlgorithm, parts: readonly PartChecksum[]): string {
  needs(
    algorithm === "CRC32" || algorithm === "CRC32C" || algorithm === "CRC64NVME",
    "only CRCs follow from their parts",
  );
  const [first, ...rest] = parts.map((part) => ({ crc: Buffer.from(part.value, "base64"), bytes: part.bytes }));
  return rest
    .reduce<Buffer>((joined, part) => combineCrcs(algorithm, joined, part.crc, part.bytes), first!.crc)
    .toString("base64");
}

/** As outputs carry it: `ChecksumCRC32` and `ChecksumType`. */
export function checksumMembers(checksum: Checksum | undefined): Partial<Record<ChecksumMember, string>> & {
  ChecksumType?: ChecksumType;
} {
  return checksum && !checksum.untold
    ? { [CHECKSUMS[checksum.algorithm].member]: checksum.value, ChecksumType: checksum.type }
    : {};
}

/** A part's, which has no type. */
export function partChecksumMembers(
  algorithm: ChecksumAlgorithm | undefined,
  value: string | undefined,
): Partial<Record<ChecksumMember, string>> {
  return algorithm === undefined || value === undefined ? {} : { [CHECKSUMS[algorithm].member]: value };
}
