import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type AccountId, parseBase64, utf8 } from "../base/index.js";
import type { Tag } from "./directory.js";

/** Seals session tokens. `crypto`'s SealingKey is one; its key is the house's, the same in every process and node. */
export interface Sealer {
  seal(plaintext: Uint8Array, aad: Uint8Array): Buffer;
  /** Throws unless `seal` made it under the same key with the same `aad`. */
  open(sealed: Uint8Array, aad: Uint8Array): Buffer;
}

/** What limits a session below its role or user, and what it carries. */
export interface SessionScope {
  /** Session policies, as text. */
  readonly policies: readonly string[];
  /** Managed policies that limit the session; read live, so that changing one changes its sessions. */
  readonly policyArns: readonly string[];
  readonly tags: readonly Tag[];
  readonly transitiveKeys: readonly string[];
}

/** Whom the session stands for. */
export type SessionOf =
  | { readonly kind: "role"; readonly id: string; readonly name: string }
  /** GetSessionToken. Without an id: the account's root. */
  | { readonly kind: "user"; readonly id?: string }
  | { readonly kind: "federated"; readonly id: string; readonly name: string };

/** Whom a SAML assertion was about. */
export interface SamlSubject {
  readonly nameQualifier: string;
  readonly subject: string;
  readonly subjectType: string;
}

/** Everything that a session is. The token is all of it, sealed: any process knows it without a row. */
export interface SessionClaims {
  readonly account: AccountId;
  readonly of: SessionOf;
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly secret: string;
  readonly chained: boolean;
  readonly sourceIdentity?: string;
  /** ARN of the OpenID Connect or SAML provider whose token opened the session. It does not go down a chain. */
  readonly federatedProvider?: string;
  /** Of a SAML provider's sessions alone. */
  readonly samlSubject?: SamlSubject;
  /** When a code of an MFA device proved who asked; absent without one. */
  readonly mfaMs?: number;
  readonly scope: SessionScope;
}

export const EMPTY_SCOPE: SessionScope = { policies: [], policyArns: [], tags: [], transitiveKeys: [] };

/** What a token may carry of policies and tags, packed; a presigned URL must still hold the token. */
export const PACKED_SCOPE_BYTES = 4096;
/** No token of ours is longer; a longer one is not even decoded. */
const MOST_TOKEN_CHARACTERS = 12_000;
const VERSION = 1;
const HEAD_AT = 3;

/** The caller's own words alone are packed, never the secret: packed length tells of its content. */
export function packScope(scope: SessionScope): Buffer {
  return deflateRawSync(utf8(JSON.stringify(scope)), { windowBits: 13, memLevel: 5 });
}

/** Percent of the allowance; over 100 it is too large. */
export const packedPercent = (packed: Buffer) => Math.ceil((packed.length * 100) / PACKED_SCOPE_BYTES);

/** Format: docs/formats/session-token.md. The access key id is bound to the token, so that no other goes with it. */
export function sealSession(sealer: Sealer, accessKeyId: string, claims: SessionClaims): string {
  const { scope, ...head } = claims;
  const json = utf8(JSON.stringify(head));
  const prefix = Buffer.from([VERSION, json.length >> 8, json.length & 255]);
  return sealer.seal(Buffer.concat([prefix, json, packScope(scope)]), boundTo(accessKeyId)).toString("base64");
}

/** Undefined for every way in which a token can be wrong. */
export function openSession(sealer: Sealer, accessKeyId: string, token: string): SessionClaims | undefined {
  if (token.length > MOST_TOKEN_CHARACTERS) return undefined;
  const sealed = parseBase64(token);
  const plain = sealed && unsealed(sealer, accessKeyId, sealed);
  if (plain === undefined || plain[0] !== VERSION) return undefined;
  const headEnd = HEAD_AT + plain.readUInt16BE(1);
  const packed = inflateRawSync(plain.subarray(headEnd), { maxOutputLength: 64 * 1024 });
  // Sealed by `sealSession` of this house, so the shape is known.
  const head = JSON.parse(plain.toString("utf8", HEAD_AT, headEnd)) as Omit<SessionClaims, "scope">;
  return { ...head, scope: JSON.parse(packed.toString("utf8")) as SessionScope };
}

function unsealed(sealer: Sealer, accessKeyId: string, sealed: Buffer): Buffer | undefined {
  try {
    return sealer.open(sealed, boundTo(accessKeyId));
  } catch {
    return undefined; // a forged, cut or foreign token: the caller learns no more than that it is not valid
  }
}

const boundTo = (accessKeyId: string) => utf8(`strongroom/session-token/1/${accessKeyId}`);
