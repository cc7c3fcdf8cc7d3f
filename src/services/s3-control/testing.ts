import { createHash } from "node:crypto";
import { AwsError, Ids, ManualClock, SeededEntropy, silentLog } from "../../base/index.js";
import { type Denied, denialText } from "../../identity/index.js";
import type { RequestContext, Service } from "../../kit/index.js";
import { callOperation, TEST_ACCOUNT, testContext } from "../../kit/testing.js";
import type { Database } from "../../store/index.js";
import { openTestSqlite, testFolder } from "../../store/testing.js";
import { S3_CONTROL_MIGRATIONS } from "./jobs/store.js";
import type { AccountBlocks, ManifestPage, ManifestQuery, RoleCalls } from "./ports.js";
import { s3ControlService } from "./service.js";

type Block = Parameters<AccountBlocks["put"]>[2];

export const ROLE = `arn:aws:iam::${TEST_ACCOUNT}:role/batch`;

/** S3 Control with a real database, over stand-ins of what S3 offers. */
export interface ControlHouse {
  readonly service: Service;
  readonly database: Database;
  readonly clock: ManualClock;
  /** The access blocks of accounts, as they were put last. */
  readonly blocks: Map<string, Block>;
  readonly s3: TestS3;
  /** Calls the operation as the pipeline does, about the test account; by default as its root. */
  call<Output = Record<string, unknown>>(
    name: string,
    input?: object,
    parts?: Partial<RequestContext>,
  ): Promise<Output>;
  /** Runs each worker once. */
  work(): Promise<void>;
  close(): Promise<void>;
}

export async function controlHouse(): Promise<ControlHouse> {
  const folder = testFolder();
  const path = `${folder.path}/s3.db`;
  const database = await openTestSqlite({ path, migrations: S3_CONTROL_MIGRATIONS });
  const clock = new ManualClock("2026-11-21T09:00:00Z");
  const ids = new Ids(new SeededEntropy(11));
  const blocks = new Map<string, Block>();
  const s3 = new TestS3();
  const ports = { database, blocks: blocksIn(blocks), roles: s3, denied, clock, ids, log: silentLog };
  const service = s3ControlService(ports);
  return {
    ...{ service, database, clock, blocks, s3 },
    call(name, input = {}, parts = {}) {
      const operation = service.operations.get(name);
      if (operation === undefined) throw new Error(`no operation ${name}`);
      return callOperation(operation, testContext({ clock, ids, ...parts }), { AccountId: TEST_ACCOUNT, ...input });
    },
    async work() {
      for (const worker of service.workers) await worker.run(clock.now());
    },
    async close() {
      await database.close();
      folder.remove();
    },
  };
}

/** What a job asks of S3, and objects that it may read and write. A role that is not trusted cannot be assumed. */
export class TestS3 implements RoleCalls {
  readonly trusted = new Set([ROLE]);
  readonly assumed: string[] = [];
  readonly calls: { readonly operation: string; readonly input: TestInput; readonly headers: object }[] = [];
  readonly objects = new Map<string, Buffer>();
  /** What generated manifests list, page by page; every list asks for the number of its page. */
  pages: ManifestPage["objects"][] = [];
  readonly queries: ManifestQuery[] = [];
  /** Of every object. */
  checksum = "";
  /** Asked before each call: what it throws is S3's answer. */
  refuse: (operation: string, input: TestInput) => void = () => {};

  put(name: string, body: string | Uint8Array): string {
    const bytes = Buffer.from(body);
    this.objects.set(name, bytes);
    return etagOf(bytes);
  }

  text(name: string): string {
    return String(this.objects.get(name));
  }

  /** The inputs of the calls of one operation. */
  inputs(operation: string): TestInput[] {
    return this.calls.filter((call) => call.operation === operation).map(({ input }) => input);
  }

  async assume(roleArn: string, session: string) {
    this.assumed.push(`${roleArn} ${session}`);
    if (!this.trusted.has(roleArn)) throw new AwsError("AccessDenied", "not trusted", { status: 403 });
    return { call: this.#call.bind(this), list: this.#list.bind(this) };
  }

  async #list(query: ManifestQuery): Promise<ManifestPage> {
    this.queries.push(query);
    this.refuse("list", { Bucket: query.bucket });
    const number = Number(query.position ?? "0");
    const isLast = number + 1 >= this.pages.length;
    return { objects: this.pages[number] ?? [], ...(isLast ? {} : { next: String(number + 1) }) };
  }

