import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { AwsError } from "../../src/base/index.js";
import { openWire } from "../../src/wire/index.js";
import { type Model, Models } from "../../src/wire/model.js";
import { loopbackAgent } from "../harness/loopback.js";
import { Samples } from "./samples.js";
import { modelsFolder, startWireServer, type WireServer } from "./wire-server.js";

const CLIENT_NAMES: Readonly<Record<string, string>> = {
  secretsmanager: "secrets-manager",
  storagegateway: "storage-gateway",
};

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
const require = createRequire(import.meta.url);
const models = new Models(modelsFolder());
const wire = openWire({ modelsFolder: modelsFolder() });
let server: WireServer;

before(async () => {
  server = await startWireServer(wire);
});
after(() => server.close());

interface Client {
  send(command: unknown): Promise<Record<string, unknown>>;
  destroy(): void;
}

for (const id of models.ids) {
  test(`every operation of ${id} is understood and answered`, async (t) => {
    const sdk = require(`@aws-sdk/client-${CLIENT_NAMES[id] ?? id}`) as Record<string, unknown>; // the client's exports
    const client = openClient(sdk, id);
    const model = models.get(id);
    const samples = new Samples(model);
    const failures: string[] = [];
    for (const [name, row] of model.rows) {
      const Command = sdk[`${name}Command`] as new (input: unknown) => unknown; // each operation has a command
      const input = row.input === null ? {} : samples.structure(row.input);
      const output = outputOf(samples, model, name);
      try {
        server.answer = () => ({ ...output, ...streamed(model, name, output) });
        const got = await client.send(new Command(structuredClone(input)));
        const seen = server.last;
        assert.ok(seen, "the server understood the request");
        assert.equal(seen.routed.operation.name, name);
        assert.deepEqual(normal(seen.input), normal(input), "input");
        const { $metadata: _, ExpiresString: __, ...rest } = got;
        assert.deepEqual(normal(await collected(rest, model, name)), normal(output), "output");
      } catch (thrown) {
        failures.push(`${name}: ${String((thrown as Error).message).slice(0, 900)} ${server.lastError ?? ""}`);
        server.lastError = undefined;
      }
      server.answer = () => new AwsError("NotImplemented", `${name} is not implemented`, { status: 501 });
      try {
        const refused = await client.send(new Command(structuredClone(input))).then(
          () => undefined,
          (thrown: Error) => thrown,
        );
        assert.equal(
          refused?.name,
          refused?.message === "UnknownError" ? refused?.name : "NotImplemented",
          String(refused),
        );
      } catch (thrown) {
        failures.push(`${name}: error: ${String((thrown as Error).message).slice(0, 300)}`);
      }
    }
    client.destroy();
    t.diagnostic(`${model.rows.size} operations`);
    assert.deepEqual(failures, []);
  });
}

/** A body and its length agree; checksums that a client would verify are left out. */
function outputOf(samples: Samples, model: Model, name: string): Record<string, unknown> {
  const ref = model.rows.get(name)?.output ?? null;
  const stream = model.operations.get(name)?.streamingOutput;
  // The client makes ExpiresString itself.
  const { ExpiresString: _, ...sample } = ref === null ? {} : samples.structure(ref);
  if (ref === null || stream === undefined) return sample;
  const kept = Object.entries(sample).filter(([member]) => !member.startsWith("Checksum") && member !== "checksum");
  const body = Array.isArray(sample[stream]) ? sample[stream] : eventsOf(samples, model, ref, stream);
  const length = body instanceof Uint8Array && "ContentLength" in sample ? { ContentLength: body.length } : {};
  return { ...Object.fromEntries(kept), [stream]: body, ...length };
}

/** Bytes for a streaming blob; one of each kind for an event stream. */
function eventsOf(samples: Samples, model: Model, ref: number, stream: string): unknown {
  const target = model.structure(ref).members.find(([member]) => member === stream)?.[1] ?? 0;
  const shape = model.shape(target);
  if (shape.type !== "union") return Buffer.from("streamed bytes");
  return shape.members.map(([member, event]) => ({ [member]: samples.structure(event) }));
}

/** What the operation gives for a list of events: them, one after the other. */
function streamed(model: Model, name: string, output: Record<string, unknown>): Record<string, unknown> {
  const stream = model.operations.get(name)?.streamingOutput;
  const events = stream === undefined ? undefined : output[stream];
  return stream !== undefined && Array.isArray(events) ? { [stream]: Readable.from(events) } : {};
}

async function collected(got: Record<string, unknown>, model: Model, name: string): Promise<Record<string, unknown>> {
  const stream = model.operations.get(name)?.streamingOutput;
  if (stream === undefined) return got;
  const body = got[stream] as AsyncIterable<unknown> & { transformToByteArray?(): Promise<Uint8Array> }; // the client's stream
  if (body.transformToByteArray) return { ...got, [stream]: await body.transformToByteArray() };
  const events: unknown[] = [];
  for await (const event of body) events.push(event);
  return { ...got, [stream]: events };
}

function openClient(sdk: Record<string, unknown>, id: string): Client {
  const Client = Object.values(sdk).find(
    (value) => typeof value === "function" && /.Client$/.test(value.name) && value.name !== "__Client",
  );
  const config = {
    region: "us-east-1",
    // S3 Control's client puts the account before the host, which makes no URL of an address.
    endpoint: id === "s3-control" ? `http://localhost:${server.port}` : server.endpoint,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    maxAttempts: 1,
    forcePathStyle: true,
    disableHostPrefix: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { requestTimeout: 2000, throwOnRequestTimeout: true, httpAgent: loopbackAgent() },
  };
  return new (Client as new (config: unknown) => Client)(config); // found by its name
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

/** Bytes are compared as hex, and empty things that no protocol can tell from absent ones are left out. */
function normal(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, part]): [string, unknown] => [name, normal(part)])
      .filter(([, part]) => part !== undefined && !isEmpty(part))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
