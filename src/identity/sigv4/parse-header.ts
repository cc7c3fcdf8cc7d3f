import { type AwsError, Lru } from "../../base/index.js";
import type { RequestHead } from "../../wire/index.js";
import { formatAmzTime } from "./amz-time.js";
import { type Family, incomplete } from "./errors.js";
import { sha256Hex } from "./hash.js";
import { parseAmzDate, parseCredential, signedHeaderNames } from "./parse-parts.js";
import { parsePayloadDeclaration } from "./payload.js";
import { ALGORITHM, type Presented } from "./presented.js";
import { s3AccessDenied, s3InvalidArgument, s3MalformedHeader, s3UnsupportedMechanism } from "./s3-errors.js";

type Signer = Pick<Presented, "accessKeyId" | "scope" | "scopeText" | "signedHeaders" | "signedHeadersText">;

const MOST_SIGNERS = 1000;
/** By all of the header that stands before the signature: one client's requests of a day differ in nothing else. */
const signers = new Lru<string, Signer>(MOST_SIGNERS);
/** One client's requests come one after the other: to compare texts is quicker than to hash them. */
let last: { readonly before: string; readonly signer: Signer } | undefined;
const SIGNATURE_CHARS = 64;
const SIGNATURE_MARK = "Signature=";

export function parseHeader(head: RequestHead, family: Family, authorization: string): Presented {
  const before = authorization.slice(0, -SIGNATURE_CHARS);
  const known = last?.before === before ? last.signer : signers.get(before);
  if (known !== undefined) {
    if (last?.signer !== known) last = { before, signer: known };
    const signature = authorization.slice(-SIGNATURE_CHARS);
    if (/^[0-9a-f]+$/.test(signature)) return presentedBy(head, family, known, signature);
  }
  const { signer, signature } = parseAuthorization(authorization, family);
  if (before.endsWith(SIGNATURE_MARK) && signature.length === SIGNATURE_CHARS) signers.set(before, signer);
  return presentedBy(head, family, signer, signature);
}

function presentedBy(head: RequestHead, family: Family, signer: Signer, signature: string): Presented {
  const { date, dateMs } = headerDate(head, family);
  return {
    kind: "header",
    accessKeyId: signer.accessKeyId,
    scope: signer.scope,
    scopeText: signer.scopeText,
    signedHeaders: signer.signedHeaders,
    signedHeadersText: signer.signedHeadersText,
    signature,
    date,
    dateMs,
    expiresSeconds: undefined,
    sessionToken: head.headers["x-amz-security-token"],
    payload: parsePayloadDeclaration(head.headers["x-amz-content-sha256"], family),
  };
}

function parseAuthorization(authorization: string, family: Family): { signer: Signer; signature: string } {
  const parts = authorizationParts(authorization, family);
  const credential = parts.get("Credential");
  const signedHeadersText = parts.get("SignedHeaders");
  const signature = parts.get("Signature");
  if (!credential || !signedHeadersText || !signature || parts.size !== 3)
    throw missingParts(family, parts, authorization);
  const signer = {
    ...parseCredential(credential, family, "header"),
    signedHeaders: signedHeaderNames(signedHeadersText),
    signedHeadersText,
  };
  return { signer, signature };
}

/** `Credential=…, SignedHeaders=…, Signature=…` behind the algorithm; the spaces may be missing. */
function authorizationParts(authorization: string, family: Family): Map<string, string> {
  if (!authorization.startsWith(`${ALGORITHM} `)) throw unsupported(authorization, family);
  const parts = new Map<string, string>();
  for (const part of authorization.slice(ALGORITHM.length + 1).split(",")) {
    const text = part.trim();
    const mark = text.indexOf("=");
    const name = text.slice(0, Math.max(mark, 0));
    if (mark <= 0 || parts.has(name)) throw badPart(family, authorization);
    parts.set(name, text.slice(mark + 1));
  }
  return parts;
}

function unsupported(authorization: string, family: Family): AwsError {
  if (family !== "s3") return badPart(family, authorization);
  return authorization.startsWith("AWS")
    ? s3UnsupportedMechanism()
    : s3InvalidArgument("Unsupported Authorization Type", { ArgumentName: "Authorization" });
}

const THREE_PARTS = "the authorization header requires three components: Credential, SignedHeaders, and Signature.";

function badPart(family: Family, authorization: string): AwsError {
  if (family === "s3") return s3MalformedHeader(THREE_PARTS);
  return incomplete(
    family,
    `Authorization header is not made of ${ALGORITHM} and key=value pairs ${told(authorization)}.`,
  );
}

function missingParts(family: Family, parts: ReadonlyMap<string, string>, authorization: string): AwsError {
  if (family === "s3") return s3MalformedHeader(THREE_PARTS);
  const missing = ["Credential", "Signature", "SignedHeaders"].filter((name) => !parts.get(name));
  if (missing.length === 0) return badPart(family, authorization);
  const sentences = missing.map((name) => `Authorization header requires '${name}' parameter.`);
  return incomplete(family, `${sentences.join(" ")} ${told(authorization)}`);
}

/** AWS names the header it could not read by its hash: the header itself may hold what nobody should log. */
function told(authorization: string): string {
  const hash = Buffer.from(sha256Hex(authorization), "hex").toString("base64");
  return `(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`;
}

function headerDate(head: RequestHead, family: Family): Pick<Presented, "date" | "dateMs"> {
  const text = head.headers["x-amz-date"];
  if (text !== undefined) return parseAmzDate(text, family);
  const dateMs = Date.parse(head.headers["date"] ?? "");
  if (!Number.isNaN(dateMs)) return { date: formatAmzTime(dateMs), dateMs };
  if (family === "s3") throw s3AccessDenied("AWS authentication requires a valid Date or x-amz-date header");
  throw incomplete(
    family,
    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
      told(head.headers["authorization"] ?? ""),
  );
}
