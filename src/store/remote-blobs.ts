import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { hex, needs } from "../base/index.js";
import { type BlobEntry, BlobMissing, type BlobReader, type Blobs, type BlobWriter } from "./blobs.js";
import { StoreAway, StoreDamaged } from "./errors.js";
import { type RemotePlace, RemoteStore, remoteFailure, wholeText } from "./remote-store.js";

const NAME = /^[0-9a-f]{32}$/;
/** The smallest part that S3 takes: what every blob that is being written holds in memory. */
const PART_BYTES = 5 * 1024 * 1024;
/** The first request of a reader: small blobs come with it, and of long ones the size. */
const FIRST_BYTES = 1024 * 1024;

/** Blobs as objects of a bucket, sealed before they leave. On the disk means here: acknowledged by that store. */
export const openRemoteBlobs = (place: RemotePlace): Blobs => new RemoteBlobs(new RemoteStore(place));

class RemoteBlobs implements Blobs {
  readonly #store: RemoteStore;

  constructor(store: RemoteStore) {
    this.#store = store;
  }

  async create(): Promise<BlobWriter> {
    return new RemoteBlobWriter(this.#store, hex(randomBytes(16)));
  }

  /** An object is there when it is whole. */
  async createNamed(name: string): Promise<BlobWriter> {
    checkName(name);
    return new RemoteBlobWriter(this.#store, name);
  }

  async open(name: string): Promise<BlobReader> {
    checkName(name);
    const first = await this.#store.stream({
      method: "GET",
      name,
      headers: { range: `bytes=0-${FIRST_BYTES - 1}` },
    });
    const status = first.statusCode ?? 0;
    const bytes = Number(/\/(\d+)$/.exec(first.headers["content-range"] ?? "")?.[1]);
    if (status === 206 && Number.isSafeInteger(bytes)) return new RemoteBlobReader(this.#store, name, bytes, first);
    const text = await wholeText(first);
    if (status === 404 && text.includes("NoSuchKey")) throw new BlobMissing(`no blob ${name}`);
    if (status === 416) return new RemoteBlobReader(this.#store, name, 0, undefined);
    throw remoteFailure({ status, text });
  }

  async remove(name: string): Promise<void> {
    checkName(name);
    const answer = await this.#store.ask({ method: "DELETE", name });
    if (answer.status !== 204 && answer.status !== 200 && answer.status !== 404) throw remoteFailure(answer);
  }

  async list(after: string | undefined, limit: number): Promise<readonly string[]> {
    const { prefix } = this.#store;
    const query = {
      "list-type": "2",
      "max-keys": String(Math.min(limit, 1000)),
      prefix,
      ...(after === undefined ? {} : { "start-after": prefix + after }),
    };
    const answer = await this.#store.ask({ method: "GET", query: queryText(query) });
    if (answer.status !== 200) throw remoteFailure(answer);
    const keys = [...answer.text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key);
    return keys.map((key) => key.slice(prefix.length)).filter((name) => NAME.test(name));
  }

  async describe(name: string): Promise<BlobEntry | undefined> {
    checkName(name);
    const answer = await this.#store.ask({ method: "HEAD", name });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw remoteFailure(answer);
    const modifiedAt = new Date(answer.headers["last-modified"] ?? "");
    return { bytes: Number(answer.headers["content-length"]), modifiedAt };
  }

  async abandonBefore(time: Date): Promise<number> {
    const { prefix } = this.#store;
    const answer = await this.#store.ask({
      method: "GET",
      query: queryText({ "max-uploads": "1000", prefix, uploads: "" }),
    });
    if (answer.status !== 200) throw remoteFailure(answer);
    let ended = 0;
    for (const [, upload = ""] of answer.text.matchAll(/<Upload>(.*?)<\/Upload>/gs)) {
      const name = (tagText(upload, "Key") ?? "").slice(prefix.length);
      const id = tagText(upload, "UploadId");
      const begun = new Date(tagText(upload, "Initiated") ?? "");
      if (!NAME.test(name) || id === undefined || !(begun < time)) continue;
      await this.#store.ask({ method: "DELETE", name, query: queryText({ uploadId: id }) });
      ended += 1;
    }
    return ended;
  }

