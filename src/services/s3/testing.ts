import { createHash } from "node:crypto";
import { AwsError, Ids, type Log, ManualClock, SeededEntropy, silentLog } from "../../base/index.js";
import { addonWrite, canonicalContext, newKey, newSecret, type Secret } from "../../crypto/index.js";
import type { CallContext, Caller } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { callOperation, TEST_ACCOUNT, TEST_REGION, testBody, testContext } from "../../kit/testing.js";
import type { DataKey, EncryptionContext, Keys, OwnedKeys } from "../../kms/index.js";
import { type Blobs, type Database, openDiskBlobs } from "../../store/index.js";
import { openTestSqlite, testFolder } from "../../store/testing.js";
import { testInnerCalls } from "./logging/testing.js";
import { openS3, type S3Options, type S3Service } from "./service.js";
import { S3_MIGRATIONS } from "./store/index.js";

/** An S3 with a real database and real files in a temporary folder, over keys that remember who asked for what. */
export interface S3House {
  readonly service: S3Service;
  readonly database: Database;
  readonly blobs: Blobs;
  readonly folder: string;
  readonly keys: TestKeys;
  /** The roles that S3 may assume: their sessions, by ARN. */
  readonly roles: Map<string, Caller>;
  /** Runs the worker of that name once. */
  work(name: string, now?: Date): Promise<void>;
  /** Calls the operation as the pipeline does; by default as the account's root. */
  call<Output = Record<string, unknown>>(name: string, input: object, parts?: Partial<RequestContext>): Promise<Output>;
  /** Puts a body, in pieces if given as several. */
  put(
    Bucket: string,
    Key: string,
    body: Uint8Array | string,
    input?: object,
    parts?: Partial<RequestContext>,
  ): Promise<Answer>;
  /** Gets the whole body that a read answers with. */
  get(Bucket: string, Key: string, input?: object, parts?: Partial<RequestContext>): Promise<Answer & { text: Buffer }>;
  blobNames(): Promise<string[]>;
  close(): Promise<void>;
}

export type Answer = Record<string, unknown> & { readonly ETag?: string };

export const BUCKET = "bucket-of-tests";

export async function s3House(options: Partial<S3Options> & { log?: Log } = {}): Promise<S3House> {
  const folder = testFolder();
  const database = await openTestSqlite({ path: `${folder.path}/s3.db`, migrations: S3_MIGRATIONS });
  const blobs = await openDiskBlobs(`${folder.path}/blobs`, addonWrite);
  const keys = new TestKeys();
  const clock = options.clock ?? new ManualClock("2026-11-21T09:00:00Z");
  // One source for all calls: ids of two calls must differ, as they do outside of tests.
  const ids = new Ids(new SeededEntropy(11));
  const roles = new Map<string, Caller>();
  const inner = testInnerCalls({ clock, ids, roles });
  const ownedKeys = new TestOwnedKeys();
  const service = openS3({
    database,
    blobs,
    keys,
    ownedKeys,
    inner,
    markKey: newKey(),
    clock,
    ids,
    log: silentLog,
    ...options,
  });
  const call: S3House["call"] = (name, input, parts = {}) => {
    const operation = service.operations.get(name);
    if (!operation) throw new Error(`no operation ${name}`);
    return callOperation(operation, testContext({ ids, clock, ...parts }), input);
  };
  await call("CreateBucket", { Bucket: BUCKET });
  return {
    service,
    database,
    blobs,
    folder: folder.path,
    keys,
    roles,
    work: async (name, now = clock.now()) => {
      const worker = service.workers.find((one) => one.name === name);
      if (!worker) throw new Error(`no worker ${name}`);
      await worker.run(now);
    },
    call,
    put: (Bucket, Key, body, input = {}, parts = {}) =>
      call("PutObject", { Bucket, Key, ...input }, { body: testBody([Buffer.from(body)]), ...parts }),
    get: async (Bucket, Key, input = {}, parts = {}) => {
      const answer = await call<Answer>("GetObject", { Bucket, Key, ...input }, parts);
      return { ...answer, text: await collected(answer["Body"]) };
    },
    blobNames: async () => [...(await blobs.list(undefined, 1000))],
    close: async () => {
      await database.close();
      folder.remove();
    },
  };
}

