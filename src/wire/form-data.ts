import { AwsError, asBuffer, LIMITS } from "../base/index.js";

/** A form as it comes: all that stands before the file, then the file's bytes as they flow. */
export interface FormData {
  /** Names in lower case; of a field that is there twice the first counts. */
  readonly fields: ReadonlyMap<string, string>;
  readonly file: { readonly name: string; readonly contentType: string | undefined };
  /** Ends where the file does; what comes behind it is read and ignored. */
  readonly body: AsyncIterable<Buffer>;
}

const CRLF = Buffer.from("\r\n");
const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** RFC 2046: 1 to 70 characters of these. Undefined when the type is no form's. */
export function formBoundary(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain ?? "";
  return /^[0-9A-Za-z'()+_,./:=? -]{1,70}$/.test(boundary) ? boundary : undefined;
}

/**
 * Reads a multipart/form-data body (RFC 7578) up to its file, which S3 wants last. Holds no more than the fields'
 * bound and one piece of the file.
 */
export async function readFormData(source: AsyncIterable<Uint8Array>, boundary: string): Promise<FormData> {
  const reader = new FormReader(source, boundary);
  const fields = new Map<string, string>();
  let left = LIMITS.s3FormFieldsBytes;
  await reader.begin();
  for (;;) {
    const head = parsePartHead(await reader.head(left));
    left -= head.bytes;
    if (head.name === "file") {
      return { fields, file: { name: head.fileName ?? "", contentType: head.contentType }, body: reader.rest() };
    }
    const value = await reader.value(left);
    left -= value.length;
    if (!fields.has(head.name)) fields.set(head.name, value.toString("utf8"));
    if (await reader.isLast()) throw noFile();
  }
}

function parsePartHead(bytes: Buffer) {
  const text = bytes.toString("utf8");
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(text)?.[1] ?? "";
  const name = /(?:^|[;\s])name="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1];
  const fileName = /(?:^|[;\s])filename="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1];
  if (name === undefined) throw malformedPost();
  const contentType = /^content-type:\s*(.*?)\s*$/im.exec(text)?.[1];
  return { name: name.toLowerCase(), fileName, contentType, bytes: bytes.length };
}

/** Cuts a stream at its boundaries. */
class FormReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>, boundary: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  /** What stands before the first boundary is no part of the form. */
  async begin(): Promise<void> {
    this.#held = Buffer.from(CRLF);
    await this.value(LIMITS.s3FormFieldsBytes);
    if (await this.isLast()) throw noFile();
  }

  async head(most: number): Promise<Buffer> {
    return this.#until(END_OF_HEAD, most);
  }

  /** Up to the next boundary, which is taken too. */
  async value(most: number): Promise<Buffer> {
    return this.#until(this.#delimiter, most);
  }

  /** Behind a boundary: whether it was the form's last. Takes the line's end. */
  async isLast(): Promise<boolean> {
    while (this.#held.length < CRLF.length) await this.#more();
    const mark = this.#held.toString("latin1", 0, CRLF.length);
    if (mark !== "\r\n" && mark !== "--") throw malformedPost();
    this.#held = this.#held.subarray(CRLF.length);
    return mark === "--";
  }

  async *rest(): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(this.#delimiter);
      // As much as can be no part of a boundary that goes on in the next piece.
      const safe = at >= 0 ? at : Math.max(0, this.#held.length - this.#delimiter.length + 1);
      const piece = this.#held.subarray(0, safe);
      this.#held = this.#held.subarray(safe);
      if (piece.length > 0) yield piece;
      if (at >= 0) break;
      await this.#more();
    }
    while (!(await this.#source.next()).done); // ignored, as S3 does
  }

  async #until(mark: Buffer, most: number): Promise<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at > most || (at < 0 && this.#held.length > most + mark.length)) throw tooLarge();
      if (at >= 0) {
        const found = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + mark.length);
        return found;
      }
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done) throw malformedPost();
    this.#held = this.#held.length === 0 ? asBuffer(value) : Buffer.concat([this.#held, value]);
  }
}

export const malformedPost = (): AwsError =>
  new AwsError("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.", {
    status: 400,
  });

const noFile = (): AwsError =>
  new AwsError("InvalidArgument", "POST requires exactly one file upload per request.", {
    status: 400,
    fields: { ArgumentName: "file", ArgumentValue: "0" },
  });

const tooLarge = (): AwsError =>
  new AwsError(
    "MaxPostPreDataLengthExceededError",
    "Your POST request fields preceding the upload file were too large.",
    { status: 400 },
  );