  /** What the other side acknowledged is there. */
  async flushNames(): Promise<void> {}

  close(): void {
    this.#store.close();
  }
}

/** Gathers parts; a blob of one part goes in one request. */
class RemoteBlobWriter implements BlobWriter {
  readonly name: string;
  readonly #store: RemoteStore;
  #part: Buffer | undefined;
  #filled = 0;
  #bytes = 0;
  #uploadId: string | undefined;
  readonly #etags: string[] = [];
  #state: "open" | "closed" | "committed" = "open";

  constructor(store: RemoteStore, name: string) {
    this.#store = store;
    this.name = name;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(...pieces: readonly Uint8Array[]): Promise<void> {
    needs(this.#state === "open", "an ended blob is not written");
    for (const piece of pieces) await this.#take(piece);
  }

  async #take(data: Uint8Array): Promise<void> {
    this.#bytes += data.length;
    for (let at = 0; at < data.length; ) {
      if (this.#filled === PART_BYTES) await this.#sendPart();
      this.#part ??= Buffer.allocUnsafeSlow(PART_BYTES);
      const taken = Math.min(data.length - at, PART_BYTES - this.#filled);
      this.#part.set(data.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
    }
  }

  async commit(...last: readonly Uint8Array[]): Promise<void> {
    needs(this.#state === "open", "an ended blob is not committed");
    await this.write(...last);
    this.#state = "closed";
    if (this.#uploadId === undefined) {
      const answer = await this.#store.ask({ method: "PUT", name: this.name, body: this.#rest() });
      if (answer.status !== 200) throw remoteFailure(answer);
    } else {
      await this.#sendPart();
      await this.#complete(this.#uploadId);
    }
    this.#part = undefined;
    this.#state = "committed";
  }

  async abort(): Promise<void> {
    needs(this.#state !== "committed", "a committed blob is removed, not aborted");
    const wasOpen = this.#state === "open";
    this.#state = "closed";
    this.#part = undefined;
    const { name } = this;
    // After a commit that failed nobody knows what the other side has.
    if (this.#uploadId !== undefined) {
      await this.#store.ask({ method: "DELETE", name, query: queryText({ uploadId: this.#uploadId }) });
    }
    if (!wasOpen) await this.#store.ask({ method: "DELETE", name });
  }

  #rest(): Buffer {
    return (this.#part ?? Buffer.alloc(0)).subarray(0, this.#filled);
  }

  async #sendPart(): Promise<void> {
    const { name } = this;
    this.#uploadId ??= await this.#begin();
    const partNumber = String(this.#etags.length + 1);
    const query = queryText({ partNumber, uploadId: this.#uploadId });
    const answer = await this.#store.ask({ method: "PUT", name, query, body: this.#rest() });
    const { etag } = answer.headers;
    if (answer.status !== 200 || etag === undefined) throw remoteFailure(answer);
    this.#etags.push(etag);
    this.#filled = 0;
  }

  async #begin(): Promise<string> {
    const answer = await this.#store.ask({ method: "POST", name: this.name, query: "uploads=" });
    const id = tagText(answer.text, "UploadId");
    if (answer.status !== 200 || id === undefined) throw remoteFailure(answer);
    return id;
  }

  /** Asked again after an answer that was lost it says that there is no such upload: then the blob is there or not. */
  async #complete(uploadId: string): Promise<void> {
    const parts = this.#etags.map(
      (etag, index) =>
        `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag.replaceAll('"', "&quot;")}</ETag></Part>`,
    );
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`);
    const { name } = this;
    const answer = await this.#store.ask({ method: "POST", name, query: queryText({ uploadId }), body });
    if (answer.status === 200 && !answer.text.includes("<Error>")) return;
    const there = answer.status === 404 ? await this.#store.ask({ method: "HEAD", name }) : undefined;
    if (Number(there?.headers["content-length"]) === this.#bytes && there?.status === 200) return;
    throw remoteFailure(answer);
  }
}

/** Reads on in one answer while the reads follow each other, and asks anew where they do not. */
class RemoteBlobReader implements BlobReader {
  readonly bytes: number;
  readonly #store: RemoteStore;
  readonly #name: string;
  #answer: IncomingMessage | undefined;
  /** Where the answer's next byte lies, and where its last one ends. */
  #at = 0;
  #end = 0;
  #isClosed = false;

  constructor(store: RemoteStore, name: string, bytes: number, first: IncomingMessage | undefined) {
    this.#store = store;
    this.#name = name;
    this.bytes = bytes;
    this.#take(first, Math.min(bytes, FIRST_BYTES));
  }

  async read(position: number, into: Uint8Array): Promise<void> {
    needs(!this.#isClosed, "a closed blob is not read");
    if (position + into.length > this.bytes) throw new StoreDamaged("a blob ends too early");
    let broken: unknown;
    for (let done = 0, tries = 0; done < into.length; ) {
      if (tries > 3) throw new StoreAway("a blob's bytes break off", { cause: broken });
      try {
        if (this.#answer === undefined || this.#at !== position + done || this.#at === this.#end) {
          await this.#askFrom(position + done);
        }
        const piece = await nextPiece(this.#answer, into.length - done);
        into.set(piece, done);
        done += piece.length;
        this.#at += piece.length;
      } catch (thrown) {
        if (thrown instanceof BlobMissing || thrown instanceof StoreDamaged || thrown instanceof StoreAway)
          throw thrown;
        broken = thrown;
        tries += 1;
        this.#drop();
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#drop();
  }

  async #askFrom(position: number): Promise<void> {
    this.#drop();
    const headers = { range: `bytes=${position}-${this.bytes - 1}` };
    const answer = await this.#store.stream({ method: "GET", name: this.#name, headers });
    if (answer.statusCode !== 206) {
      const text = await wholeText(answer);
      if (answer.statusCode === 404) throw new BlobMissing(`no blob ${this.#name}`);
      throw remoteFailure({ status: answer.statusCode ?? 0, text });
    }
    this.#at = position;
    this.#take(answer, this.bytes);
  }

  #take(answer: IncomingMessage | undefined, end: number): void {
    this.#answer = answer;
    this.#end = end;
    answer?.on("error", () => {}); // told by the read that waits for it
  }

  #drop(): void {
    const answer = this.#answer;
    this.#answer = undefined;
    // What was read to its end leaves its connection to the next; the rest of a long answer is not worth its bytes.
    if (answer !== undefined && !answer.readableEnded && !(this.#at === this.#end && answer.complete)) answer.destroy();
  }
}

/** At least one byte and at most so many. Throws when the answer breaks off. */
function nextPiece(answer: IncomingMessage | undefined, most: number): Promise<Buffer> {
  needs(answer !== undefined, "there is an answer to read");
  return new Promise((resolve, reject) => {
    const look = () => {
      const ready = answer.readableLength;
      const piece: Buffer | null = ready === 0 ? answer.read() : answer.read(Math.min(ready, most));
      if (piece === null) return;
      if (piece.length > most) answer.unshift(piece.subarray(most));
      settle();
      resolve(piece.subarray(0, most));
    };
    const fail = () => {
      settle();
      reject(answer.errored ?? new Error("the answer broke off"));
    };
    const settle = () => answer.off("readable", look).off("close", fail).off("end", fail);
    answer.on("readable", look).on("close", fail).on("end", fail);
    if (answer.destroyed || answer.readableEnded) fail();
    else look();
  });
}

const checkName = (name: string) => needs(NAME.test(name), "a blob's name is what create gave");

const queryText = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");

const tagText = (text: string, tag: string): string | undefined =>
  new RegExp(`<${tag}>([^<]{1,1024})</${tag}>`).exec(text)?.[1];
