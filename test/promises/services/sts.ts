import { CreateRoleCommand } from "@aws-sdk/client-iam";
import * as sdk from "@aws-sdk/client-sts";
import { type Clients, clientsOf } from "../../harness/clients.js";
import { newUser, policyOf } from "../../harness/people.js";
import type { Credentials } from "../../harness/server.js";
import { awsOperations } from "../aws-operations.js";
import type { Register, ServiceRow, Stage } from "../row.js";
import { trustOf } from "./iam.js";

const DEFAULT_TRUST = { Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] };

export const sts: ServiceRow = {
  id: "sts",

  async plantCanaries(stage, canaries) {
    const text = (field: string) => canaries.text(`sts ${field}`);
    const { arn, opener } = await roleAndOpener(stage, "canary-role");
    const Policy = policyOf({ Action: "sts:*", Resource: `arn:aws:s3:::${text("session policy")}` });
    const assumed = await opener.sts.send(
      new sdk.AssumeRoleCommand({
        RoleArn: arn,
        RoleSessionName: text("session name"),
        ExternalId: text("external id"),
        SourceIdentity: text("source identity"),
        Tags: [{ Key: text("session tag key"), Value: text("session tag value") }],
        Policy,
      }),
    );
    canaries.secret("sts secret of a role session", assumed.Credentials?.SecretAccessKey);
    canaries.secret("sts session token", assumed.Credentials?.SessionToken);
    const federated = await opener.sts.send(
      new sdk.GetFederationTokenCommand({
        Name: text("federated name"),
        Policy,
        Tags: [{ Key: text("federated tag key"), Value: text("federated tag value") }],
      }),
    );
    canaries.secret("sts secret of a federated user", federated.Credentials?.SecretAccessKey);
    const session = await opener.sts
      .send(new sdk.GetSessionTokenCommand({ SerialNumber: text("mfa serial") }))
      .catch(() => undefined);
    const plain = session ?? (await opener.sts.send(new sdk.GetSessionTokenCommand({})));
    canaries.secret("sts secret of a session", plain.Credentials?.SecretAccessKey);
    for (const credentials of [credentialsOf(assumed), credentialsOf(federated), credentialsOf(plain)]) {
      await clientsOf(stage.server, { credentials }).sts.send(new sdk.GetCallerIdentityCommand({}));
    }
    await opener.sts.send(new sdk.GetAccessKeyInfoCommand({ AccessKeyId: text("strange access key") })).catch(() => {});
  },

  operations: awsOperations("sts", sdk, (clients) => clients.sts, {
    needNoPermission: {
      AssumeRoleWithSAML:
        "nobody signs it: the assertion is the proof, and the trust policy decides about whom it names",
      AssumeRoleWithWebIdentity:
        "nobody signs it: the token is the proof, and the trust policy decides about whom it names",
      GetCallerIdentity: "AWS: no permissions are required, even an explicit deny does not stop it",
      GetSessionToken: "AWS: no permissions are required; what the session may do is what its user may do",
      GetAccessKeyInfo: "AWS: no permissions are required; the account is written in the key's id",
    },
    async inputs({ root, account }) {
      const RoleName = "sts-victim";
      const { Role } = await root.iam.send(
        new CreateRoleCommand({
          RoleName,
          AssumeRolePolicyDocument: trustOf(account),
          Tags: [{ Key: "a", Value: "b" }],
        }),
      );
      return {
        members: {
          RoleArn: Role?.Arn,
          RoleSessionName: "session",
          Name: "federated",
          PrincipalArn: `arn:aws:iam::${account}:saml-provider/nobody`,
          SAMLAssertion: "PGEvPg==",
          AccessKeyId: "AKIAIOSFODNN7EXAMPLE",
        },
        optional: {
          ExternalId: "external",
          SourceIdentity: "someone",
          Tags: [{ Key: "a", Value: "b" }],
          TransitiveTagKeys: ["a"],
        },
        operations: {},
      };
    },
  }),

  async registers(stage) {
    const { arn, openerCredentials } = await roleAndOpener(stage, "register-role");
    return [session(arn, openerCredentials)];
  },

  keyUses: [],
};

async function roleAndOpener(stage: Stage, RoleName: string) {
  const { root, account, server } = stage;
  const { Role } = await root.iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustOf(account, DEFAULT_TRUST) }),
  );
  const person = await newUser(server, root, `${RoleName}-opener`, { Action: "sts:*" });
  return { arn: Role?.Arn ?? "", opener: person.clients, openerCredentials: person.credentials };
}

export function credentialsOf({ Credentials }: { Credentials?: sdk.Credentials | undefined }): Credentials {
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}

/** A session's credentials, given out before the crash, still say whose they are. */
function session(RoleArn: string, opener: Credentials): Register {
  let last: { value: string; credentials: Credentials } | undefined;
  return {
    name: "sts session",
    write: async ({ server }, value) => {
      const clients: Clients = clientsOf(server, { credentials: opener });
      const made = await clients.sts.send(new sdk.AssumeRoleCommand({ RoleArn, RoleSessionName: value }));
      last = { value, credentials: credentialsOf(made) };
    },
    read: async ({ server }) => {
      if (last === undefined) return undefined;
      const clients = clientsOf(server, { credentials: last.credentials });
      return (await clients.sts.send(new sdk.GetCallerIdentityCommand({}))).Arn?.split("/").at(-1);
    },
  };
}
