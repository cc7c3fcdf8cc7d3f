import { request as httpRequest } from "node:http";
import { nodeHttps } from "../base/index.js";
import type { OwnerCredentials } from "./credentials.js";

export interface HouseAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Signs what is sent; `identity`'s signer, given by the caller so that this file stays a plain client. */
export type Sign = (
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body: Buffer;
  },
  credentials: OwnerCredentials,
) => Record<string, string>;

export interface HouseClient {
  /** The CA's certificate, where the server has one of its own. */
  readonly ca?: string;
  readonly endpoint: string;
}

/** One POST of JSON to a running server. */
export function post(
  client: HouseClient,
  path: string,
  input: object,
  sign?: { readonly with: Sign; readonly credentials: OwnerCredentials },
): Promise<HouseAnswer> {
  const body = Buffer.from(JSON.stringify(input));
  const { host } = new URL(client.endpoint);
  const plain = { host, "content-type": "application/json", "content-length": String(body.length) };
  const headers = sign ? sign.with({ method: "POST", path, headers: plain, body }, sign.credentials) : plain;
  return exchange(client, "POST", path, headers, body);
}

export const get = (client: HouseClient, path: string): Promise<HouseAnswer> =>
  exchange(client, "GET", path, {}, Buffer.alloc(0));

function exchange(
  client: HouseClient,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<HouseAnswer> {
  const url = new URL(path, client.endpoint);
  const open = url.protocol === "https:" ? nodeHttps().request : httpRequest;
  return new Promise((resolve, reject) => {
    const request = open(
      url,
      { method, headers, ...(client.ca === undefined ? {} : { ca: client.ca }) },
      (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(pieces)) }));
      },
    );
    request.on("error", (error) => reject(new Error(`No server answers at ${client.endpoint} (${error.message}).`)));
    request.end(body);
  });
}

function parsed(bytes: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return { message: bytes.toString("utf8").slice(0, 500) };
  }
}
