/**
 * Promise I4: revocation on every service and worker within one second; here: at once. For each switch many
 * connections use the key in every way, without pause; whatever begins after the switch was acknowledged is refused.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { after, before, test } from "node:test";
import * as iam from "@aws-sdk/client-iam";
import * as kms from "@aws-sdk/client-kms";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { type Clients, clientsOf } from "../harness/clients.js";
import { newUser, policyOf, type Statement } from "../harness/people.js";
import { type Credentials, newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import type { KeyUse, PreparedUse, Stage } from "./row.js";
import { trustOf } from "./services/iam.js";
import { accountPolicy, newKey } from "./services/kms.js";
import { credentialsOf } from "./services/sts.js";
import { SERVICES } from "./services.js";
import { errorOfCall, stageOf } from "./stage.js";

const PROMISED_MS = 1000;
const CONNECTIONS = 16;
/** How long the uses go on after the switch. */
const WATCH_MS = 150;

const folder = newFolder("i4");
const USES = SERVICES.flatMap((service) => service.keyUses);
const ON_KEY = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];
const GRANTED = [
  "Encrypt",
  "Decrypt",
  "GenerateDataKey",
  "GenerateDataKeyPair",
  "ReEncryptFrom",
  "ReEncryptTo",
] as const;
let server: Server;
let stage: Stage;

before(async () => {
  server = await startServer({ dataFolder: join(folder, "data"), workers: 2 });
  stage = await stageOf(server);
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** Somebody who may use the key, and the call that takes it from them. */
interface Armed {
  readonly credentials: Credentials;
  turnOff(): Promise<unknown>;
}

interface Situation {
  readonly keyArn: string;
  readonly prepared: readonly PreparedUse[];
}

type Switch = (name: string, situation: Situation) => Promise<Armed>;

const serviceActions = [...new Set(USES.flatMap((use: KeyUse) => use.actions))];
const own: Statement = { Action: serviceActions };
const all: Statement = { Action: [...serviceActions, ...ON_KEY] };

/** A user with these statements, and what is turned off then. */
async function userWith(
  name: string,
  statements: readonly Statement[],
  turnOff: (UserName: string, keys: Credentials) => Promise<unknown>,
): Promise<Armed> {
  const user = await newUser(server, stage.root, name, ...statements);
  return { credentials: user.credentials, turnOff: () => turnOff(user.name, user.credentials) };
}

/** A session of a role that has what `permit` gives it. */
async function sessionOf(name: string, permit: (roleArn: string) => Promise<unknown>): Promise<Credentials> {
  const { root, account } = stage;
  const { Role } = await root.iam.send(
    new iam.CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trustOf(account) }),
  );
  await permit(Role?.Arn ?? "");
  const opener = await newUser(server, root, `${name}-opener`, { Action: "sts:AssumeRole" });
  const command = new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "session" });
  return credentialsOf(await opener.clients.sts.send(command));
}

const keySwitch =
  (turnOff: (KeyId: string) => Promise<unknown>): Switch =>
  (name, { keyArn }) =>
    userWith(name, [all], () => turnOff(keyArn));

const grantSwitch =
  (turnOff: (KeyId: string, GrantId: string | undefined) => Promise<unknown>): Switch =>
  async (name, { keyArn }) => {
    const user = await newUser(server, stage.root, name, own);
    const Operations = [...GRANTED];
    const { GrantId } = await stage.root.kms.send(
      new kms.CreateGrantCommand({ KeyId: keyArn, GranteePrincipal: user.arn, Operations }),
    );
    return { credentials: user.credentials, turnOff: () => turnOff(keyArn, GrantId) };
  };

const userSwitch =
  (turnOff: (UserName: string, keys: Credentials) => Promise<unknown>): Switch =>
  (name) =>
    userWith(name, [all], turnOff);

const owner = () => stage.root.iam;
const PolicyName = "own";

async function managedPolicy(PolicyName: string, statement: Statement): Promise<string> {
  const PolicyDocument = policyOf(statement);
  return (await owner().send(new iam.CreatePolicyCommand({ PolicyName, PolicyDocument }))).Policy?.Arn ?? "";
}

