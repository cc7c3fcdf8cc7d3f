import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { AccountId } from "../../base/index.js";
import { bindPrincipals, type Caller, directory, type Role, type Tag, type User } from "../../identity/index.js";
import { HOUSE_ACCOUNT, openTestHouse, type TestHouse } from "../../identity/testing.js";
import type { InputOf, NamesOf, OutputOf } from "../../kit/index.js";
import { callOperation, rootCaller, testContext } from "../../kit/testing.js";
import { stsService } from "./service.js";
import type { IssuerKeys } from "./web-identity/issuer-keys.js";

/** There is none: asking would be a bug. */
const NO_ISSUERS: IssuerKeys = { keysFor: () => Promise.reject(new Error("no issuer was to be asked")) };

type Client = typeof import("@aws-sdk/client-sts");
type Name = NamesOf<Client> & string;

export interface StsBench {
  readonly house: TestHouse;
  call<N extends Name>(name: N, input: InputOf<Client, N>): Promise<OutputOf<Client, N>>;
  as(caller: Caller): StsBench;
  /** The same house, with these issuers of tokens to ask. */
  withIssuers(issuers: IssuerKeys): StsBench;
  recorded<N extends Name>(name: N, output: OutputOf<Client, N>): Record<string, unknown> | null;
  /** Makes a user; the answer is the caller that its access key proves. */
  user(name: string, policies?: readonly object[], account?: AccountId): Promise<Caller>;
  role(name: string, trust: object, more?: Partial<Role> & { readonly policies?: readonly object[] }): Promise<Role>;
  /** The caller whom these credentials prove. */
  callerOf(credentials: OutputOf<Client, "AssumeRole">["Credentials"]): Promise<Caller>;
}

export async function openSts(t: TestContext): Promise<StsBench> {
  const house = await openTestHouse();
  t.after(() => house.close());
  return benchOf(house, rootCaller(HOUSE_ACCOUNT));
}

function benchOf(house: TestHouse, caller: Caller, issuerKeys = NO_ISSUERS): StsBench {
  const { database, identity, clock, ids } = house;
  const service = stsService({ database, identity, issuerKeys });

  function operationOf(name: string) {
    const operation = service.operations.get(name);
    assert.ok(operation, `STS has ${name}`);
    return operation;
  }

  async function provenBy(accessKeyId: string, token: string | undefined): Promise<Caller> {
    const credential = await identity.callerOf(accessKeyId, token);
    assert.ok(credential.found, JSON.stringify(credential));
    return credential.caller;
  }

  return {
    house,
    call: async (name, input) => {
      const ctx = testContext({ clock, ids, caller });
      return (await callOperation(operationOf(name), ctx, input)) as never; // typed by the operation's name
    },
    as: (other) => benchOf(house, other, issuerKeys),
    withIssuers: (issuers) => benchOf(house, caller, issuers),
    recorded: (name, output) => operationOf(name).auditResponse(output as Record<string, unknown>), // as the pipeline has it

    async user(name, policies = [], account = HOUSE_ACCOUNT) {
      const user: User = { ...blank(account, `AIDA${ids.base32(17)}`, "user", name), createdAt: clock.now() };
      const accessKeyId = `AKIA${ids.base32(16)}`;
      await database.write(async (tx) => {
        await directory.insertUser(tx, user);
        await putAll(tx, { kind: "user", account, id: user.id }, policies);
        const key = {
          id: accessKeyId,
          account,
          userId: user.id,
          secret: "s",
          status: "Active",
          createdAt: clock.now(),
        } as const;
        await directory.insertAccessKey(tx, key);
      });
      return provenBy(accessKeyId, undefined);
    },

    async role(name, trust, { policies = [], ...more } = {}) {
      const trustPolicy = JSON.stringify(trust);
      return database.write(async (tx) => {
        const role: Role = {
          ...blank(HOUSE_ACCOUNT, `AROA${ids.base32(17)}`, "role", name),
          createdAt: clock.now(),
          trustPolicy,
          trustPrincipals: await bindPrincipals(tx, trustPolicy),
          maxSessionSeconds: 3600,
          ...more,
        };
        await directory.insertRole(tx, role);
        await putAll(tx, { kind: "role", account: HOUSE_ACCOUNT, id: role.id }, policies);
        return role;
      });
    },

    callerOf: (credentials) => provenBy(credentials?.AccessKeyId ?? "", credentials?.SessionToken),
  };
}

const blank = (account: AccountId, id: string, kind: string, name: string) => ({
  account,
  id,
  name,
  path: "/",
  arn: `arn:aws:iam::${account}:${kind}/${name}`,
  tags: [] as readonly Tag[],
});

async function putAll(
  tx: Parameters<typeof directory.putInlinePolicy>[0],
  holder: Parameters<typeof directory.putInlinePolicy>[1],
  policies: readonly object[],
): Promise<void> {
  for (const [at, policy] of policies.entries())
    await directory.putInlinePolicy(tx, holder, { name: `p${at}`, document: JSON.stringify(policy) });
}

/** A trust policy of one statement. */
export const trusts = (
  principal: object | string,
  actions: string | string[] = "sts:AssumeRole",
  Condition?: object,
) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: principal, Action: actions, ...(Condition ? { Condition } : {}) }],
});

export const allows = (Action: string | string[], Resource = "*") => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource }],
});
