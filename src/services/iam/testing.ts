import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { isAwsError } from "../../base/index.js";
import { type Caller, Denied } from "../../identity/index.js";
import { HOUSE_ACCOUNT, openTestHouse, type TestHouse } from "../../identity/testing.js";
import type { InputOf, NamesOf, OutputOf } from "../../kit/index.js";
import { callOperation, rootCaller, testContext, userCaller } from "../../kit/testing.js";
import { iamService } from "./service.js";

type Client = typeof import("@aws-sdk/client-iam");
type Name = NamesOf<Client> & string;

export const ARN = `arn:aws:iam::${HOUSE_ACCOUNT}:`;

/** IAM over a real directory. Calls are made by the account's root unless `as` says otherwise. */
export interface IamBench {
  readonly house: TestHouse;
  call<N extends Name>(name: N, input: InputOf<Client, N>): Promise<OutputOf<Client, N>>;
  /** Where the operation's name is a variable. */
  raw(name: string, input: object): Promise<Record<string, unknown>>;
  as(caller: Caller): IamBench;
  /** A user without any policy asks: refused, with this action on this resource. */
  denies<N extends Name>(name: N, input: InputOf<Client, N>, action: string, resource: string): Promise<void>;
  /** What the trail shows of a request. */
  requested<N extends Name>(name: N, input: InputOf<Client, N>): Record<string, unknown> | null;
  /** What the trail shows of an answer. */
  recorded<N extends Name>(name: N, output: OutputOf<Client, N>): Record<string, unknown> | null;
}

export async function openIam(t: TestContext): Promise<IamBench> {
  const house = await openTestHouse();
  t.after(() => house.close());
  return benchOf(house, rootCaller(HOUSE_ACCOUNT));
}

function benchOf(house: TestHouse, caller: Caller): IamBench {
  const service = iamService({ database: house.database, uses: house.uses });

  function operationOf(name: string) {
    const operation = service.operations.get(name);
    assert.ok(operation, `IAM has ${name}`);
    return operation;
  }

  const raw = (name: string, input: object, by = caller) =>
    callOperation(operationOf(name), testContext({ clock: house.clock, ids: house.ids, caller: by }), input);

  return {
    house,
    raw: (name, input) => raw(name, input),
    call: async (name, input) => (await raw(name, input)) as never, // typed by the operation's name
    as: (other) => benchOf(house, other),
    async denies(name, input, action, resource) {
      await assert.rejects(raw(name, input, userCaller("nobody", [], HOUSE_ACCOUNT)), (thrown) => {
        assert.ok(thrown instanceof Denied, String(thrown));
        assert.deepEqual([thrown.check.action, thrown.check.resource], [action, resource]);
        return true;
      });
    },
    requested: (name, input) => operationOf(name).auditRequest(input),
    recorded: (name, output) => operationOf(name).auditResponse(output as Record<string, unknown>), // as the pipeline has it
  };
}

/** For `assert.rejects`: this very error. */
export const fails = (code: string, message: string) => (thrown: unknown) => {
  assert.ok(isAwsError(thrown), String(thrown));
  assert.deepEqual([thrown.code, thrown.message], [code, message]);
  return true;
};

export const policyText = (action: string | readonly string[], resource = "*") =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: resource }] });

export const trustText = (principal: object | string, action = "sts:AssumeRole") =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: principal, Action: action }] });

/** A policy whose text counts this many bytes. */
export function policyOfBytes(bytes: number): string {
  const empty = policyText("s3:GetObject", "arn:aws:s3:::").length;
  return policyText("s3:GetObject", `arn:aws:s3:::${"b".repeat(bytes - empty)}`);
}

/** Every operation's first test: a user without any policy is refused, with the action on this resource. */
export function guarded<N extends Name>(
  name: N,
  input: InputOf<Client, N>,
  resource: string,
  prepare: (iam: IamBench) => Promise<unknown> = async () => undefined,
): void {
  test(`${name} is refused without permission`, async (t) => {
    const iam = await openIam(t);
    await prepare(iam);
    await iam.denies(name, input, `iam:${name}`, resource);
  });
}
