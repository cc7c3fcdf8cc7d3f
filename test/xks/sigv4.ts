import { createHash, createHmac } from "node:crypto";

// Signature Version 4 from its definition alone: the server's own signer must not judge itself.

export interface Credential {
  readonly accessKeyId: string;
  readonly secret: string;
}

export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface Scope {
  /** `20240131` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

export interface Authorization extends Scope {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export const XKS_SERVICE = "kms-xks-proxy";
const ALGORITHM = "AWS4-HMAC-SHA256";

/** `20240131T235959Z` */
export const amzDate = (date: Date): string => date.toISOString().replace(/[-:]|\.\d{3}/g, "");

export function signatureOf(
  request: SignableRequest,
  signedHeaders: readonly string[],
  scope: Scope,
  secret: string,
): string {
  const canonical = [
    request.method,
    request.path,
    "",
    ...signedHeaders.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n");
  const scopeText = [scope.day, scope.region, scope.service, "aws4_request"].join("/");
  const toSign = [ALGORITHM, request.headers["x-amz-date"] ?? "", scopeText, sha256(canonical)].join("\n");
  const key = [scope.day, scope.region, scope.service, "aws4_request"].reduce<Buffer>(
    (before, part) => hmac(before, part),
    Buffer.from(`AWS4${secret}`),
  );
  return hmac(key, toSign).toString("hex");
}

export const authorizationHeader = (found: Authorization): string =>
  `${ALGORITHM} Credential=${found.accessKeyId}/${found.day}/${found.region}/${found.service}/aws4_request, ` +
  `SignedHeaders=${found.signedHeaders.join(";")}, Signature=${found.signature}`;

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

export function findAuthorization(header: string | undefined): Authorization | undefined {
  const [, accessKeyId, day, region, service, names, signature] = header?.match(HEADER) ?? [];
  if (!accessKeyId || !day || !region || !service || !names || !signature) return undefined;
  return { accessKeyId, day, region, service, signedHeaders: names.split(";"), signature };
}

const hmac = (key: Uint8Array, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
