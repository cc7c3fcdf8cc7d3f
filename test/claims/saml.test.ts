/** AssumeRoleWithSAML with assertions that xmlsec1 signed: the AWS CLI and boto3 get in by nothing else. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CreateRoleCommand, PutRolePolicyCommand, UpdateSAMLProviderCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { AssumeRoleWithSAMLCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { testIdp } from "../../src/identity/saml/testing.js";
import { aws, awsEnvironment, clientsOf, hasProgram, runProgram } from "../harness/clients.js";
import { errorOf, policyOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("saml");
const ISSUER = "https://idp.example.com/saml";
const RECIPIENT = "https://signin.aws.amazon.com/saml";
const [OWN, NEIGHBOUR] = ["readers-own", "readers-neighbour"];
const [idp, stranger] = await Promise.all([testIdp("rsa", ISSUER), testIdp("rsa", ISSUER)]);
const missing = (await hasProgram("xmlsec1")) ? false : "xmlsec1 is not installed";
const hasAws = await hasProgram("aws");
const hasBoto3 = (await runProgram("python3", ["-c", "import boto3"]).catch(() => ({ code: 1 }))).code === 0;
let server: Server;
let [roleArn, providerArn] = ["", ""];

before(async () => {
  server = await startServer({ dataFolder: join(folder, "data") });
  const root = clientsOf(server);
  const { Account } = await root.sts.send(new GetCallerIdentityCommand({}));
  roleArn = `arn:aws:iam::${Account}:role/reader`;
  providerArn = `arn:aws:iam::${Account}:saml-provider/Corp`;
  for (const Bucket of [OWN, NEIGHBOUR]) {
    await root.s3.send(new CreateBucketCommand({ Bucket }));
    await root.s3.send(new PutObjectCommand({ Bucket, Key: "note", Body: "for readers" }));
  }
  const trust = {
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
    Condition: { StringEquals: { "SAML:aud": RECIPIENT, "SAML:sub": "ada" } },
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  await root.iam.send(new CreateRoleCommand({ RoleName: "reader", AssumeRolePolicyDocument }));
  const PolicyDocument = policyOf({ Action: "s3:GetObject", Resource: `arn:aws:s3:::${OWN}/*` });
  await root.iam.send(new PutRolePolicyCommand({ RoleName: "reader", PolicyName: "own", PolicyDocument }));
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const now = () => performance.timeOrigin + performance.now();
const time = (ms: number) => new Date(ms).toISOString();

interface Wanted {
  readonly subject?: string;
  readonly idp?: typeof idp;
  readonly hash?: "sha1" | "sha256";
  /** Changes what xmlsec1 signed. */
  readonly after?: (text: string) => string;
}

/** A response as identity providers write them: indented, namespaces from above, types, single quotes; base 64 in a file. */
async function response({ subject = "ada", idp: by = idp, hash = "sha256", after: change }: Wanted = {}) {
  const path = join(folder, `response-${randomUUID()}`);
  const pem = by.privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(`${path}.key`, pem, { mode: 0o600 });
  writeFileSync(`${path}.xml`, template(subject, hash));
  const id = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion";
  const args = [
    "--sign",
    "--privkey-pem",
    `${path}.key`,
    "--id-attr:ID",
    id,
    "--output",
    `${path}.signed`,
    `${path}.xml`,
  ];
  const done = await runProgram("xmlsec1", args);
  assert.equal(done.code, 0, done.stderr);
  const signed = readFileSync(`${path}.signed`, "utf8");
  const text = change?.(signed) ?? signed;
  assert.equal(text !== signed, change !== undefined);
  writeFileSync(path, Buffer.from(text).toString("base64"));
  return path;
}

