import assert from "node:assert/strict";
import { AwsError, type Region } from "../../base/index.js";
import { Denied } from "../../identity/index.js";
import type { NamesOf, OutputOf, RequestContext } from "../../kit/index.js";
import { callOperation, testContext, userCaller } from "../../kit/testing.js";
import { openTestKms, type TestKms } from "../../kms/testing.js";
import { kmsService } from "./service.js";

type Client = typeof import("@aws-sdk/client-kms");

/** The client's types allow every member to be missing; a test that reads one says by it that it must be there. */
type Answer<T> = T extends Date | Uint8Array
  ? T
  : T extends object
    ? { [K in keyof T]-?: Answer<NonNullable<T[K]>> }
    : T;

/** The KMS service as the pipeline runs it: look up, authorize, run; a refusal in the service's own words. */
export interface TestService extends TestKms {
  /** The output; `ctx` says who calls. The account's root unless it is given. */
  call<Name extends NamesOf<Client>>(
    name: Name,
    input: object,
    parts?: Partial<RequestContext>,
  ): Promise<Answer<OutputOf<Client, Name>>>;
  /** `Code: message` of a call that must fail. */
  refused(name: NamesOf<Client>, input: object, parts?: Partial<RequestContext>): Promise<string>;
  /** What the call adds to its record, and how the record shows input and output. */
  recorded(name: NamesOf<Client>, input: object, parts?: Partial<RequestContext>): Promise<Recorded>;
  /** A new key's id. */
  keyId(input?: object): Promise<string>;
}

export interface Recorded {
  readonly notes: RequestContext["notes"];
  readonly request: Record<string, unknown> | null;
  readonly response: Record<string, unknown> | null;
}

export async function openTestService(...how: Parameters<typeof openTestKms>): Promise<TestService> {
  const house = await openTestKms(...how);
  const service = kmsService(house);
  const find = (name: string) => service.operations.get(name) ?? assert.fail(`no operation ${name}`);
  const context = (parts: Partial<RequestContext> = {}) => testContext({ clock: house.clock, ...parts });
  const call: TestService["call"] = async (name, input, parts) => {
    try {
      return await callOperation(find(name), context(parts), input);
    } catch (thrown) {
      throw thrown instanceof Denied ? service.denied(thrown) : thrown;
    }
  };
  return {
    ...house,
    call,
    async refused(name, input, parts) {
      const thrown: unknown = await call(name, input, parts).then(
        () => assert.fail(`${name} was answered`),
        (error: unknown) => error,
      );
      if (!(thrown instanceof AwsError)) throw thrown;
      return thrown.hasMessage ? `${thrown.code}: ${thrown.message}` : thrown.code;
    },
    async recorded(name, input, parts) {
      const ctx = context(parts);
      const output: Record<string, unknown> = await callOperation(find(name), ctx, input);
      const operation = find(name);
      return { notes: ctx.notes, request: operation.auditRequest(input), response: operation.auditResponse(output) };
    },
    keyId: async (input = {}) => (await call("CreateKey", input)).KeyMetadata.KeyId,
  };
}

/** Another principal than the root: with these identity policies, and nothing else. */
export const as = (name: string, ...policies: readonly object[]): Partial<RequestContext> => ({
  caller: userCaller(name, policies),
});

export const allow = (action: string | readonly string[], resource = "*", more: object = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: action, Resource: resource, ...more }],
});

export const deny = (action: string, resource = "*") => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: action, Resource: resource }],
});

/** The account's root, or whom `parts` names, in another Region. */
export const inRegion = (region: string, parts: Partial<RequestContext> = {}): Partial<RequestContext> => ({
  ...parts,
  region: region as Region, // a Region's name
});

export const ABSENT = "1234abcd-12ab-34cd-56ef-1234567890ab";
export const arnOf = (id: string, region = "us-east-1") => `arn:aws:kms:${region}:111122223333:key/${id}`;