const SWITCHES: Readonly<Record<string, Switch>> = {
  DisableKey: keySwitch((KeyId) => stage.root.kms.send(new kms.DisableKeyCommand({ KeyId }))),
  ScheduleKeyDeletion: keySwitch((KeyId) =>
    stage.root.kms.send(new kms.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
  ),
  PutKeyPolicy: keySwitch((KeyId) => {
    const Policy = accountPolicy(stage.account, "NoUse", "kms:PutKeyPolicy", "kms:DescribeKey");
    return stage.root.kms.send(new kms.PutKeyPolicyCommand({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: true }));
  }),
  RevokeGrant: grantSwitch((KeyId, GrantId) => stage.root.kms.send(new kms.RevokeGrantCommand({ KeyId, GrantId }))),
  RetireGrant: grantSwitch((KeyId, GrantId) => stage.root.kms.send(new kms.RetireGrantCommand({ KeyId, GrantId }))),
  DeleteUserPolicy: userSwitch((UserName) => owner().send(new iam.DeleteUserPolicyCommand({ UserName, PolicyName }))),
  "PutUserPolicy with a deny": userSwitch((UserName) => {
    const PolicyDocument = policyOf({ Effect: "Deny", Action: ON_KEY });
    return owner().send(new iam.PutUserPolicyCommand({ UserName, PolicyName: "deny", PolicyDocument }));
  }),
  PutUserPermissionsBoundary: userSwitch(async (UserName) => {
    const PermissionsBoundary = await managedPolicy("boundary", own);
    return owner().send(new iam.PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }));
  }),
  "AttachUserPolicy with a deny": userSwitch(async (UserName) => {
    const PolicyArn = await managedPolicy("denial", { Effect: "Deny", Action: ON_KEY });
    return owner().send(new iam.AttachUserPolicyCommand({ UserName, PolicyArn }));
  }),
  "UpdateAccessKey to Inactive": userSwitch((UserName, { accessKeyId: AccessKeyId }) =>
    owner().send(new iam.UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Inactive" })),
  ),
  DeleteAccessKey: userSwitch((UserName, { accessKeyId: AccessKeyId }) =>
    owner().send(new iam.DeleteAccessKeyCommand({ UserName, AccessKeyId })),
  ),
  RemoveUserFromGroup: async (name) => {
    const GroupName = `${name}-group`;
    await owner().send(new iam.CreateGroupCommand({ GroupName }));
    await owner().send(new iam.PutGroupPolicyCommand({ GroupName, PolicyName, PolicyDocument: policyOf(all) }));
    const armed = await userWith(name, [], (UserName) =>
      owner().send(new iam.RemoveUserFromGroupCommand({ UserName, GroupName })),
    );
    await owner().send(new iam.AddUserToGroupCommand({ UserName: name, GroupName }));
    return armed;
  },
  CreatePolicyVersion: async (name) => {
    const PolicyArn = await managedPolicy(name, all);
    const armed = await userWith(name, [], () =>
      owner().send(
        new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: policyOf(own), SetAsDefault: true }),
      ),
    );
    await owner().send(new iam.AttachUserPolicyCommand({ UserName: name, PolicyArn }));
    return armed;
  },
  DeleteRolePolicy: async (RoleName) => {
    const credentials = await sessionOf(RoleName, () =>
      owner().send(new iam.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: policyOf(all) })),
    );
    return { credentials, turnOff: () => owner().send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName })) };
  },
  DeleteRole: async (RoleName, { keyArn, prepared }) => {
    // The resources themselves admit the role: deleting it is all that changes.
    const credentials = await sessionOf(RoleName, async (roleArn) => {
      const policy = JSON.parse(accountPolicy(stage.account, "Account"));
      policy.Statement.push({ Effect: "Allow", Principal: { AWS: roleArn }, Action: ON_KEY, Resource: "*" });
      const Policy = JSON.stringify(policy);
      await stage.root.kms.send(new kms.PutKeyPolicyCommand({ KeyId: keyArn, Policy }));
      for (const each of prepared) await each.admit?.(roleArn);
    });
    return { credentials, turnOff: () => owner().send(new iam.DeleteRoleCommand({ RoleName })) };
  },
};

