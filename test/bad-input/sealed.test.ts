/** A root of trust that somebody must open: nothing is answered before, a wrong offer opens nothing, the right one does. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { CreateKeyCommand, ListKeysCommand } from "@aws-sdk/client-kms";
import { clientsOf } from "../harness/clients.js";
import { codeOf } from "../harness/people.js";
import { sendPlain } from "../harness/raw.js";
import { newFolder, removeFolder, rootCredentials, type Server, startServer } from "../harness/server.js";
import { strongroom } from "../harness/tools.js";

const PASSPHRASE = "correct horse battery staple";
const folder = newFolder("sealed");
after(() => removeFolder(folder));

const health = async (server: Server) => {
  const { status, text } = await sendPlain(server, "GET", "/_strongroom/health", {});
  return [status, JSON.parse(text).status];
};

const unseal = (server: Server, ...offers: readonly string[]) =>
  strongroom(["unseal", "--data", server.dataFolder, "--port", String(server.port)], offers);

const offer = (server: Server, body: string) => sendPlain(server, "POST", "/_strongroom/unseal", {}, body);

/** What is asked of a sealed server, and what each is told. */
async function assertSealed(server: Server): Promise<void> {
  assert.deepEqual(await health(server), [503, "sealed"]);
  const credentials = { accessKeyId: "AKIAAAAAAAAAAAAAAAAA", secretAccessKey: "x" };
  const { kms } = clientsOf(server, { credentials });
  assert.equal(await codeOf(kms.send(new ListKeysCommand({}))), "ServiceUnavailable");
  for (const path of ["/", "/bucket/key", "/_strongroom/api/ListAccounts", "/_strongroom/none"])
    assert.equal((await sendPlain(server, "POST", path, {})).status, 503, path);
}

/** The root user makes or sees keys: the house is open, with what it had. */
async function assertOpen(server: Server, keys: number): Promise<void> {
  assert.deepEqual(await health(server), [200, "open"]);
  const { kms } = clientsOf(server, { credentials: rootCredentials(server.dataFolder) });
  for (let asked = 0; asked < 4; asked += 1)
    assert.equal((await kms.send(new ListKeysCommand({}))).Keys?.length, keys, "on either worker");
}

const makeKey = (server: Server) =>
  clientsOf(server, { credentials: rootCredentials(server.dataFolder) }).kms.send(new CreateKeyCommand({}));

test("a passphrase: weak ones are refused, a wrong one opens nothing, the right one opens", async () => {
  const dataFolder = join(folder, "passphrase");
  const init = (passphrase: string) => strongroom(["init", "--data", dataFolder, "--root", "passphrase"], [passphrase]);
  const weak = await init("short");
  assert.deepEqual([weak.code, /at least 12 bytes/.test(weak.stderr)], [1, true], weak.stderr);
  assert.equal((await init(PASSPHRASE)).code, 0);
  assert.match((await init(PASSPHRASE)).stderr, /is a data folder already/);

  let server = await startServer({ dataFolder, sealed: true });
  assert.match(server.output(), /Strongroom is sealed/);
  await assertSealed(server);
  const wrong = await unseal(server, `${PASSPHRASE}r`);
  assert.deepEqual(
    [wrong.code, wrong.stderr.includes("The passphrase does not open the root of trust.")],
    [1, true],
    wrong.stderr,
  );
  await assertSealed(server);
  const opened = await unseal(server, PASSPHRASE);
  assert.equal(opened.stdout, "The server is open.\n", opened.stderr);
  await assertOpen(server, 0);
  await makeKey(server);
  assert.doesNotMatch(server.output(), /horse/);
  assert.equal(await server.stop(), 0);

  server = await startServer({ dataFolder, sealed: true });
  await assertSealed(server);
  assert.equal((await unseal(server, PASSPHRASE)).code, 0);
  await assertOpen(server, 1);
  await server.stop();
});

test("offers that are none, too large or of another kind are refused, and the server waits on", async () => {
  const dataFolder = join(folder, "offers");
  await strongroom(["init", "--data", dataFolder, "--root", "passphrase"], [PASSPHRASE]);
  const server = await startServer({ dataFolder, sealed: true });
  for (const body of ["", "nothing", "[]", "null", "{}", '{"passphrase":7}', '{"share":null}'])
    assert.equal((await offer(server, body)).status, 400, body);
  assert.equal((await offer(server, `{"passphrase":"${"x".repeat(5000)}"}`)).status, 413);
  for (const body of [
    '{"share":"x"}',
    '{"passphrase":""}',
    '{"passphrase":"short"}',
    '{"share":"1-2-3","passphrase":"x"}',
  ]) {
    const { status, text } = await offer(server, body);
    assert.deepEqual([status, JSON.parse(text).state], [403, "refused"], `${body}: ${text}`);
  }
  await assertSealed(server);
  const right = JSON.stringify({ passphrase: PASSPHRASE });
  const answers = await Promise.all([
    offer(server, right),
    offer(server, right),
    offer(server, '{"passphrase":"a wrong one, too"}'),
  ]);
  assert.equal(answers.filter(({ status }) => status === 200).length >= 2, true, "two owners at once");
  await assertOpen(server, 0);
  assert.equal(await server.stop(), 0);
});

