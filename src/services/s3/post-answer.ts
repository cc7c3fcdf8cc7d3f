import type { RequestContext } from "../../kit/index.js";

/** What a form's upload is answered with: a redirect, or the status that the form asked for. */
export function postAnswer(
  ctx: RequestContext,
  { Bucket, Key }: { readonly Bucket: string; readonly Key: string },
  output: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const etag = String(output["ETag"]);
  const location = `${ctx.secureTransport ? "https" : "http"}://${ctx.host}/${Bucket}/${encodeURIComponent(Key)}`;
  const headers = { ETag: etag, Location: location, ...encryptionHeaders(output) };
  const redirect = redirectOf(ctx, { Bucket, Key, etag });
  if (redirect !== undefined) return { status: 303, headers: { ...headers, Location: redirect } };
  const wanted = ctx.form?.get("success_action_status");
  if (wanted === "201") return { status: 201, headers, postResponse: { Location: location, Bucket, Key, ETag: etag } };
  return { status: wanted === "200" ? 200 : 204, headers };
}

/** The form's own URL with what was stored added to it. One that is none is as good as absent. */
function redirectOf(ctx: RequestContext, stored: { Bucket: string; Key: string; etag: string }): string | undefined {
  const wanted = ctx.form?.get("success_action_redirect") ?? ctx.form?.get("redirect");
  if (wanted === undefined || wanted === "") return undefined;
  try {
    const url = new URL(wanted);
    if (!/^https?:$/.test(url.protocol)) return undefined;
    url.searchParams.append("bucket", stored.Bucket);
    url.searchParams.append("key", stored.Key);
    url.searchParams.append("etag", stored.etag);
    return url.href;
  } catch {
    return undefined;
  }
}

const HEADERS = [
  ["ServerSideEncryption", "x-amz-server-side-encryption"],
  ["SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id"],
  ["BucketKeyEnabled", "x-amz-server-side-encryption-bucket-key-enabled"],
  ["SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm"],
  ["SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5"],
  ["VersionId", "x-amz-version-id"],
] as const;

function encryptionHeaders(output: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    HEADERS.flatMap(([member, header]) => (output[member] === undefined ? [] : [[header, String(output[member])]])),
  );
}
