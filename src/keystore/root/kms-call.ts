import type { IncomingMessage } from "node:http";
import { type Clock, LIMITS, SECOND_MS, utf8 } from "../../base/index.js";
import type { CallKms, KmsPlace } from "./kms-root.js";
import { RootError } from "./root-error.js";

export interface KmsSignable {
  readonly method: "POST";
  readonly path: "/";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly region: string;
}

export interface KmsCaller {
  /** Signs with Signature Version 4 and gives all headers. The credentials are the signer's. */
  readonly sign: (request: KmsSignable) => Record<string, string>;
  /** PEM of authorities to trust instead of the public ones. */
  readonly ca?: string | undefined;
  readonly clock: Clock;
}

const ANSWER_MS = 10 * SECOND_MS;

/** Answers that mean that what root.json holds is not what that KMS once gave. */
const DAMAGED: ReadonlySet<string> = new Set(["InvalidCiphertextException", "IncorrectKeyException"]);

/** KMS's JSON protocol, as much of it as the root needs: one call, one connection, one deadline. */
export function kmsCaller(caller: KmsCaller): CallKms {
  return async (place, operation, input) => {
    const body = utf8(JSON.stringify(input));
    const headers = {
      host: new URL(place.endpoint).host,
      "content-type": "application/x-amz-json-1.1",
      "content-length": String(body.length),
      "x-amz-target": `TrentService.${operation}`,
    };
    const signed = caller.sign({ method: "POST", path: "/", headers, body, region: place.region });
    const { status, text } = await exchange(caller, place, signed, body);
    const answer = parsed(text);
    if (status === 200 && answer !== undefined) return answer;
    throw refusal(status, answer);
  };
}

function refusal(status: number, answer: Readonly<Record<string, unknown>> | undefined): RootError {
  const named = String(answer?.["__type"] ?? "").replace(/^.*#/, "");
  const code = /^[A-Za-z.]{1,80}$/.test(named) ? named : `status ${status}`;
  if (DAMAGED.has(code)) return new RootError("damaged", code);
  const isTheirs = status >= 500 || code.startsWith("Throttling") || answer === undefined;
  return new RootError(isTheirs ? "kms-unreachable" : "kms-refused", code);
}

async function exchange(
  { ca, clock }: KmsCaller,
  { endpoint }: KmsPlace,
  headers: Record<string, string>,
  body: Buffer,
): Promise<{ readonly status: number; readonly text: string }> {
  // Loaded here: most servers start without another KMS.
  const { request: open } = await (endpoint.startsWith("https:") ? import("node:https") : import("node:http"));
  return new Promise((resolve, reject) => {
    const options = { method: "POST", headers, agent: false, ...(ca === undefined ? {} : { ca }) };
    const request = open(endpoint, options, (response) => {
      readAll(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), fail);
    });
    const cancel = clock.after(ANSWER_MS, () => request.destroy(new Error("no answer in time")));
    request.on("close", cancel);
    request.on("error", fail);
    request.end(body);
    function fail(thrown: unknown): void {
      reject(new RootError("kms-unreachable", thrown instanceof Error ? thrown.message : ""));
    }
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let total = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    total += piece.length;
    if (total > LIMITS.rootKmsAnswerBytes) throw new Error("the answer is too long");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // An object from JSON.parse has string keys and nothing else is asked of it here.
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // whoever answers there is no KMS now
  }
}