export async function collected(body: unknown): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk)); // what GetObject answers
  return Buffer.concat(chunks);
}

/** The three headers of a customer's key. */
export const customerHeaders = (key: Uint8Array) => ({
  SSECustomerAlgorithm: "AES256",
  SSECustomerKey: Buffer.from(key).toString("base64"),
  SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
});

export const KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
export const KEY_ARN = `arn:aws:kms:${TEST_REGION}:${TEST_ACCOUNT}:key/${KEY_ID}`;
export const MANAGED_ARN = `arn:aws:kms:${TEST_REGION}:${TEST_ACCOUNT}:key/aaaaaaaa-0000-4000-8000-000000000000`;

export interface KeyCall {
  readonly operation: "GenerateDataKey" | "Decrypt";
  readonly context: EncryptionContext;
  readonly viaService: string | undefined;
  readonly caller: string;
}

/** One customer key and the AWS managed key; `refuse` makes every use fail. */
export class TestKeys implements Keys {
  readonly calls: KeyCall[] = [];
  refusal: AwsError | undefined;
  /** As often as a key, a grant or a policy changed. */
  changes = 0;
  readonly #kept = new Map<string, { keyArn: string; context: EncryptionContext; bytes: Buffer }>();
  #count = 0;

  async generateDataKey(call: CallContext, keyId: string, context: EncryptionContext): Promise<DataKey> {
    this.#record(call, "GenerateDataKey", context);
    const keyArn = arnOf(keyId);
    const plaintext = newSecret();
    const blob = Buffer.from(`blob ${this.#count++}`);
    this.#kept.set(blob.toString(), { keyArn, context, bytes: copyOf(plaintext) });
    return { keyArn, materialId: "0".repeat(64), plaintext, blob };
  }

  async decryptDataKey(call: CallContext, blob: Uint8Array, context: EncryptionContext): Promise<DataKey> {
    this.#record(call, "Decrypt", context);
    const kept = this.#kept.get(Buffer.from(blob).toString());
    if (!kept || !canonicalContext(kept.context).equals(canonicalContext(context))) {
      throw new AwsError("InvalidCiphertextException");
    }
    return { keyArn: kept.keyArn, materialId: "0".repeat(64), plaintext: secretOf(kept.bytes), blob };
  }

  async arnOf({ caller, region }: CallContext, keyId: string): Promise<string> {
    if (keyId.startsWith("arn:")) return keyId;
    if (keyId === KEY_ID || keyId === "alias/mine") return KEY_ARN;
    return `arn:aws:kms:${region}:${caller.account}:${keyId.startsWith("alias/") ? keyId : `key/${keyId}`}`;
  }

  epoch(): number {
    return this.changes;
  }

  #record(call: CallContext, operation: KeyCall["operation"], context: EncryptionContext): void {
    this.calls.push({ operation, context, viaService: call.viaService, caller: call.caller.principal.arn });
    if (this.refusal) throw this.refusal;
  }
}

function arnOf(keyId: string): string {
  if (keyId === "alias/aws/s3" || keyId === MANAGED_ARN) return MANAGED_ARN;
  if (keyId === KEY_ID || keyId === KEY_ARN || keyId === "alias/mine") return KEY_ARN;
  throw new AwsError("NotFoundException", `Invalid keyId '${keyId}'`);
}

class TestOwnedKeys implements OwnedKeys {
  readonly #kept = new Map<string, { context: Buffer; bytes: Buffer }>();

  async generateDataKey(_owner: object, context: EncryptionContext) {
    const plaintext = newSecret();
    const blob = Buffer.from(`owned ${this.#kept.size}`);
    this.#kept.set(blob.toString(), { context: canonicalContext(context), bytes: copyOf(plaintext) });
    return { plaintext, blob };
  }

  async decryptDataKey(blob: Uint8Array, context: EncryptionContext): Promise<Secret> {
    const kept = this.#kept.get(Buffer.from(blob).toString());
    if (!kept?.context.equals(canonicalContext(context))) throw new AwsError("InvalidCiphertextException");
    return secretOf(kept.bytes);
  }
}

const copyOf = (secret: Secret): Buffer => secret.use((bytes) => Buffer.from(bytes));

function secretOf(bytes: Buffer): Secret {
  const secret = newSecret(bytes.length);
  secret.use((own) => bytes.copy(own));
  return secret;
}
