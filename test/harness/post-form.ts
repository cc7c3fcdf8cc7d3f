import { createHmac } from "node:crypto";
import { type Answer, sendPlain } from "./raw.js";
import type { Credentials, Server } from "./server.js";

const BOUNDARY = "----a-form-of-the-tests";

export interface PostForm {
  readonly bucket: string;
  /** In their order; the signature's own are added. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Beside the bucket and the fields given, which each get the condition to be equal. */
  readonly conditions?: readonly unknown[];
  readonly expiration?: string;
  readonly file?: string | Uint8Array;
  readonly fileName?: string;
  /** After signing: fields that are put in another's place, or taken away. */
  readonly changed?: Readonly<Record<string, string | undefined>>;
  readonly credentials?: Credentials;
  readonly signed?: boolean;
  /** Bytes after the file's boundary. */
  readonly behind?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a browser sends for a form that was signed as S3's user guide tells it. */
export function sendForm(server: Server, form: PostForm): Promise<Answer> {
  const fields = { ...(form.signed === false ? form.fields : signedFields(server, form)), ...form.changed };
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`],
  );
  const file = Buffer.from(form.file ?? "content");
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${form.fileName ?? "a.txt"}"\r\nContent-Type: text/plain\r\n\r\n`;
  const body = Buffer.concat([
    Buffer.from(parts.join("") + head),
    file,
    Buffer.from(form.behind ?? `\r\n--${BOUNDARY}--\r\n`),
  ]);
  const headers = {
    host: `127.0.0.1:${server.port}`,
    "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
    ...form.headers,
  };
  return sendPlain(server, "POST", `/${form.bucket}`, headers, body);
}

export const anotherField = (name: string, value: string): string =>
  `\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--${BOUNDARY}--\r\n`;

function signedFields(server: Server, form: PostForm): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = form.credentials ?? server.credentials;
  const now = new Date();
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${stamp.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const fields: Record<string, string> = {
    ...form.fields,
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${accessKeyId}/${scope}`,
    "x-amz-date": stamp,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  };
  const named = new Set((form.conditions ?? []).map((one) => (Array.isArray(one) ? String(one[1]) : "")));
  const policy = {
    expiration: form.expiration ?? new Date(now.getTime() + 600_000).toISOString(),
    conditions: [
      { bucket: form.bucket },
      ...Object.entries(fields).flatMap(([name, value]) => (named.has(`$${name}`) ? [] : [{ [name]: value }])),
      ...(form.conditions ?? []),
    ],
  };
  const encoded = Buffer.from(JSON.stringify(policy)).toString("base64");
  const key = scope
    .split("/")
    .reduce((made, part) => createHmac("sha256", made).update(part).digest(), Buffer.from(`AWS4${secretAccessKey}`));
  return { ...fields, policy: encoded, "x-amz-signature": createHmac("sha256", key).update(encoded).digest("hex") };
}
