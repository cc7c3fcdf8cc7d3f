import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { AwsError, parseBase64 } from "../../base/index.js";
import type { SshPublicKey, User } from "../../identity/index.js";
import { noSuchEntity } from "./errors.js";

const invalid = (message: string) => new AwsError("InvalidPublicKey", message, { status: 400 });

export const noSuchSshKey = (id: string) => noSuchEntity(`The Public Key with id ${id} cannot be found.`);

export interface ParsedSshKey {
  /** `ssh-rsa AAAA…`: the same text for the same key, however it came. */
  readonly line: string;
  readonly fingerprint: string;
}

const PEM = /^-----BEGIN (RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END (RSA )?PUBLIC KEY-----$/;
const [LEAST_BITS, MOST_BITS] = [2048, 16_384];

/** An RSA key as `ssh-keygen` writes it or in PEM. */
export function parseSshKey(text: string): ParsedSshKey {
  const key = keyOf(text.trim());
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < LEAST_BITS || bits > MOST_BITS)
    throw invalid(`The public key must be an RSA key of ${LEAST_BITS} to ${MOST_BITS} bits.`);
  const blob = blobOf(key);
  const digest = createHash("md5").update(blob).digest("hex"); // a name for people, as AWS and ssh-keygen show it
  return { line: `ssh-rsa ${blob.toString("base64")}`, fingerprint: digest.replace(/..(?=.)/g, "$&:") };
}

function keyOf(text: string): KeyObject {
  if (/^(ssh|ecdsa)-/.test(text)) return ofLine(text);
  if (!PEM.test(text))
    throw new AwsError("UnrecognizedPublicKeyEncoding", "The encoding of the public key is neither SSH nor PEM.", {
      status: 400,
    });
  return rsaOnly(() => createPublicKey(text));
}

function ofLine(text: string): KeyObject {
  const [algorithm, encoded = ""] = text.split(/\s+/, 2);
  const blob = parseBase64(encoded);
  if (algorithm !== "ssh-rsa" || blob === undefined) throw invalid("The public key is not a valid RSA key.");
  const [name, e, n, ...rest] = fieldsOf(blob);
  if (name?.toString() !== "ssh-rsa" || e === undefined || n === undefined || rest.length > 0)
    throw invalid("The public key is not a valid RSA key.");
  const [exponent, modulus] = [e.toString("base64url"), n.toString("base64url")];
  return rsaOnly(() => createPublicKey({ key: { kty: "RSA", n: modulus, e: exponent }, format: "jwk" }));
}

/** OpenSSL's words about what is no key are not for the caller. */
function rsaOnly(make: () => KeyObject): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = make();
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyType !== "rsa") throw invalid("The public key is not a valid RSA key.");
  return key;
}

/** RFC 4251's strings, one after the other; none at all where a length lies. */
function fieldsOf(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= blob.length) {
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return [];
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return at === blob.length ? fields : [];
}

function blobOf(key: KeyObject): Buffer {
  const { e = "", n = "" } = key.export({ format: "jwk" });
  return Buffer.concat([
    field(Buffer.from("ssh-rsa")),
    ...[e, n].map((number) => field(unsigned(Buffer.from(number, "base64url")))),
  ]);
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A first bit would mean a negative number. */
const unsigned = (bytes: Buffer) => ((bytes[0] ?? 0) < 128 ? bytes : Buffer.concat([Buffer.alloc(1), bytes]));

/** The key's text as GetSSHPublicKey is asked for it. */
export function sshKeyText({ line }: Pick<SshPublicKey, "line">, encoding: "SSH" | "PEM"): string {
  return encoding === "SSH" ? line : ofLine(line).export({ type: "spki", format: "pem" }).toString();
}

export const listedSshKey = (user: User, key: SshPublicKey) => ({
  UserName: user.name,
  SSHPublicKeyId: key.name,
  Status: key.status,
  UploadDate: new Date(key.uploadedMs),
});

export const shownSshKey = (user: User, key: SshPublicKey, text: string) => ({
  ...listedSshKey(user, key),
  Fingerprint: key.fingerprint,
  SSHPublicKeyBody: text,
});