const template = (subject: string, hash: "sha1" | "sha256") => `<?xml version='1.0' encoding='UTF-8'?>
<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="_response" Version="2.0" IssueInstant='${time(now())}'>
  <saml:Issuer>${ISSUER}</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
  <saml:Assertion Version="2.0" ID="_assertion" IssueInstant='${time(now())}' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
    <saml:Issuer>${ISSUER}</saml:Issuer>
    <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
      <ds:SignedInfo>
        <ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
        <ds:SignatureMethod Algorithm="${hash === "sha1" ? "http://www.w3.org/2000/09/xmldsig#rsa-sha1" : "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"}"/>
        <ds:Reference URI="#_assertion">
          <ds:Transforms>
            <ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>
            <ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">
              <ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/>
            </ds:Transform>
          </ds:Transforms>
          <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
          <ds:DigestValue/>
        </ds:Reference>
      </ds:SignedInfo>
      <ds:SignatureValue/>
    </ds:Signature>
    <saml:Subject>
      <saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${subject}</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <saml:SubjectConfirmationData Recipient="${RECIPIENT}" NotOnOrAfter="${time(now() + 240_000)}"/>
      </saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotOnOrAfter="${time(now() + 240_000)}" NotBefore="${time(now())}">
      <saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction>
    </saml:Conditions>
    <saml:AttributeStatement>
      ${attribute("Role", `${roleArn},${providerArn}`)}
      ${attribute("RoleSessionName", "ada@example.com")}
      ${attribute("PrincipalTag:Team", "blue-green")}
    </saml:AttributeStatement>
  </saml:Assertion>
</samlp:Response>
`;

const attribute = (name: string, value: string) =>
  `<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/${name}" NameFormat='urn:oasis:names:tc:SAML:2.0:attrname-format:uri'><saml:AttributeValue xsi:type="xs:string">${value}</saml:AttributeValue></saml:Attribute>`;

const assume = (path: string) =>
  clientsOf(server, { unsigned: true }).sts.send(
    new AssumeRoleWithSAMLCommand({
      RoleArn: roleArn,
      PrincipalArn: providerArn,
      SAMLAssertion: readFileSync(path, "utf8"),
    }),
  );

test("the AWS CLI makes a provider and gets in by an assertion; the session reads its own and not its neighbour", {
  skip: missing || (hasAws ? false : "the AWS CLI is not installed"),
}, async () => {
  writeFileSync(join(folder, "metadata.xml"), idp.metadata());
  const made = await aws(server, [
    ...["iam", "create-saml-provider", "--name", "Corp"],
    ...["--saml-metadata-document", `file://${join(folder, "metadata.xml")}`],
  ]);
  assert.deepEqual(JSON.parse(made.stdout || made.stderr), { SAMLProviderArn: providerArn });
  const assumed = await aws(server, [
    ...["sts", "assume-role-with-saml", "--role-arn", roleArn, "--principal-arn", providerArn],
    ...["--saml-assertion", `file://${await response()}`, "--duration-seconds", "900"],
  ]);
  assert.equal(assumed.code, 0, assumed.stderr);
  const { Credentials, Subject, SubjectType, Issuer, Audience } = JSON.parse(assumed.stdout);
  assert.deepEqual([Subject, SubjectType, Issuer, Audience], ["ada", "persistent", ISSUER, RECIPIENT]);
  const credentials = {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  };
  const read = (bucket: string) =>
    aws(server, ["s3api", "get-object", "--bucket", bucket, "--key", "note", join(folder, "read")], { credentials });
  const own = await read(OWN);
  assert.equal(own.code, 0, own.stderr);
  assert.equal(readFileSync(join(folder, "read"), "utf8"), "for readers");
  assert.match((await read(NEIGHBOUR)).stderr, /\(AccessDenied\).*assumed-role\/reader\/ada@example.com/);
});

test("boto3 gets in by an assertion alone", {
  skip: missing || (hasBoto3 ? false : "python3 with boto3 is not installed"),
}, async () => {
  const script = join(process.cwd(), "test", "claims", "saml_session.py");
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...environment } = awsEnvironment(server);
  const done = await runProgram("python3", [script, roleArn, providerArn, await response(), OWN, NEIGHBOUR], {
    environment,
  });
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /:assumed-role\/reader\/ada@example.com$/m);
});

