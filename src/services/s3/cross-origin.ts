import type { CrossOriginRequest } from "../../kit/index.js";
import { findBucket } from "./bucket.js";
import { corsHeaders, corsRules } from "./cors.js";
import type { S3Ports } from "./ports.js";

/** What an answer to a page of another site says beside the answer itself; nothing where no rule lets that page in. */
export async function crossOriginHeaders(
  ports: S3Ports,
  { bucket: name, method, origin }: CrossOriginRequest,
): Promise<Readonly<Record<string, string>>> {
  const bucket = await findBucket(ports, name);
  return corsHeaders((bucket && corsRules(bucket)) ?? [], { origin, method, headers: [] }) ?? {};
}
