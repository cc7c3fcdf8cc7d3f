/** AssumeRoleWithWebIdentity against an issuer that answers over HTTPS: the token alone lets its bearer in. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { ManualClock } from "../../src/base/index.js";
import { caFile, localCertificate } from "../../src/gateway/certificates.js";
import { jsonFetcher } from "../../src/services/sts/web-identity/fetch-json.js";
import { type TestIssuer, testIssuer } from "../../src/services/sts/web-identity/testing.js";
import { clientsOf } from "../harness/clients.js";
import { errorOf, policyOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("web-identity");
const started = Math.floor((performance.timeOrigin + performance.now()) / 1000);
const asked: string[] = [];
let issuer: TestIssuer;
let documents: Readonly<Record<string, unknown>> = {};
const clock = new ManualClock(started * 1000);
const site = createServer(await localCertificate(folder, clock, randomBytes), (request, response) => {
  if (request.url === "/silent") return;
  if (request.url === "/moved") return void response.writeHead(302, { location: "/keys" }).end();
  if (request.url === "/long") return void response.end(`"${"x".repeat(300_000)}"`);
  if (request.url === "/page") return void response.end("<html>");
  asked.push(request.url ?? "");
  response.end(JSON.stringify(documents[`${issuer.url}${request.url}`]));
});
let server: Server;

before(async () => {
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  issuer = testIssuer("rsa", `https://localhost:${(site.address() as AddressInfo).port}`); // it listens on a port
  documents = issuer.documents();
  server = await startServer({ dataFolder: join(folder, "data"), flags: ["--oidc-ca", caFile(folder)] });
});
after(async () => {
  site.closeAllConnections();
  site.close();
  await server.stop();
  removeFolder(folder);
});

test("a token of a configured issuer opens a session; the trail says who came", async () => {
  const root = clientsOf(server);
  const { OpenIDConnectProviderArn: provider = "" } = await root.iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer.url, ClientIDList: ["app"] }),
  );
  const hostPath = issuer.url.slice("https://".length);
  const trust = policyOf({
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: { [`${hostPath}:sub`]: "ada", [`${hostPath}:aud`]: "app" } },
  });
  const { Statement } = JSON.parse(trust);
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: Statement.map(({ Resource: _, ...rest }: { Resource: string }) => ({
      ...rest,
      Principal: { Federated: provider },
    })),
  });
  const { Role } = await root.iam.send(new CreateRoleCommand({ RoleName: "deploy", AssumeRolePolicyDocument }));
  const PolicyDocument = policyOf({ Action: "s3:ListAllMyBuckets" });
  await root.iam.send(new PutRolePolicyCommand({ RoleName: "deploy", PolicyName: "own", PolicyDocument }));

  const nobody = clientsOf(server, { unsigned: true });
  const assume = (claims: object) => {
    const now = Math.floor((performance.timeOrigin + performance.now()) / 1000);
    const token = issuer.token({ iss: issuer.url, sub: "ada", aud: "app", iat: now, exp: now + 300, ...claims });
    return nobody.sts.send(
      new AssumeRoleWithWebIdentityCommand({ RoleArn: Role?.Arn, RoleSessionName: "night", WebIdentityToken: token }),
    );
  };
  const refusals: [object, string][] = [
    [{ sub: "eve" }, "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"],
    [{ aud: "other" }, "InvalidIdentityToken: Incorrect token audience"],
    [
      { iss: "https://localhost" },
      "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://localhost",
    ],
  ];
  for (const [claims, words] of refusals) {
    const error = await errorOf(assume(claims));
    assert.equal(`${error?.name.replace(/Exception$/, "")}: ${error?.message}`, words);
  }
  assert.equal((await errorOf(assume({ exp: started - 1 })))?.name, "ExpiredTokenException");

  const { Credentials, ...rest } = await assume({});
  assert.deepEqual([rest.Provider, rest.Audience, rest.SubjectFromWebIdentityToken], [provider, "app", "ada"]);
  const session = clientsOf(server, {
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    },
  });
  const { Arn } = await session.sts.send(new GetCallerIdentityCommand({}));
  assert.match(Arn ?? "", /:assumed-role\/deploy\/night$/);
  await session.s3.send(new ListBucketsCommand({}));
  assert.deepEqual(new Set(asked), new Set(["/.well-known/openid-configuration", "/keys"]));

  const { Events = [] } = await root.cloudtrail.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "AssumeRoleWithWebIdentity" }],
    }),
  );
  const records = Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent));
  const { userIdentity, responseElements, requestParameters } = records.find(
    ({ errorCode }) => errorCode === undefined,
  );
  assert.deepEqual(userIdentity, {
    type: "WebIdentityUser",
    principalId: `${provider}:app:ada`,
    userName: "ada",
    identityProvider: provider,
  });
  assert.deepEqual(requestParameters, { roleArn: Role?.Arn, roleSessionName: "night" });
  assert.equal(responseElements.provider, provider);
  const denied = records.find(({ errorCode }) => errorCode === "AccessDenied");
  assert.equal(denied?.userIdentity.userName, "eve");
});

test("an issuer that is not trusted, moves, talks without end or not at all is given up", async () => {
  const own = new ManualClock();
  const ca = readFileSync(caFile(folder), "utf8");
  const fetchJson = jsonFetcher({ clock: own, ca });
  assert.deepEqual(await fetchJson(`${issuer.url}/keys`), documents[`${issuer.url}/keys`]);
  await assert.rejects(jsonFetcher({ clock: own })(`${issuer.url}/keys`), /certificate/);
  await assert.rejects(fetchJson(`${issuer.url}/moved`), /status 302/);
  await assert.rejects(fetchJson(`${issuer.url}/long`), /too long/);
  await assert.rejects(fetchJson(`${issuer.url}/page`), SyntaxError);
  const silent = assert.rejects(fetchJson(`${issuer.url}/silent`), { name: "AbortError" });
  own.advance(5000);
  await silent;
});
