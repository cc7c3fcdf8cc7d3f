import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from "@aws-sdk/client-sts";
import { type Clients, clientsOf } from "../harness/clients.js";
import { newUser } from "../harness/people.js";
import type { Credentials, Server } from "../harness/server.js";
import type { AuthorityCase, Layer } from "./cases.js";
import { identityStatements, layerStatements, type Names, type Statement } from "./statements.js";

export interface Caller {
  readonly arn: string;
  readonly credentials: Credentials;
  readonly role?: string;
}

interface Home {
  readonly account: string;
  readonly credentials: Credentials;
  readonly root: Clients;
  /** Assumes the roles of its account. */
  readonly opener: Clients;
}

const document = (statements: readonly Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** The people of the matrix, each made once and kept: one for every identity, boundary and session policy. */
export class Callers {
  readonly #server: Server;
  readonly #here: Home;
  readonly #abroad: Home;
  readonly #made = new Map<string, Promise<Caller>>();
  readonly #boundaries = new Map<string, Promise<string>>();
  readonly warden: Clients;
  readonly #arns: { readonly warden: string; readonly other: string };
  #count = 0;

  private constructor(
    server: Server,
    here: Home,
    abroad: Home,
    warden: Clients,
    arns: { warden: string; other: string },
  ) {
    this.#server = server;
    this.#here = here;
    this.#abroad = abroad;
    this.warden = warden;
    this.#arns = arns;
  }

  static async make(server: Server, foreign: Credentials, foreignAccount: string): Promise<Callers> {
    const root = clientsOf(server);
    const { Account } = await root.sts.send(new GetCallerIdentityCommand({}));
    const here = await home(server, Account ?? "", server.credentials);
    const abroad = await home(server, foreignAccount, foreign);
    const warden = await newUser(server, root, "warden", { Action: "kms:CreateAlias" });
    const other = await newUser(server, root, "bert");
    return new Callers(server, here, abroad, warden.clients, { warden: warden.arn, other: other.arn });
  }

  get root(): Clients {
    return this.#here.root;
  }

  namesFor(caller: Caller): Names {
    return {
      account: this.#here.account,
      foreignAccount: this.#abroad.account,
      caller: caller.arn,
      role: caller.role ?? this.#arns.other,
      ...this.#arns,
    };
  }

  of(each: AuthorityCase): Promise<Caller> {
    const name = JSON.stringify([each.caller, each.identity, each.boundary, each.session]);
    const known = this.#made.get(name) ?? this.#make(each);
    this.#made.set(name, known);
    return known;
  }

  /** The user of the conditions, with these permissions alone from now on. */
  async alice(statements: readonly Statement[]): Promise<Caller> {
    const { iam } = this.#here.root;
    const known = this.#made.get("alice") ?? this.#makeAlice();
    this.#made.set("alice", known);
    const caller = await known;
    const policy = { UserName: "alice", PolicyName: "own" };
    if (statements.length > 0)
      await iam.send(new PutUserPolicyCommand({ ...policy, PolicyDocument: document(statements) }));
    else await iam.send(new DeleteUserPolicyCommand(policy)).catch(ignoreAbsent);
    return caller;
  }

  async #makeAlice(): Promise<Caller> {
    const { iam } = this.#here.root;
    const Tags = [{ Key: "dept", Value: "science" }];
    const { User } = await iam.send(new CreateUserCommand({ UserName: "alice", Tags }));
    return { arn: User?.Arn ?? "", credentials: await accessKey(iam, "alice") };
  }

  #make(each: AuthorityCase): Promise<Caller> {
    const at = each.caller.startsWith("foreign") ? this.#abroad : this.#here;
    this.#count += 1;
    const name = `caller-${this.#count}`;
    switch (each.caller) {
      case "root":
      case "foreign-root":
        return Promise.resolve({ arn: `arn:aws:iam::${at.account}:root`, credentials: at.credentials });
      case "user":
      case "foreign-user":
        return this.#user(at, name, each);
      case "user-token":
        return this.#token(at, name, each);
      case "federated":
        return this.#federated(at, name, each);
      case "role":
      case "foreign-role":
        return this.#session(at, name, each);
    }
  }

  async #user(at: Home, UserName: string, each: AuthorityCase): Promise<Caller> {
    const { iam } = at.root;
    const boundary = await this.#boundary(at, each.boundary);
    const { User } = await iam.send(new CreateUserCommand({ UserName, ...boundary }));
    const statements = identityStatements(each.identity);
    if (statements.length > 0) {
      const PolicyDocument = document(statements);
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "own", PolicyDocument }));
    }
    return { arn: User?.Arn ?? "", credentials: await accessKey(iam, UserName) };
  }

  async #token(at: Home, name: string, each: AuthorityCase): Promise<Caller> {
    const user = await this.#user(at, name, each);
    const { sts } = clientsOf(this.#server, { credentials: user.credentials });
    const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
    return { arn: user.arn, credentials: credentialsOf(Credentials) };
  }

  async #federated(at: Home, name: string, each: AuthorityCase): Promise<Caller> {
    const user = await this.#user(at, name, each);
    const permission = document([{ Effect: "Allow", Action: "sts:GetFederationToken", Resource: "*" }]);
    await at.root.iam.send(
      new PutUserPolicyCommand({ UserName: name, PolicyName: "federate", PolicyDocument: permission }),
    );
    const { sts } = clientsOf(this.#server, { credentials: user.credentials });
    const answer = await sts.send(
      new GetFederationTokenCommand({ Name: name, Policy: document(layerStatements(each.session)) }),
    );
    return { arn: answer.FederatedUser?.Arn ?? "", credentials: credentialsOf(answer.Credentials) };
  }

  async #session(at: Home, RoleName: string, each: AuthorityCase): Promise<Caller> {
    const { iam } = at.root;
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${at.account}:root` }, Action: "sts:AssumeRole" }],
    };
    const boundary = await this.#boundary(at, each.boundary);
    const AssumeRolePolicyDocument = JSON.stringify(trust);
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...boundary }));
    const statements = identityStatements(each.identity);
    if (statements.length > 0) {
      const PolicyDocument = document(statements);
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "own", PolicyDocument }));
    }
    const policy = each.session === undefined ? {} : { Policy: document(layerStatements(each.session)) };
    const answer = await at.opener.sts.send(
      new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "laptop", ...policy }),
    );
    const arn = answer.AssumedRoleUser?.Arn ?? "";
    return { arn, credentials: credentialsOf(answer.Credentials), role: Role?.Arn ?? "" };
  }

  async #boundary(at: Home, layer: Layer | undefined): Promise<{ PermissionsBoundary?: string }> {
    if (layer === undefined || layer === "none") return {};
    const name = `boundary-${layer}`;
    const made = this.#boundaries.get(`${at.account} ${name}`) ?? boundaryPolicy(at, name, layer);
    this.#boundaries.set(`${at.account} ${name}`, made);
    return { PermissionsBoundary: await made };
  }
}

async function boundaryPolicy(at: Home, PolicyName: string, layer: Layer): Promise<string> {
  const PolicyDocument = document(layerStatements(layer));
  const { Policy } = await at.root.iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
  return Policy?.Arn ?? "";
}

async function home(server: Server, account: string, credentials: Credentials): Promise<Home> {
  const root = clientsOf(server, { credentials });
  const opener = await newUser(server, root, "opener", { Action: "sts:AssumeRole" });
  return { account, credentials, root, opener: opener.clients };
}

async function accessKey(iam: Clients["iam"], UserName: string): Promise<Credentials> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

function credentialsOf(
  given: {
    AccessKeyId?: string | undefined;
    SecretAccessKey?: string | undefined;
    SessionToken?: string | undefined;
  } = {},
): Credentials {
  return {
    accessKeyId: given.AccessKeyId ?? "",
    secretAccessKey: given.SecretAccessKey ?? "",
    sessionToken: given.SessionToken ?? "",
  };
}

function ignoreAbsent(thrown: unknown): void {
  if (!(thrown instanceof Error) || thrown.name !== "NoSuchEntityException") throw thrown;
}