test("three of five shares open, two do not, a wrong or foreign one is refused", async () => {
  const [dataFolder, other] = [join(folder, "shares"), join(folder, "other-shares")];
  const made = async (data: string) => {
    const { stdout } = await strongroom([
      "init",
      "--data",
      data,
      "--root",
      "shares",
      "--shares",
      "5",
      "--threshold",
      "3",
    ]);
    return stdout.split("\n").slice(1, 6);
  };
  const [shares, foreign] = [await made(dataFolder), await made(other)];
  const [a = "", b = "", c = "", d = "", e = ""] = shares;
  let server = await startServer({ dataFolder, sealed: true });
  await assertSealed(server);
  const two = await unseal(server, a, b);
  assert.match(two.stdout, /1 of 3 shares\n2 of 3 shares/);
  assert.equal(two.code, 2, "there is nothing more to read");
  await assertSealed(server);
  const third = await unseal(server, foreign[2] ?? "");
  assert.match(third.stderr, /share/);
  assert.equal(third.code, 1);
  await assertSealed(server);
  const mistyped = await unseal(server, b, c, `${d.slice(0, -1)}${d.endsWith("0") ? "1" : "0"}`);
  assert.equal(mistyped.code, 1, mistyped.stdout);
  assert.match(mistyped.stderr, /share/);
  const twice = await unseal(server, e, e);
  assert.doesNotMatch(twice.stdout, /open/, "the same share twice is one share");
  await assertSealed(server);
  await server.stop();

  server = await startServer({ dataFolder, sealed: true });
  assert.match((await unseal(server, e, a, d)).stdout, /The server is open/);
  await assertOpen(server, 0);
  for (const share of [...shares, ...foreign]) assert.ok(!server.output().includes(share));
  await server.stop();
});

test("rekey while the server runs: the old passphrase opens no more, the new root does, data stays", async () => {
  const dataFolder = join(folder, "rekey");
  await strongroom(["init", "--data", dataFolder, "--root", "passphrase"], [PASSPHRASE]);
  let server = await startServer({ dataFolder, sealed: true });
  await unseal(server, PASSPHRASE);
  await makeKey(server);
  const rekey = (kind: string, ...lines: string[]) =>
    strongroom(["rekey", "--data", dataFolder, "--new-root", kind], lines);
  const wrong = await rekey("passphrase", "not this one, sorry", "another one entirely");
  assert.deepEqual([wrong.code, /does not open/.test(wrong.stderr)], [1, true], wrong.stderr);
  const done = await rekey("passphrase", PASSPHRASE, "another one entirely");
  assert.equal(done.code, 0, done.stderr);
  await assertOpen(server, 1);
  await makeKey(server);
  await server.kill();

  server = await startServer({ dataFolder, sealed: true });
  assert.equal((await unseal(server, PASSPHRASE)).code, 1);
  await assertSealed(server);
  assert.equal((await unseal(server, "another one entirely")).code, 0);
  await assertOpen(server, 2);
  assert.equal((await rekey("file", "another one entirely")).code, 0);
  await server.stop();

  server = await startServer({ dataFolder });
  await assertOpen(server, 2);
  await server.stop();
});

test("--passphrase-file opens at start; a wrong one ends the start with a sentence", async () => {
  const dataFolder = join(folder, "from-file");
  await strongroom(["init", "--data", dataFolder, "--root", "passphrase"], [PASSPHRASE]);
  const [right, wrong] = [join(folder, "right"), join(folder, "wrong")];
  writeFileSync(right, `${PASSPHRASE}\n`, { mode: 0o600 });
  writeFileSync(wrong, "some other sentence\n", { mode: 0o600 });
  const start = (file: string) => ["up", "--data", dataFolder, "--port", "0", "--passphrase-file", file];
  const refused = await strongroom(start(wrong));
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /The passphrase does not open/);
  const missing = await strongroom(start(join(folder, "none")));
  assert.notEqual(missing.code, 0);
  assert.match(missing.stderr, /^strongroom: .*none/m);
  const server = await startServer({ dataFolder, flags: ["--passphrase-file", right] });
  await assertOpen(server, 0);
  await server.stop();
});