  async #call(operation: string, input: TestInput, request: { headers?: object; body?: AsyncIterable<Buffer> } = {}) {
    this.calls.push({ operation, input, headers: request.headers ?? {} });
    this.refuse(operation, input);
    const name = `${input.Bucket}/${input.Key}`;
    if (operation === "PutObject") {
      const pieces: Buffer[] = [];
      for await (const piece of request.body ?? []) pieces.push(piece);
      const body = Buffer.concat(pieces);
      this.objects.set(name, body);
      return { ETag: `"${etagOf(body)}"` };
    }
    if (operation === "ComputeObjectChecksum") return { Checksum: this.checksum };
    if (operation !== "GetObject") return {};
    const body = this.objects.get(name);
    if (body === undefined) throw new AwsError("NoSuchKey", "The specified key does not exist.", { status: 404 });
    if (input.IfMatch !== undefined && input.IfMatch !== `"${etagOf(body)}"`)
      throw new AwsError("PreconditionFailed", "not that", { status: 412 });
    // A short body is bytes, a longer one a stream.
    return { Body: body.length <= 16 ? body : inPieces(body) };
  }
}

export interface TestInput {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly VersionId?: string;
  readonly IfMatch?: string;
}

const etagOf = (bytes: Buffer): string => createHash("md5").update(bytes).digest("hex");

/** Cut anywhere, as bodies come. */
async function* inPieces(body: Buffer) {
  for (let at = 0; at < body.length; at += 7) yield body.subarray(at, at + 7);
}

const denied = (refusal: Denied) => new AwsError("AccessDenied", denialText(refusal), { status: 403 });

const OFF = { BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };

const blocksIn = (blocks: Map<string, Block>): AccountBlocks => ({
  async find(account) {
    const block = blocks.get(account);
    return block && { ...OFF, ...block };
  },
  async put(_ctx, account, block) {
    if (block === undefined) blocks.delete(account);
    else blocks.set(account, block);
  },
});

/** What CreateJob takes at least: tags for every object of a manifest in CSV, which is put for it. */
export function jobOf(house: ControlHouse, lines: readonly string[], more: object = {}) {
  const ETag = house.s3.put("lists/manifest.csv", lines.join("\n"));
  return {
    Operation: { S3PutObjectTagging: { TagSet: [{ Key: "a", Value: "b" }] } },
    Manifest: {
      Spec: { Format: "S3BatchOperations_CSV_20180820", Fields: ["Bucket", "Key"] },
      Location: { ObjectArn: "arn:aws:s3:::lists/manifest.csv", ETag },
    },
    Report: { Enabled: false },
    Priority: 10,
    RoleArn: ROLE,
    ConfirmationRequired: false,
    ...more,
  };
}

/** The same for every object of a bucket that its generator names, which the house lists by `s3.pages`. */
export function generatedJobOf(generator: object = {}, more: object = {}) {
  return {
    Operation: { S3PutObjectTagging: { TagSet: [{ Key: "a", Value: "b" }] } },
    ManifestGenerator: {
      S3JobManifestGenerator: { SourceBucket: "arn:aws:s3:::source", EnableManifestOutput: false, ...generator },
    },
    Report: { Enabled: false },
    Priority: 10,
    RoleArn: ROLE,
    ConfirmationRequired: false,
    ...more,
  };
}

/** The job as DescribeJob tells it, of which the tests name what they look at. */
export interface DescribedJob {
  readonly Status: string;
  readonly ProgressSummary: {
    readonly TotalNumberOfTasks: number;
    readonly NumberOfTasksSucceeded: number;
    readonly NumberOfTasksFailed: number;
  };
  readonly FailureReasons: readonly { readonly FailureCode: string; readonly FailureReason: string }[];
  readonly [name: string]: unknown;
}

export async function createdJob(house: ControlHouse, input: object, parts: Partial<RequestContext> = {}) {
  const { JobId } = await house.call<{ JobId: string }>("CreateJob", input, parts);
  return JobId;
}

export async function describedJob(house: ControlHouse, JobId: string): Promise<DescribedJob> {
  return (await house.call<{ Job: DescribedJob }>("DescribeJob", { JobId })).Job;
}
