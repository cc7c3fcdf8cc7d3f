import { type Bytes, needs } from "../../base/index.js";
import { formatAmzTime } from "./amz-time.js";
import { canonicalRequest, stringToSign } from "./canonical.js";
import { EMPTY_SHA256, sha256Hex } from "./hash.js";
import { ALGORITHM, TERMINATOR } from "./presented.js";
import { signature, signingKey } from "./signing-key.js";
import { canonicalQuery, normalisedPath, s3Path } from "./uri.js";

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface Signable {
  readonly method: string;
  /** Percent-encoded as it will be sent, with its query if it has one. */
  readonly path: string;
  /** With `host`; names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Bytes | string | undefined;
  /** What is signed in place of the body's own hash: `UNSIGNED-PAYLOAD` or one of S3's other words. */
  readonly payloadHash?: string | undefined;
  readonly region: string;
  readonly service: string;
  readonly credentials: SigningCredentials;
  readonly date: Date;
}

/** The headers to send, names in lower case: those given, what signing adds, and `authorization`. All are signed. */
export function signRequest(request: Signable): Record<string, string> {
  const { method, region, service, credentials } = request;
  const isS3 = service === "s3";
  const payloadHash = request.payloadHash ?? (request.body === undefined ? EMPTY_SHA256 : sha256Hex(request.body));
  const date = formatAmzTime(request.date.getTime());
  const headers = headersToSign(request, date, isS3 ? payloadHash : undefined);
  const signedHeaders = Object.keys(headers).sort();
  const [path, query] = splitPath(request.path);
  const canonical = canonicalRequest(
    { headers, rawHeaders: [] },
    {
      method,
      path: isS3 ? s3Path(path) : normalisedPath(path),
      query: canonicalQuery(query),
      signedHeaders,
      payloadHash,
    },
  );
  const scope = { date: date.slice(0, 8), region, service, terminator: TERMINATOR };
  const scopeText = `${scope.date}/${region}/${service}/${TERMINATOR}`;
  const key = signingKey(credentials.accessKeyId, scope, credentials.secretAccessKey);
  const signed = signature(key, stringToSign(date, scopeText, canonical));
  const credential = `Credential=${credentials.accessKeyId}/${scopeText}`;
  const authorization = `${ALGORITHM} ${credential}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signed}`;
  return { ...headers, authorization };
}

function headersToSign(request: Signable, date: string, declared: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  needs(headers["host"] !== undefined, "the host is part of what is signed");
  headers["x-amz-date"] = date;
  const { sessionToken } = request.credentials;
  if (sessionToken !== undefined) headers["x-amz-security-token"] = sessionToken;
  if (declared !== undefined) headers["x-amz-content-sha256"] = declared;
  return headers;
}

function splitPath(target: string): readonly [path: string, query: string] {
  needs(/^\/[!-~]*$/.test(target), "a path to sign is absolute and percent-encoded");
  const mark = target.indexOf("?");
  return mark < 0 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
}