test("what was not signed so by the provider opens nothing, and the answer says why", { skip: missing }, async () => {
  const refused = async (wanted: Wanted, words: string) => {
    const error = await errorOf(assume(await response(wanted)));
    assert.equal(`${error?.name.replace(/Exception$/, "")}: ${error?.message}`, words);
  };
  const INVALID = "InvalidIdentityToken: Your request included an invalid SAML response: ";
  await refused({ idp: stranger }, "InvalidIdentityToken: Response signature invalid");
  await refused({ subject: "eve" }, "AccessDenied: Not authorized to perform sts:AssumeRoleWithSAML");
  await refused(
    { subject: "eve", after: (text) => text.replace(">eve<", ">ada<") },
    "InvalidIdentityToken: Response signature invalid",
  );
  // Canonical XML drops comments, so this signature is right for every verifier that lets them in.
  await refused({ after: (text) => text.replace(">ada<", "><!-- -->ada<") }, `${INVALID}it has a comment.`);
  await refused({ subject: "eve", after: (text) => wrapped(text) }, `${INVALID}it has not exactly one assertion.`);
  await refused(
    { hash: "sha1" },
    `${INVALID}its signature's algorithm is none of RSA and ECDSA with SHA-256, SHA-384 or SHA-512.`,
  );
});

/** The signed assertion of eve goes into an extension; an unsigned copy about ada stands in its place. */
function wrapped(text: string): string {
  const assertion = /<saml:Assertion .*<\/saml:Assertion>/s.exec(text)?.[0] ?? "";
  const forged = assertion
    .replace(/<ds:Signature .*<\/ds:Signature>/s, "")
    .replace(">eve<", ">ada<")
    .replace('ID="_assertion"', 'ID="_forged"');
  return text.replace(assertion, `<samlp:Extensions>${assertion}</samlp:Extensions>${forged}`);
}

test("the trail says who came by which assertion, let in or not, and never shows the assertion", {
  skip: missing,
}, async () => {
  const { Events = [] } = await clientsOf(server).cloudtrail.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "AssumeRoleWithSAML" }],
    }),
  );
  const records = Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent));
  const taken = records.find(({ errorCode }) => errorCode === undefined);
  const nameQualifier = taken.responseElements.nameQualifier;
  assert.match(nameQualifier, /^[A-Za-z0-9+/]{27}=$/);
  assert.deepEqual(taken.userIdentity, {
    type: "SAMLUser",
    principalId: `${nameQualifier}:ada`,
    userName: "ada",
    identityProvider: nameQualifier,
  });
  const { durationSeconds: _, ...parameters } = taken.requestParameters;
  assert.deepEqual(parameters, {
    sAMLAssertionID: "_assertion",
    roleSessionName: "ada@example.com",
    principalTags: { Team: "blue-green" },
    roleArn: roleArn,
    principalArn: providerArn,
  });
  assert.deepEqual(
    taken.resources.map(({ type, ARN }: { type: string; ARN: string }) => [type, ARN]),
    [
      ["AWS::IAM::Role", roleArn],
      ["AWS::IAM::SAMLProvider", providerArn],
    ],
  );
  const denied = records.find(({ errorCode }) => errorCode === "AccessDenied");
  assert.equal(denied.userIdentity.userName, "eve");
  // Who is not proven writes into no account's history.
  assert.ok(records.every(({ errorCode }) => errorCode !== "InvalidIdentityToken"));
  assert.ok(!/PD94b|<saml/.test(JSON.stringify(records)));
});

test("a key that the metadata no longer has opens nothing from the next request on", { skip: missing }, async () => {
  const path = await response();
  assert.ok((await assume(path)).Credentials);
  await clientsOf(server).iam.send(
    new UpdateSAMLProviderCommand({ SAMLProviderArn: providerArn, SAMLMetadataDocument: stranger.metadata() }),
  );
  assert.equal((await errorOf(assume(path)))?.message, "Response signature invalid");
  assert.ok((await assume(await response({ idp: stranger }))).Credentials);
});
