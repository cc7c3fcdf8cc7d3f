import type { Agent } from "node:https";
import type { SecureContext } from "node:tls";
import { type Clock, LIMITS, type Log, nodeHttps, nodeTls } from "../../../base/index.js";
import { signRequest } from "../../../identity/index.js";
import type { StoreUse, XksSettings } from "../port.js";
import { Breaker } from "./breaker.js";
import { isNamedFault, ProxyFault } from "./proxy-fault.js";

export interface ProxyOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Where a host's proxy listens if not on 443: set by the server's owner, never through the API (kms E-7). */
  readonly ports?: ReadonlyMap<string, number>;
  /** PEM: trusted beside the public authorities. */
  readonly ca?: string;
}

export type ProxyAnswer = Readonly<Record<string, unknown>>;

const HTTPS_PORT = 443;
const SERVICE = "kms-xks-proxy";
/** The suites of kms 11.3, for both sides of the API. */
export const XKS_CIPHERS = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
].join(":");
const TLS = { minVersion: "TLSv1.2", ciphers: XKS_CIPHERS } as const;
/** Requests that run when the store's settings change end by then. */
const GRACE_MS = 2 * LIMITS.xksCallMs;

export type Trust = () => SecureContext;

/** Made once: to read all authorities anew for each connection would take a good part of its time. */
export function trustOf({ ca }: Pick<ProxyOptions, "ca">): Trust {
  let context: SecureContext | undefined;
  return () => {
    context ??= nodeTls().createSecureContext({
      ...TLS,
      ...(ca === undefined ? {} : { ca: [...nodeTls().rootCertificates, ca] }),
    });
    return context;
  };
}

/** One proxy as this process asks it: signed requests over connections that stay open. */
export class ProxyClient {
  readonly #settings: XksSettings;
  readonly #options: ProxyOptions;
  readonly #host: string;
  readonly #port: number;
  readonly #agent: Agent;
  readonly #breaker: Breaker;

  constructor(settings: XksSettings, options: ProxyOptions, trust: Trust) {
    this.#settings = settings;
    this.#options = options;
    this.#host = settings.endpoint.slice("https://".length).toLowerCase();
    this.#port = options.ports?.get(this.#host) ?? HTTPS_PORT;
    this.#agent = new (nodeHttps().Agent)({
      keepAlive: true,
      maxSockets: 256,
      maxFreeSockets: 32,
      secureContext: trust(),
    });
    this.#breaker = new Breaker(options.clock);
  }

  /** `path` behind the URI path: `/health`. Throws ProxyFault. */
  async ask(path: string, body: object, use: StoreUse): Promise<ProxyAnswer> {
    const bytes = Buffer.from(JSON.stringify(body));
    try {
      return await this.#breaker.run(() => this.#twice(this.#settings.path + path, bytes));
    } catch (thrown) {
      this.#tell(path, use, thrown);
      throw thrown;
    }
  }

  close(): void {
    this.#options.clock.after(GRACE_MS, () => this.#agent.destroy());
  }

  /** A connection that broke is made once more, in what is left of the time. */
  async #twice(path: string, body: Buffer): Promise<ProxyAnswer> {
    const deadline = new AbortController();
    const cancel = this.#options.clock.after(LIMITS.xksCallMs, () => deadline.abort());
    try {
      return await this.#once(path, body, deadline.signal).catch((thrown: unknown) => {
        if (!(thrown instanceof ProxyFault) || thrown.fault !== "unreachable") throw thrown;
        return this.#once(path, body, deadline.signal);
      });
    } finally {
      cancel();
    }
  }

  #once(path: string, body: Buffer, signal: AbortSignal): Promise<ProxyAnswer> {
    const { host, port, agent } = { host: this.#host, port: this.#port, agent: this.#agent };
    const headers = { ...this.#signed(path, body), "content-length": String(body.length) };
    return new Promise((resolve, reject) => {
      const request = nodeHttps().request({ host, port, agent, method: "POST", path, headers, signal }, (response) => {
        const pieces: Buffer[] = [];
        let total = 0;
        response.on("data", (piece: Buffer) => {
          total += piece.length;
          if (total > LIMITS.xksBodyBytes) response.destroy(new ProxyFault("invalid-response", "too long"));
          else pieces.push(piece);
        });
        response.on("end", () => {
          try {
            resolve(answerOf(response.statusCode ?? 0, Buffer.concat(pieces)));
          } catch (thrown) {
            reject(thrown);
          }
        });
        response.on("error", (error) => reject(faultOf(error, signal)));
      });
      request.on("error", (error) => reject(faultOf(error, signal)));
      request.end(body);
    });
  }

  #signed(path: string, body: Buffer): Record<string, string> {
    const { region, accessKeyId, secretAccessKey } = this.#settings;
    const host = this.#port === HTTPS_PORT ? this.#host : `${this.#host}:${this.#port}`;
    return signRequest({
      method: "POST",
      path,
      headers: { host, "content-type": "application/json" },
      body,
      region,
      service: SERVICE,
      credentials: { accessKeyId, secretAccessKey },
      date: this.#options.clock.now(),
    });
  }

  /** The only place where the proxy's own words are kept. */
  #tell(path: string, { operation, requestId }: StoreUse, thrown: unknown): void {
    const { id, endpoint } = this.#settings;
    const reason = thrown instanceof Error ? thrown.message : "";
    this.#options.log.warn("xks-proxy-failed", { store: id, endpoint, path, operation, requestId, reason });
  }
}

function answerOf(status: number, bytes: Buffer): ProxyAnswer {
  const body = parsed(bytes);
  if (body === undefined) throw new ProxyFault("invalid-response", `status ${status}, no JSON object`);
  if (status === 200) return body;
  const { errorName, errorMessage } = body;
  if (typeof errorName !== "string" || !isNamedFault(errorName))
    throw new ProxyFault("invalid-response", `status ${status}, no known error name`);
  throw new ProxyFault(errorName, typeof errorMessage === "string" ? printable(errorMessage) : "");
}

function parsed(bytes: Buffer): ProxyAnswer | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as ProxyAnswer) : undefined; // an object: each member is looked at before it is used
  } catch {
    return undefined; // whatever came, it is no answer
  }
}

const printable = (text: string) => text.replace(/[^ -~]/g, "?").slice(0, LIMITS.xksErrorMessageChars);

const TLS_CODE = /^(CERT_|ERR_TLS|ERR_SSL|EPROTO$|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH$)/;

function faultOf(error: Error & { code?: string }, signal: AbortSignal): ProxyFault {
  if (error instanceof ProxyFault) return error;
  if (signal.aborted) return new ProxyFault("timed-out");
  return new ProxyFault(TLS_CODE.test(error.code ?? "") ? "tls" : "unreachable", error.code ?? error.message);
}
