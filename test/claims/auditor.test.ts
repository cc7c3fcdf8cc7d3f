import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Event, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CreateKeyCommand, DescribeKeyCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf, newRole, newUser, type Person } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

/** Three teams, three kinds of data, a key each: what an auditor learns who may look at the event history and at nothing else. */

const KINDS = ["payroll", "medical", "marketing"] as const;
type Kind = (typeof KINDS)[number];

const folder = newFolder("claims-auditor");
let server: Server;
let root: Clients;
let auditor: Person;
const keys = new Map<Kind, string>();
const teams = new Map<Kind, Person>();

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
  root = clientsOf(server);
  const account = (await root.sts.send(new GetCallerIdentityCommand({}))).Account ?? "";
  await root.s3.send(new CreateBucketCommand({ Bucket: "records" }));
  for (const kind of KINDS) {
    const tags = [{ TagKey: "kind-of-data", TagValue: kind }];
    const { KeyMetadata } = await root.kms.send(new CreateKeyCommand({ Tags: tags }));
    const keyArn = KeyMetadata?.Arn ?? "";
    keys.set(kind, keyArn);
    // Every team may touch every object: the key alone keeps the kinds of data apart.
    const team = await newRole(
      server,
      root,
      account,
      `team-${kind}`,
      { Action: ["s3:GetObject", "s3:PutObject", "s3:PutObjectTagging"] },
      { Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: keyArn },
    );
    teams.set(kind, team);
  }
  auditor = await newUser(server, root, "auditor", { Action: "cloudtrail:LookupEvents" });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const as = (kind: Kind) => teams.get(kind)?.clients ?? root;
const objectOf = (kind: Kind) => `${kind}/file.txt`;

const put = (kind: Kind) =>
  as(kind).s3.send(
    new PutObjectCommand({
      Bucket: "records",
      Key: objectOf(kind),
      Body: `what ${kind} keeps`,
      Tagging: `kind-of-data=${kind}`,
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: keys.get(kind),
    }),
  );

const get = async (reader: Kind, kind: Kind) => {
  const { Body } = await as(reader).s3.send(new GetObjectCommand({ Bucket: "records", Key: objectOf(kind) }));
  return Body?.transformToString();
};

interface Story {
  readonly team: string;
  readonly kind: string;
  readonly key: string;
  readonly object: string | null;
  readonly service: string;
  readonly refused: boolean;
}

async function look(AttributeKey: "EventName" | "ResourceName" | "Username", AttributeValue: string): Promise<Event[]> {
  const cloudtrail = auditor.clients.cloudtrail;
  const found: Event[] = [];
  for (let NextToken: string | undefined, more = true; more; more = NextToken !== undefined) {
    const LookupAttributes = [{ AttributeKey, AttributeValue }];
    const page = await cloudtrail.send(new LookupEventsCommand({ LookupAttributes, NextToken, MaxResults: 50 }));
    found.push(...(page.Events ?? []));
    NextToken = page.NextToken;
  }
  return found;
}

const recordOf = (event: Event) => JSON.parse(event.CloudTrailEvent ?? "{}");

/** What each key is for: its maker said so, and the trail kept it. */
async function kindsOfKeys(): Promise<Map<string, string>> {
  const made = (await look("EventName", "CreateKey")).map(recordOf);
  return new Map(
    made.map(({ responseElements, requestParameters }) => [
      responseElements.keyMetadata.arn,
      requestParameters.tags[0].tagValue,
    ]),
  );
}

async function stories(): Promise<Story[]> {
  const kinds = await kindsOfKeys();
  const opened = (await look("EventName", "Decrypt")).map(recordOf);
  return opened.map((record) => {
    // A refused call's record shows no parameters, as AWS's does not: its message names the key.
    const named = /arn:aws:kms:[\w:-]+key\/[\w-]+/.exec(record.errorMessage ?? "")?.[0];
    const key = record.resources?.[0]?.ARN ?? named ?? "";
    return {
      team: record.userIdentity.sessionContext.sessionIssuer.userName,
      kind: kinds.get(key) ?? "unknown",
      key,
      object: record.requestParameters?.encryptionContext["aws:s3:arn"] ?? null,
      service: record.userIdentity.invokedBy,
      refused: record.errorCode === "AccessDenied",
    };
  });
}

test("A3: from the event history alone: which team read which kind of data, which key opened it, and who was refused", async () => {
  for (const kind of KINDS) {
    await put(kind);
    assert.equal(await get(kind, kind), `what ${kind} keeps`);
  }
  assert.equal(await codeOf(get("marketing", "payroll")), "AccessDenied");
  assert.equal(await codeOf(get("marketing", "medical")), "AccessDenied");
  const told = await stories();
  const story = (reader: Kind, kind: Kind, refused: boolean): Story => ({
    team: `team-${reader}`,
    kind,
    key: keys.get(kind) ?? "",
    object: refused ? null : `arn:aws:s3:::records/${objectOf(kind)}`,
    service: "s3.amazonaws.com",
    refused,
  });
  const expected = [
    ...KINDS.map((kind) => story(kind, kind, false)),
    story("marketing", "payroll", true),
    story("marketing", "medical", true),
  ];
  const inOrder = (list: readonly Story[]) => list.map((each) => JSON.stringify(each)).sort();
  assert.deepEqual(inOrder(told), inOrder(expected));
});

test("the same is found by the key: every use of the payroll key, and nobody else's", async () => {
  const key = keys.get("payroll") ?? "";
  const uses = (await look("ResourceName", key)).map(recordOf);
  const readers = uses.filter(({ eventName, errorCode }) => eventName === "Decrypt" && errorCode === undefined);
  assert.deepEqual(
    readers.map((record) => record.userIdentity.sessionContext.sessionIssuer.userName),
    ["team-payroll"],
  );
  assert.ok(uses.every((record) => record.resources.some((resource: { ARN: string }) => resource.ARN === key)));
});

test("reads of objects are data events, which the history does not show; the auditor may do nothing else", async () => {
  assert.deepEqual(await look("EventName", "GetObject"), []);
  const { kms, s3 } = auditor.clients;
  const KeyId = keys.get("payroll") ?? "";
  assert.equal(await codeOf(kms.send(new DescribeKeyCommand({ KeyId }))), "AccessDeniedException");
  assert.equal(
    await codeOf(s3.send(new GetObjectCommand({ Bucket: "records", Key: objectOf("payroll") }))),
    "AccessDenied",
  );
  const team = as("payroll").cloudtrail;
  assert.equal(await codeOf(team.send(new LookupEventsCommand({}))), "AccessDeniedException");
});
