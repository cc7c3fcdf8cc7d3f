import { open } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { fileURLToPath } from "node:url";
import { type Clock, LIMITS, type Log, nodeHttps, utf8 } from "../base/index.js";
import type { EventDestinations, Sent } from "../services/s3/index.js";

/**
 * What the operator put behind the ARNs that events of buckets go to: webhooks and logs. No other address is ever
 * called; redirects are not followed. Addresses are in no log: they may hold a token.
 */
export function eventDestinations(
  addresses: ReadonlyMap<string, URL>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): EventDestinations {
  return {
    has: (arn) => addresses.has(arn),
    async send(arn, body) {
      const url = addresses.get(arn);
      try {
        if (url === undefined) throw new Error("nothing stands behind this ARN any more");
        if (url.protocol === "file:") return await append(fileURLToPath(url), body);
        const status = await post(url, utf8(body), clock);
        const sent = sentOf(status);
        if (sent !== "taken") log.warn("s3.event-not-taken", { destination: arn, status });
        return sent;
      } catch (thrown) {
        const { code } = thrown as { readonly code?: unknown }; // system errors have one; their messages name addresses
        log.warn("s3.event-not-taken", {
          destination: arn,
          reason: typeof code === "string" ? code : thrown instanceof Error ? thrown.name : typeof thrown,
        });
        return "failed";
      }
    },
  };
}

/** A line an event, on the disk before it is taken for told. */
async function append(path: string, body: string): Promise<Sent> {
  const file = await open(path, "a", 0o600);
  try {
    await file.appendFile(`${body}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
  return "taken";
}

/** Too many requests, and time-outs, say nothing of the message. */
function sentOf(status: number): Sent {
  if (status >= 200 && status < 300) return "taken";
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? "refused" : "failed";
}

async function post(url: URL, body: Uint8Array, clock: Clock): Promise<number> {
  const deadline = new AbortController();
  const cancel = clock.after(LIMITS.s3EventPostMs, () => deadline.abort());
  const headers = { "content-type": "application/json", "content-length": body.length, "user-agent": "Amazon S3" };
  try {
    return await new Promise((resolve, reject) => {
      const start = url.protocol === "https:" ? nodeHttps().request : httpRequest;
      const request = start(url, { method: "POST", headers, signal: deadline.signal }, (response) => {
        response.resume(); // what it says is not looked at
        response.on("error", reject);
        resolve(response.statusCode ?? 0);
      });
      request.on("error", reject);
      request.end(body);
    });
  } finally {
    cancel();
  }
}
