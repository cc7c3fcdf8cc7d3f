/** Promise I1: no plaintext at rest, on the running server's disk and on what a kill -9 leaves behind. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ListKeysCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { clientsOf } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { Canaries } from "./canaries.js";
import { SERVICES } from "./services.js";
import { stageOf } from "./stage.js";

const folder = newFolder("i1");
const [dataFolder, temporary] = [join(folder, "data"), join(folder, "tmp")];
const canaries = new Canaries();
let server: Server;

before(async () => {
  mkdirSync(temporary);
  server = await startServer({ dataFolder, environment: { TMPDIR: temporary } });
  const stage = await stageOf(server);
  for (const service of SERVICES) await service.plantCanaries(stage, canaries);
  await plantAtTheDoor();
});
after(async () => {
  await server.kill();
  removeFolder(folder);
});

/** What never gets as far as a service: unknown callers, broken bodies, strange headers and paths. */
async function plantAtTheDoor(): Promise<void> {
  const text = (field: string) => canaries.text(`door ${field}`);
  const strange = { accessKeyId: text("access key"), secretAccessKey: text("secret key") };
  const { kms } = clientsOf(server, { credentials: strange });
  await kms.send(new ListKeysCommand({})).catch(() => {});
  for (const target of ["TrentService.Encrypt", `TrentService.${text("target")}`, "AmazonSSM.GetParameter"]) {
    await post(
      { "x-amz-target": target, "user-agent": text("user agent") },
      `/?${text("query")}`,
      `{"${text("broken json")}`,
    );
  }
  const authorization = `AWS4-HMAC-SHA256 Credential=${text("credential")}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${text("signature")}`;
  await post({ authorization, cookie: text("cookie") }, `/${text("path")}/${text("path")}`, text("body"));
  await post({ "content-type": "application/x-www-form-urlencoded" }, "/", `Action=${text("action")}&Version=1`);
  await post({ "content-type": "application/xml" }, `/${text("bucket")}?tagging`, `<${text("broken xml")}`);
  await post({}, `/_strongroom/${text("house path")}`, text("house body"));
}

function post(headers: Record<string, string>, path: string, body: string): Promise<void> {
  return new Promise((resolve) => {
    const options = { port: server.port, host: "127.0.0.1", method: "POST", path, headers };
    const sent = request(options, (response) => response.resume().on("close", resolve));
    sent.on("error", () => resolve()); // cut off: an answer too
    sent.end(body);
  });
}

test("the search finds every form of a canary and of a secret, in names too, and nothing in other bytes", async (t) => {
  const own = new Canaries();
  const text = own.text("planted");
  own.secret("secret", Buffer.from("0123456789abcdef0123456789abcdef", "hex"));
  const planted = join(folder, "planted");
  mkdirSync(planted);
  t.after(() => rmSync(planted, { recursive: true }));
  const hides: [string, Buffer][] = [
    ["plain", Buffer.from(`xx${text}yy`)],
    ["hex", Buffer.from(Buffer.from(text).toString("hex"))],
    ["utf16", Buffer.from(text, "utf16le")],
    ...[0, 1, 2].map((shift): [string, Buffer] => [
      `base64-${shift}`,
      Buffer.from(Buffer.from(`${"x".repeat(shift)}${text}zz`).toString("base64")),
    ]),
    ["across-pieces", Buffer.concat([Buffer.alloc(4 * 1024 * 1024 - 5), Buffer.from(text)])],
    ["secret", Buffer.from("0123456789abcdef0123456789abcdef", "hex")],
    ["secret-base64", Buffer.from(Buffer.from("0123456789abcdef0123456789abcdef", "hex").toString("base64"))],
    [text, Buffer.from("in the name")],
  ];
  for (const [name, bytes] of hides) writeFileSync(join(planted, name), bytes);
  writeFileSync(join(planted, "innocent"), Buffer.alloc(100_000, "nothing to see "));
  const { findings } = await own.searchFolders([planted]);
  for (const [name] of hides)
    assert.ok(
      findings.some(({ place }) => place.endsWith(name)),
      `found in ${name}`,
    );
  assert.equal(
    findings.some(({ place }) => place.endsWith("innocent")),
    false,
  );
  const named = new Set(findings.filter(({ field }) => field === "planted").map(({ place }) => place));
  assert.equal(named.size, 8);
});

test("the search finds the bodies of a house that was told not to seal them", async (t) => {
  const own = new Canaries();
  const environment = { STRONGROOM_BENCH_NO_SEAL: "1" };
  const open = await startServer({ dataFolder: join(folder, "open"), workers: 1, environment });
  t.after(() => open.stop());
  const { s3 } = clientsOf(open);
  await s3.send(new CreateBucketCommand({ Bucket: "open" }));
  await s3.send(new PutObjectCommand({ Bucket: "open", Key: "o", Body: own.body("open body", 200_000) }));
  const { findings } = await own.searchFolders([open.dataFolder]);
  assert.ok(findings.some(({ field, form }) => field === "open body" && form === "plain"));
});

test("no canary lies on the disk or in the log while the server runs", async (t) => {
  t.diagnostic(`${canaries.count} canaries`);
  assert.ok(canaries.count > 150);
  await assertClean(t, "running");
});

test("no canary lies on the disk after kill -9 in the middle of an upload", async (t) => {
  await server.kill();
  await assertClean(t, "killed");
});

async function assertClean(t: { diagnostic(text: string): void }, when: string): Promise<void> {
  const { findings, files, bytes } = await canaries.searchFolders([dataFolder, temporary]);
  t.diagnostic(`${when}: ${files} files, ${bytes} bytes searched`);
  assert.ok(bytes > 8_500_000, "the bodies lie there, and the upload that was cut off");
  assert.deepEqual([...findings, ...canaries.searchBytes("the log", Buffer.from(server.output()))], []);
}
