import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { AwsError } from "../../src/base/index.js";
import { openWire } from "../../src/wire/index.js";
import { Models } from "../../src/wire/model.js";
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
    const client = openClient(sdk);
    const model = models.get(id);
    const samples = new Samples(model);
    const failures: string[] = [];
    for (const [name, row] of model.rows) {
      const Command = sdk[`${name}Command`] as new (input: unknown) => unknown; // each operation has a command
      const input = row.input === null ? {} : samples.structure(row.input);
      const output = row.output === null ? {} : samples.structure(row.output);
      try {
        server.answer = () => output;
        server.last = undefined;
        const got = await client.send(new Command(structuredClone(input)));
        assert.equal(server.last?.routed.operation.name, name);
        assert.deepEqual(normal(server.last?.input), normal(input), "input");
        const { $metadata: _, ...rest } = got;
        assert.deepEqual(normal(rest), normal(output), "output");
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

function openClient(sdk: Record<string, unknown>): Client {
  const Client = Object.values(sdk).find(
    (value) => typeof value === "function" && /.Client$/.test(value.name) && value.name !== "__Client",
  );
  const config = {
    region: "us-east-1",
    endpoint: server.endpoint,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    maxAttempts: 1,
    forcePathStyle: true,
    disableHostPrefix: true,
  };
  return new (Client as new (config: unknown) => Client)(config); // found by its name
}

/** Bytes are compared as hex, and empty things that no protocol can tell from absent ones are left out. */
function normal(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([name, part]): [string, unknown] => [name, normal(part)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
