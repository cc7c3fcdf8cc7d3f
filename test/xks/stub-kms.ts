import { randomBytes, randomUUID } from "node:crypto";
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import { amzDate, authorizationHeader, type Credential, signatureOf, XKS_SERVICE } from "./sigv4.js";

// The side of AWS KMS, as anyone could write it from the published proxy API, knowing nothing of this server.

export interface ProxyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The members of the answer; an empty object when it is not JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type Members = Readonly<Record<string, unknown>>;

/** What one request does otherwise than a right one. */
export interface Deviation {
  readonly method?: string;
  /** Under the URI path; `/keys/…/encrypt`. */
  readonly path?: string;
  readonly uriPath?: string;
  readonly credential?: Credential;
  readonly region?: string;
  readonly service?: string;
  readonly date?: Date;
  readonly signedHeaders?: readonly string[];
  /** Text that is sent instead of the members. */
  readonly text?: string | Buffer;
  /** Sent instead of what was signed. */
  readonly sentText?: string;
  readonly sentPath?: string;
  /** Added or changed after signing; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly tls?: RequestOptions;
}

export interface StubKms {
  /** Any API, by its path, with any members. */
  post(path: string, members: Members, deviation?: Deviation): Promise<ProxyAnswer>;
  health(requestMetadata?: Members, deviation?: Deviation): Promise<ProxyAnswer>;
  metadata(keyId: string, requestMetadata?: Members, deviation?: Deviation): Promise<ProxyAnswer>;
  encrypt(keyId: string, members: Members, deviation?: Deviation): Promise<ProxyAnswer>;
  decrypt(keyId: string, members: Members, deviation?: Deviation): Promise<ProxyAnswer>;
  close(): void;
}

export interface StubKmsOptions {
  readonly port: number;
  readonly ca: string;
  readonly uriPath: string;
  readonly credential: Credential;
  readonly region?: string;
}

export const CALLER = "arn:aws:iam::123456789012:user/Alice";
export const KMS_KEY = "arn:aws:kms:us-east-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

export const keyMetadata = (kmsOperation: string): Members => ({
  awsPrincipalArn: CALLER,
  kmsKeyArn: KMS_KEY,
  kmsOperation,
  kmsRequestId: randomUUID(),
});

export function stubKms(options: StubKmsOptions): StubKms {
  const agent = new Agent({ keepAlive: true, ca: options.ca, servername: "localhost" });
  const post: StubKms["post"] = (path, members, deviation = {}) =>
    send(options, agent, { path, text: JSON.stringify(members), ...deviation });
  return {
    post,
    health: (requestMetadata = { kmsOperation: "KmsHealthCheck", kmsRequestId: randomUUID() }, deviation = {}) =>
      post("/health", { requestMetadata }, deviation),
    metadata: (keyId, requestMetadata = createKeyMetadata(), deviation = {}) =>
      post(`/keys/${keyId}/metadata`, { requestMetadata }, deviation),
    encrypt: (keyId, members, deviation) =>
      post(
        `/keys/${keyId}/encrypt`,
        { requestMetadata: keyMetadata("Encrypt"), encryptionAlgorithm: "AES_GCM", ...members },
        deviation,
      ),
    decrypt: (keyId, members, deviation) =>
      post(
        `/keys/${keyId}/decrypt`,
        { requestMetadata: keyMetadata("Decrypt"), encryptionAlgorithm: "AES_GCM", ...members },
        deviation,
      ),
    close: () => agent.destroy(),
  };
}

function createKeyMetadata(): Members {
  return { awsPrincipalArn: CALLER, kmsOperation: "CreateKey", kmsRequestId: randomUUID() };
}

interface Outgoing extends Deviation {
  readonly path: string;
  readonly text: string | Buffer;
}

function send(options: StubKmsOptions, agent: Agent, given: Outgoing): Promise<ProxyAnswer> {
  const method = given.method ?? "POST";
  const path = `${given.uriPath ?? options.uriPath}${given.path}`;
  const headers = { ...signed(options, given, method, path), ...given.headers };
  const body = given.sentText ?? given.text;
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      {
        host: "127.0.0.1",
        port: options.port,
        method,
        path: given.sentPath ?? path,
        headers: Object.fromEntries(
          Object.entries({ "content-length": String(Buffer.byteLength(body)), ...headers }).filter(
            (entry): entry is [string, string] => entry[1] !== undefined,
          ),
        ),
        ...(given.tls === undefined
          ? { agent }
          : { agent: false, ca: options.ca, servername: "localhost", ...given.tls }),
      },
      (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(pieces).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

function signed(options: StubKmsOptions, given: Outgoing, method: string, path: string): Record<string, string> {
  const credential = given.credential ?? options.credential;
  const headers: Record<string, string> = {
    host: `localhost:${options.port}`,
    "x-amz-date": amzDate(given.date ?? new Date()),
    "content-type": "application/json",
  };
  const scope = {
    day: (headers["x-amz-date"] ?? "").slice(0, 8),
    region: given.region ?? options.region ?? "us-east-2",
    service: given.service ?? XKS_SERVICE,
  };
  const signedHeaders = given.signedHeaders ?? ["host", "x-amz-date"];
  const signature = signatureOf({ method, path, headers, body: given.text }, signedHeaders, scope, credential.secret);
  const authorization = { ...scope, accessKeyId: credential.accessKeyId, signedHeaders, signature };
  return { ...headers, authorization: authorizationHeader(authorization) };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    // Any object can be read by its names.
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** A credential of the right form that nobody knows. */
export const someCredential = (): Credential => ({
  accessKeyId: randomBytes(20).reduce((text, byte) => text + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32], ""),
  secret: randomBytes(32).toString("base64"),
});
