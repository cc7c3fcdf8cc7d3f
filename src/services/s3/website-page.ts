/** What GetObject answered, as a page: an object's own redirect, or its bytes with the headers that were stored. */
export async function pageOf(
  output: Readonly<Record<string, unknown>>,
  { status, method }: { readonly status: number; readonly method: string },
): Promise<Record<string, unknown>> {
  const location = output["WebsiteRedirectLocation"];
  const isRedirect = typeof location === "string" && status === 200;
  if (isRedirect || method === "HEAD") await letGo(output);
  if (isRedirect) return { status: 301, headers: { Location: location } };
  const isPart = status === 200 && output["ContentRange"] !== undefined;
  return {
    status: isPart ? 206 : status,
    headers: headersOf(output),
    ...(method === "HEAD" ? {} : { body: output["Body"] }),
  };
}

/** A body that nobody will read holds its stream no longer. */
export async function letGo({ Body: body }: Readonly<Record<string, unknown>>): Promise<void> {
  await (body as AsyncGenerator<unknown> | undefined)?.return?.(undefined); // GetObject's body
}

const HEADERS = [
  ["AcceptRanges", "accept-ranges"],
  ["CacheControl", "cache-control"],
  ["ContentDisposition", "content-disposition"],
  ["ContentEncoding", "content-encoding"],
  ["ContentLanguage", "content-language"],
  ["ContentLength", "content-length"],
  ["ContentRange", "content-range"],
  ["ContentType", "content-type"],
  ["ETag", "etag"],
  ["ExpiresString", "expires"],
  ["VersionId", "x-amz-version-id"],
] as const;

function headersOf(output: Readonly<Record<string, unknown>>): Record<string, string> {
  const modified = output["LastModified"];
  const metadata = (output["Metadata"] ?? {}) as Readonly<Record<string, string>>; // as objectMembers gives it
  return {
    ...Object.fromEntries(
      HEADERS.flatMap(([member, header]) => (output[member] === undefined ? [] : [[header, String(output[member])]])),
    ),
    ...(modified instanceof Date ? { "last-modified": modified.toUTCString() } : {}),
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
  };
}
