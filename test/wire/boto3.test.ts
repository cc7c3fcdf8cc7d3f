import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { openWire } from "../../src/wire/index.js";
import { type Model, Models } from "../../src/wire/model.js";
import { Samples } from "./samples.js";
import { modelsFolder, startWireServer } from "./wire-server.js";

const hasBoto3 = spawnSync("python3", ["-c", "import boto3"]).status === 0;

interface Report {
  readonly calls: number;
  readonly byService: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

test("botocore's own models agree with ours on what is sent and what is answered", {
  skip: hasBoto3 ? false : "python3 with boto3 is not installed",
}, async (t) => {
  const models = new Models(modelsFolder());
  const wire = openWire({ modelsFolder: modelsFolder() });
  const server = await startWireServer(wire);
  t.after(() => server.close());
  let output: Record<string, unknown> = {};
  server.answer = ({ routed }) => {
    output = sampleOutput(models.get(routed.service.id), routed.operation.name);
    return output;
  };
  server.report = (seen) => ({
    operation: seen.routed.operation.name,
    input: plain(seen.input),
    output: plain(output),
    known: [...memberNames(models.get(seen.routed.service.id))],
  });
  const script = join(process.cwd(), "test", "wire", "boto3_witness.py");
  const { stdout } = await promisify(execFile)("python3", [script, server.endpoint], { maxBuffer: 16 * 1024 * 1024 });
  const report = JSON.parse(stdout) as Report; // printed by the script above
  t.diagnostic(`${report.calls} operations called: ${JSON.stringify(report.byService)}`);
  assert.ok(report.calls > 400, "the sample is large");
  assert.deepEqual(report.failures, []);
});

/** Two members differ on purpose: the client rewrites names under an encoding type and verifies checksums. */
function sampleOutput(model: Model, name: string): Record<string, unknown> {
  const ref = model.rows.get(name)?.output ?? null;
  const stream = model.operations.get(name)?.streamingOutput;
  if (ref === null) return {};
  const sample = new Samples(model).structure(ref);
  const kept = Object.entries(sample).filter(
    ([member]) => !/^(EncodingType|Expires|ExpiresString|[Cc]hecksum.*)$/.test(member),
  );
  const body = Buffer.from("streamed bytes");
  const streamed = stream === undefined ? {} : { [stream]: body };
  const length = stream !== undefined && "ContentLength" in sample ? { ContentLength: body.length } : {};
  return { ...Object.fromEntries(kept), ...streamed, ...length };
}

const names = new Map<Model, Set<string>>();

function memberNames(model: Model): Set<string> {
  const known = names.get(model);
  if (known) return known;
  const found = new Set<string>();
  for (const shape of model.shapes) {
    if (shape.type === "structure" || shape.type === "union") for (const [name] of shape.members) found.add(name);
  }
  names.set(model, found);
  return found;
}

/** As JSON shows it to the script: bytes in base64, times in whole seconds. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Date) return `${value.toISOString().slice(0, 19)}Z`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}
