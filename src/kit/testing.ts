import { type AccountId, Ids, ManualClock, type Region, SeededEntropy, silentLog } from "../base/index.js";
import { authorize, type CallContext, type Caller } from "../identity/index.js";
import { type NamedPolicy, parsePolicy } from "../policy/index.js";
import type { RequestBody, RequestContext } from "./context.js";
import type { AnyOperation } from "./operation.js";

export const TEST_ACCOUNT = "111122223333" as AccountId; // twelve digits
export const OTHER_ACCOUNT = "444455556666" as AccountId; // twelve digits
export const TEST_REGION = "us-east-1" as Region; // a Region's name

/** The account's root user, as `authenticate` would give it. */
export function rootCaller(account: AccountId = TEST_ACCOUNT): Caller {
  const arn = `arn:aws:iam::${account}:root`;
  return {
    principal: { kind: "root", arn, account },
    account,
    accessKeyId: "AKIAROOTROOTROOTROOT",
    policies: { identity: [] },
    values: new Map([
      ["aws:principalarn", arn],
      ["aws:principalaccount", account],
      ["aws:principaltype", "Account"],
      ["aws:userid", account],
    ]),
    userIdentity: { type: "Root", principalId: account, arn, accountId: account, accessKeyId: "AKIAROOTROOTROOTROOT" },
    displayName: "root",
    userId: account,
  };
}

/** Nobody: a request without a signature. */
export function anonymousCaller(): Caller {
  return {
    principal: { kind: "anonymous", arn: "", account: "" },
    account: "" as AccountId, // nobody's: it equals no account
    accessKeyId: "",
    policies: { identity: [] },
    values: new Map([["aws:principaltype", "Anonymous"]]),
    userIdentity: { type: "AWSAccount", principalId: "", accountId: "ANONYMOUS_PRINCIPAL" },
    displayName: "",
    userId: "anonymous",
  };
}

/** An IAM user with these identity policies (documents as objects). */
export function userCaller(name: string, policies: readonly object[] = [], account: AccountId = TEST_ACCOUNT): Caller {
  const arn = `arn:aws:iam::${account}:user/${name}`;
  const userId = `AIDA${name.toUpperCase().padEnd(17, "A").slice(0, 17)}`;
  return {
    principal: { kind: "user", arn, account, uniqueId: userId },
    account,
    accessKeyId: "AKIAUSERUSERUSERUSER",
    policies: { identity: policies.map(namedIdentityPolicy) },
    values: new Map([
      ["aws:principalarn", arn],
      ["aws:principalaccount", account],
      ["aws:principaltype", "User"],
      ["aws:userid", userId],
      ["aws:username", name],
    ]),
    userIdentity: {
      type: "IAMUser",
      principalId: userId,
      arn,
      accountId: account,
      accessKeyId: "AKIAUSERUSERUSERUSER",
      userName: name,
    },
    displayName: name,
    userId,
  };
}

/** A role session; `policies` are the role's. */
export function roleCaller(
  role: string,
  session: string,
  policies: readonly object[] = [],
  account: AccountId = TEST_ACCOUNT,
): Caller {
  const user = userCaller(role, policies, account);
  const arn = `arn:aws:sts::${account}:assumed-role/${role}/${session}`;
  const roleArn = `arn:aws:iam::${account}:role/${role}`;
  const roleId = user.userId.replace("AIDA", "AROA");
  return {
    ...user,
    principal: { kind: "assumed-role", arn, account, roleArn, uniqueId: roleId },
    values: new Map([
      ["aws:principalarn", roleArn],
      ["aws:principalaccount", account],
      ["aws:principaltype", "AssumedRole"],
      ["aws:userid", `${roleId}:${session}`],
    ]),
    userIdentity: { type: "AssumedRole", principalId: `${roleId}:${session}`, arn, accountId: account },
    displayName: session,
    userId: `${roleId}:${session}`,
  };
}

function namedIdentityPolicy(document: object, index: number): NamedPolicy {
  return { name: `policy ${index}`, policy: parsePolicy(JSON.stringify(document), "identity") };
}

export const ALLOW_ALL = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/** A request context with a clock that stands still; every part can be given. */
export function testContext(parts: Partial<RequestContext> = {}): RequestContext {
  const clock = parts.clock ?? new ManualClock("2026-11-21T09:00:00Z");
  return {
    caller: rootCaller(),
    region: TEST_REGION,
    requestId: "00000000-0000-4000-8000-000000000001",
    time: clock.now(),
    sourceIp: "127.0.0.1",
    userAgent: "test",
    secureTransport: false,
    commit: commitPlainly,
    clock,
    ids: new Ids(new SeededEntropy(7)),
    log: silentLog,
    eventId: "00000000-0000-4000-8000-0000000000e1",
    headers: {},
    host: "localhost:4599",
    body: undefined,
    bytes: undefined,
    notes: { resources: [], additionalEventData: {} },
    ...parts,
  };
}

const commitPlainly: CallContext["commit"] = (database, unit) => database.write(unit);

/** Runs an operation as the pipeline does: look up, authorize, run. Throws what the operation throws, or `Denied`. */
export async function callOperation<Output = Record<string, unknown>>(
  operation: AnyOperation,
  ctx: RequestContext,
  input: object,
): Promise<Output> {
  const target = await operation.target(ctx, input);
  const ok = authorize(ctx, target, await operation.checks(ctx, input, target));
  return (await operation.run(ctx, input, ok)) as Output; // the test names the shape that it expects
}

/** A streaming payload made of these pieces; `fail` makes it throw after them, as a wrong signature would. */
export function testBody(
  pieces: readonly Uint8Array[],
  options: { declaredBytes?: number; fail?: Error } = {},
): RequestBody {
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return {
    declaredBytes: options.declaredBytes ?? total,
    trailers: {},
    async *[Symbol.asyncIterator]() {
      for (const piece of pieces) yield Buffer.from(piece);
      if (options.fail) throw options.fail;
    },
  };
}
