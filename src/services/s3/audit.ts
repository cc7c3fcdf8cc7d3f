import type { RequestContext } from "../../kit/index.js";

/** Members that no record shows, and those that CloudTrail names in its own way. */
const HIDDEN = new Set([
  "Body",
  "SSECustomerKey",
  "CopySourceSSECustomerKey",
  "SSECustomerKeyMD5",
  "CopySourceSSECustomerKeyMD5",
]);
const NAMES: Readonly<Record<string, string>> = { Bucket: "bucketName", Key: "key", Policy: "bucketPolicy" };

/** How S3's records show a request: bucket and key by their names, plain values as they came. */
export const s3Audit = {
  request(input: object): Record<string, unknown> | null {
    const shown = Object.entries(input).filter(([name, value]) => value !== undefined && !HIDDEN.has(name));
    if (shown.length === 0) return null;
    return Object.fromEntries(shown.map(([name, value]) => [NAMES[name] ?? lowerCamel(name), value]));
  },
};

const lowerCamel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export function noteBytes(ctx: RequestContext, direction: "In" | "Out", bytes: number): void {
  ctx.notes.additionalEventData[`bytesTransferred${direction}`] = bytes;
}
