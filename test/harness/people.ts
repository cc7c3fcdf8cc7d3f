import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { type Clients, clientsOf } from "./clients.js";
import type { Credentials, Server } from "./server.js";

/** One statement of an identity policy. */
export interface Statement {
  readonly Effect?: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: object;
}

export const policyOf = (...statements: readonly Statement[]) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", Resource: "*", ...statement })),
  });

export interface Person {
  readonly arn: string;
  readonly name: string;
  readonly credentials: Credentials;
  readonly clients: Clients;
}

/** An IAM user with an access key and these permissions, made through the official client. */
export async function newUser(
  server: Server,
  root: Clients,
  name: string,
  ...statements: readonly Statement[]
): Promise<Person> {
  const user = await root.iam.send(new CreateUserCommand({ UserName: name }));
  if (statements.length > 0) {
    await root.iam.send(
      new PutUserPolicyCommand({ UserName: name, PolicyName: "own", PolicyDocument: policyOf(...statements) }),
    );
  }
  const { AccessKey } = await root.iam.send(new CreateAccessKeyCommand({ UserName: name }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  return { arn: user.User?.Arn ?? "", name, credentials, clients: clientsOf(server, { credentials }) };
}

/** A role that the account may assume, with these permissions, and a session of it. */
export async function newRole(
  server: Server,
  root: Clients,
  account: string,
  name: string,
  ...statements: readonly Statement[]
): Promise<Person> {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole" }],
  };
  const role = await root.iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  if (statements.length > 0) {
    await root.iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: "own", PolicyDocument: policyOf(...statements) }),
    );
  }
  // Root users may not assume roles: someone of the account does.
  const opener = await newUser(server, root, `${name}-opener`);
  await root.iam.send(
    new AttachUserPolicyCommand({ UserName: opener.name, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
  );
  const arn = role.Role?.Arn ?? "";
  const { Credentials } = await opener.clients.sts.send(
    new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: "session" }),
  );
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  return { arn, name, credentials, clients: clientsOf(server, { credentials }) };
}

/** The error's code as the client names it; `none` when the call succeeded. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return (await errorOf(call))?.name ?? "none";
}

export async function errorOf(call: Promise<unknown>): Promise<Error | undefined> {
  try {
    await call;
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Error) return thrown;
    throw thrown;
  }
}
