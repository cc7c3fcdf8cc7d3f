import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CreateKeyCommand, EncryptCommand, GetKeyLastUsageCommand } from "@aws-sdk/client-kms";
import type { HttpRequest } from "@smithy/types";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf, newUser } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

// What a call itself brings, from the socket to the answer.

const folder = newFolder("kms-calls");
let server: Server;
let root: Clients;
let KeyId: string;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data`, workers: 1 });
  root = clientsOf(server);
  KeyId = (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? "";
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const encryptAs = (clients: Clients) => clients.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x") }));

test("the last use of a key names the event and the request that the trail has", async () => {
  const { $metadata } = await encryptAs(root);
  const { KeyLastUsage } = await root.kms.send(new GetKeyLastUsageCommand({ KeyId }));
  assert.equal(KeyLastUsage?.Operation, "Encrypt");
  assert.equal(KeyLastUsage?.KmsRequestId, $metadata.requestId);
  const LookupAttributes = [{ AttributeKey: "EventId", AttributeValue: KeyLastUsage?.CloudTrailEventId } as const];
  const { Events = [] } = await root.cloudtrail.send(new LookupEventsCommand({ LookupAttributes }));
  assert.deepEqual([Events.length, Events[0]?.EventName], [1, "Encrypt"]);
  assert.equal(JSON.parse(Events[0]?.CloudTrailEvent ?? "{}").requestID, $metadata.requestId);
});

test("aws:Referer is the header, and a request without it does not have it", async () => {
  const Condition = { StringEquals: { "aws:Referer": "https://example.com/" } };
  const user = await newUser(server, root, "referred", { Action: "kms:Encrypt", Condition });
  const coming = (referer?: string) => {
    const clients = clientsOf(server, { credentials: user.credentials });
    clients.kms.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as HttpRequest; // what the client is about to send
        if (referer !== undefined) request.headers["referer"] = referer;
        return next(args);
      },
      { step: "build", name: "referer" },
    );
    return codeOf(encryptAs(clients));
  };
  assert.equal(await coming("https://example.com/"), "none");
  assert.equal(await coming("https://example.org/"), "AccessDeniedException");
  assert.equal(await coming(), "AccessDeniedException");
});