/** One use on one connection. Times are of this process: of the client that was told. */
interface Attempt {
  readonly use: string;
  readonly connection: number;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly error: string | undefined;
}

const REFUSED =
  /^(AccessDenied|(KMS\.)?Disabled|KMS\.KMSInvalidState|KMSInvalidState|InvalidAccessKeyId|InvalidClientTokenId|InvalidToken|UnrecognizedClient)/;

for (const [name, prepareSwitch] of Object.entries(SWITCHES)) {
  test(`${name} stops every use of the key on every connection`, async (t) => {
    const keyArn = await newKey(stage);
    const prepared = await Promise.all(USES.map((use) => use.prepare(stage, keyArn)));
    const armed = await prepareSwitch(name.replaceAll(" ", "-"), { keyArn, prepared });
    const { attempts, acknowledgedMs } = await watch(armed, prepared);

    const before = attempts.filter((attempt) => attempt.endedMs < acknowledgedMs && attempt.error === undefined);
    const later = attempts.filter((attempt) => attempt.beganMs > acknowledgedMs);
    for (const { name: use } of USES) {
      assert.ok(
        before.some((attempt) => attempt.use === use),
        `${use} worked before`,
      );
      assert.ok(
        later.some((attempt) => attempt.use === use),
        `${use} was tried afterwards`,
      );
    }
    assert.equal(new Set(later.map((attempt) => attempt.connection)).size, CONNECTIONS);
    assert.deepEqual(
      attempts.filter(({ error }) => error !== undefined && !REFUSED.test(error)),
      [],
    );
    assert.deepEqual(
      later.filter(({ error }) => error === undefined),
      [],
      "nothing that began afterwards succeeded",
    );
    const succeeded = attempts.filter(({ error }) => error === undefined);
    const lastMs = Math.max(...succeeded.map((attempt) => attempt.endedMs)) - acknowledgedMs;
    assert.ok(lastMs < PROMISED_MS, `an answer still came after ${lastMs} ms`);
    t.diagnostic(
      `${later.length} later attempts refused; the last success ended ${lastMs.toFixed(1)} ms after the acknowledgement`,
    );
  });
}

/** Uses on many connections at once, before, during and after the switch. */
async function watch(armed: Armed, prepared: readonly PreparedUse[]) {
  const attempts: Attempt[] = [];
  const connections = Array.from({ length: CONNECTIONS }, () => clientsOf(server, { credentials: armed.credentials }));
  const once = async (connection: number, clients: Clients, index: number) => {
    const beganMs = performance.now();
    const error = await errorOfCall(prepared[index]!.use(clients)); // one for each use
    const use = USES[index]?.name ?? "";
    attempts.push({
      use,
      connection,
      beganMs,
      endedMs: performance.now(),
      error: error && `${error.name}: ${error.message}`,
    });
  };
  await Promise.all(connections.map((clients, connection) => once(connection, clients, connection % USES.length)));
  let stopAtMs = Number.POSITIVE_INFINITY;
  const loops = connections.map(async (clients, connection) => {
    for (let turn = connection; performance.now() < stopAtMs; turn += 1) {
      await once(connection, clients, turn % USES.length);
    }
  });
  while (!connections.every((_, connection) => attempts.filter((it) => it.connection === connection).length > 2)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await armed.turnOff();
  const acknowledgedMs = performance.now();
  stopAtMs = acknowledgedMs + WATCH_MS;
  await Promise.all(loops);
  await Promise.all(
    connections.flatMap((clients, connection) =>
      USES.map((_, index) => index)
        .filter((index) => (index + connection) % 3 === 0)
        .map((index) => once(connection, clients, index)),
    ),
  );
  for (const clients of connections) for (const client of Object.values(clients)) client.destroy();
  return { attempts, acknowledgedMs };
}
