import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Checksum } from "@smithy/types";
import type { Credentials } from "../harness/server.js";

export interface Prepared {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly service: string;
  /** Bodies of objects are sent unsigned, as the SDKs do over TLS. */
  readonly unsignedPayload?: boolean;
}

type Source = string | ArrayBuffer | ArrayBufferView;

class Sha256 implements Checksum {
  readonly #secret: Buffer | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: Source) {
    this.#secret = secret === undefined ? undefined : bytesOf(secret);
    this.#hash = this.#fresh();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#fresh();
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", this.#secret);
  }
}

function bytesOf(source: Source): Buffer {
  if (typeof source === "string") return Buffer.from(source);
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}

/** A whole signed HTTP/1.1 request as bytes, by the official signer. */
export async function signedRequest(request: Prepared, port: number, credentials: Credentials): Promise<Buffer[]> {
  const signer = new SignatureV4({
    service: request.service,
    region: "us-east-1",
    credentials,
    sha256: Sha256,
    uriEscapePath: request.service !== "s3",
    applyChecksum: true,
  });
  const body = request.body ?? Buffer.alloc(0);
  const headers: Record<string, string> = {
    host: `127.0.0.1:${port}`,
    "content-length": String(body.length),
    ...request.headers,
    ...(request.unsignedPayload ? { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } : {}),
  };
  const [path, query] = request.path.split("?");
  const signed = await signer.sign({
    method: request.method,
    protocol: "http:",
    hostname: "127.0.0.1",
    port,
    path: path ?? "/",
    query: Object.fromEntries(new URLSearchParams(query)),
    headers,
    body: request.unsignedPayload ? undefined : body,
  });
  const lines = Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return [Buffer.from(`${request.method} ${request.path} HTTP/1.1\r\n${lines.join("")}\r\n`), body];
}
