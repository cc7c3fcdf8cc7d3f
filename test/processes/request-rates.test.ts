import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CreateKeyCommand, DescribeKeyCommand, EncryptCommand } from "@aws-sdk/client-kms";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("rates");
let server: Server;
let root: Clients;
let KeyId: string;

before(async () => {
  const flags = ["--kms-rates", "symmetric=12,DescribeKey=0.01"];
  server = await startServer({ dataFolder: `${folder}/data`, workers: 3, flags });
  root = clientsOf(server);
  KeyId = (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? "";
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const encrypt = (clients: Clients) =>
  codeOf(clients.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x") })));

test("all workers together keep to one rate", async () => {
  const connections = Array.from({ length: 6 }, () => clientsOf(server));
  const beganMs = performance.now();
  const codes = (
    await Promise.all(connections.flatMap((each) => Array.from({ length: 10 }, () => encrypt(each))))
  ).sort();
  const seconds = (performance.now() - beganMs) / 1000;
  const passed = codes.filter((code) => code === "none").length;
  assert.ok(passed >= 12 && passed <= 12 + Math.ceil(seconds * 12), `${passed} passed in ${seconds} s`);
  assert.deepEqual([...new Set(codes)], ["ThrottlingException", "none"]);
});

test("a rate below one a second lets one pass, then none for long; the refusal is in the trail", async () => {
  const describe = () => codeOf(root.kms.send(new DescribeKeyCommand({ KeyId })));
  assert.deepEqual([await describe(), await describe()], ["none", "ThrottlingException"]);
  const lookup = new LookupEventsCommand({
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "DescribeKey" }],
  });
  const { Events = [] } = await root.cloudtrail.send(lookup);
  const record = JSON.parse(Events[0]?.CloudTrailEvent ?? "{}");
  assert.equal(record.errorCode, "ThrottlingException");
  assert.equal(
    record.errorMessage,
    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
  );
});
