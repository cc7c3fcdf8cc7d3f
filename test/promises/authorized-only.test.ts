/**
 * Promise I2: no use of a key, and no operation at all, without authorization in the caller's name. The types leave
 * no way around the authorizer; then every operation of every service is called by somebody who may do nothing.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { runProgram } from "../harness/clients.js";
import { newUser, type Person, policyOf, type Statement } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { ACTIONS_FILE, actionsPage, type ServiceActions } from "./actions.js";
import { leastInput, membersOf } from "./aws-operations.js";
import type { Inputs, Send, ServiceRow, Stage } from "./row.js";
import { newKey } from "./services/kms.js";
import { SERVICES } from "./services.js";
import { type CallError, errorOfCall, stageOf } from "./stage.js";
import { type Asked, Witness } from "./witnessed.js";

const folder = newFolder("i2");
const inputs = new Map<string, Inputs>();
/** What is written, by service: everything that does not answer NotImplemented. */
const written = new Map<string, string[]>();
const asked: ServiceActions[] = [];
const witness = new Witness(folder);
let server: Server;
let stage: Stage;

before(async () => {
  server = await startServer({ dataFolder: join(folder, "data"), environment: witness.environment() });
  stage = await stageOf(server);
  for (const service of SERVICES) inputs.set(service.id, await service.operations.inputs(stage));
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** The least that the operation takes, filled with what is there. */
function inputOf({ id }: ServiceRow, name: string): object {
  const { members = {}, operations = {} } = inputs.get(id) ?? {};
  const least = leastInput(id, name);
  const known = Object.keys(least).filter((member) => member in members);
  const own = operations[name] ?? {};
  const more = Object.keys(own).filter(
    (member) => membersOf(id, name).length === 0 || membersOf(id, name).includes(member),
  );
  return {
    ...least,
    ...Object.fromEntries(known.map((member) => [member, members[member]])),
    ...Object.fromEntries(more.map((member) => [member, own[member as keyof typeof own]])),
  };
}

/** With every other member that has a value for it: more of what conditions may ask about. */
function richInput(service: ServiceRow, name: string): object {
  const { members = {}, optional = {} } = inputs.get(service.id) ?? {};
  const known = Object.entries({ ...members, ...optional });
  const names = membersOf(service.id, name);
  return { ...Object.fromEntries(known.filter(([member]) => names.includes(member))), ...inputOf(service, name) };
}

/** Not written; or one of STS's two whose requests no client signs, which are not written either and stop at the door. */
const isAbsent = (error: CallError | undefined) =>
  error?.name === "NotImplemented" || error?.name === "MissingAuthenticationToken";
const isRefusal = (error: CallError | undefined) =>
  error !== undefined && (/^AccessDenied/.test(error.name) || error.status === 403);

test("the type checker lets nobody call `run` without the authorizer's word", async () => {
  const cases = [
    ["authorized", "operation.run(ctx, {}, authorize(ctx, target, []), undefined)", true],
    ["undefined", "operation.run(ctx, {}, undefined, undefined)", false],
    ["the target alone", "operation.run(ctx, {}, target, undefined)", false],
    ["an imitation", "operation.run(ctx, {}, { target, decisions: [] }, undefined)", false],
    ["another target's", "operation.run(ctx, {}, authorize(ctx, 7, []), undefined)", false],
  ] as const;
  const errors = await typeErrors(cases.map(([, call]) => call));
  for (const [index, [what, , compiles]] of cases.entries()) assert.equal(errors.has(index), !compiles, what);
});

/** Which of the expressions do not compile. Each stands in a file of its own. */
async function typeErrors(calls: readonly string[]): Promise<Set<number>> {
  const snippets = join(folder, "types");
  mkdirSync(snippets);
  const source = (room: string) => JSON.stringify(join(process.cwd(), "src", room, "index.js"));
  const head = `import { authorize, type CallContext } from ${source("identity")};
import type { Operation, RequestContext } from ${source("kit")};
declare const ctx: RequestContext;
declare const target: { readonly key: string };
declare const operation: Operation<undefined, object, object, { readonly key: string }>;
export const call: CallContext = ctx;
`;
  for (const [index, call] of calls.entries()) {
    writeFileSync(join(snippets, `call-${index}.ts`), `${head}export const made = ${call};\n`);
  }
  const config = {
    extends: join(process.cwd(), "tsconfig.json"),
    compilerOptions: { typeRoots: [join(process.cwd(), "node_modules", "@types")], noUnusedLocals: false },
    include: [join(snippets, "*.ts")],
  };
  writeFileSync(join(snippets, "tsconfig.json"), JSON.stringify(config));
  writeFileSync(join(snippets, "package.json"), JSON.stringify({ type: "module" }));
  const checker = await runProgram(join(process.cwd(), "node_modules", ".bin", "tsc"), [
    "-p",
    snippets,
    "--pretty",
    "false",
  ]);
  const numbers = [...checker.stdout.matchAll(/call-(\d+)\.ts\(\d+,\d+\): error/g)].map((match) => Number(match[1]));
  const elsewhere = checker.stdout.split("\n").filter((line) => /: error/.test(line) && !/call-\d+\.ts/.test(line));
  assert.deepEqual(elsewhere, []);
  return new Set(numbers);
}

for (const service of SERVICES) {
  test(`${service.id}: somebody without any permission is refused every operation, and so is nobody at all`, async (t) => {
    const { operations, id } = service;
    const nobody = await newUser(server, stage.root, `nobody-${id}`);
    const [asNobody, unsigned] = [operations.sender(stage, nobody.credentials), operations.sender(stage, undefined)];
    const found: string[] = [];
    const wrong: string[] = [];
    const rows = new Map<string, readonly Asked[]>();
    for (const name of operations.names()) {
      const input = inputOf(service, name);
      const error = await outcome(service, asNobody, name, input);
      if (isAbsent(error)) continue;
      found.push(name);
      const first = witness.since(nobody.credentials.accessKeyId);
      await outcome(service, asNobody, name, richInput(service, name));
      rows.set(name, [...first, ...witness.since(nobody.credentials.accessKeyId)]);
      if (first.length > 0 && !saysWhy(error, first, nobody.arn)) wrong.push(`${name}: ${describe(error)}`);
      const mayCall = name in operations.needNoPermission;
      if (mayCall === isRefusal(error)) wrong.push(`${name}: ${describe(error)}`);
      const door = await outcome(service, unsigned, name, input);
      if (!isTurnedAway(door)) wrong.push(`${name}, unsigned: ${describe(door)}`);
    }
    written.set(id, found);
    asked.push({ id, operations: rows, needNoPermission: operations.needNoPermission });
    t.diagnostic(`${found.length} operations, ${Object.keys(operations.needNoPermission).length} need no permission`);
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      operationFiles(id).filter((name) => !found.includes(name)),
      [],
      "each written one was called",
    );
    for (const name of Object.keys(operations.needNoPermission)) assert.ok(found.includes(name), `${name} exists`);
  });

  test(`${service.id}: exactly what an operation asks for lets it past; a deny of it does not`, async () => {
    const { operations, id } = service;
    const nobody = await newUser(server, stage.root, `again-${id}`);
    const denied = await newUser(
      server,
      stage.root,
      `denied-${id}`,
      { Action: "*" },
      { Effect: "Deny", Action: `${service.actions ?? id}:*` },
    );
    const exact = await newUser(server, stage.root, `exact-${id}`);
    const [asNobody, asDenied, asExact] = [nobody, denied, exact].map((person) =>
      operations.sender(stage, person.credentials),
    );
    const wrong: string[] = [];
    for (const name of written.get(id) ?? []) {
      const input = inputOf(service, name);
      if (asNobody === undefined || asDenied === undefined || asExact === undefined) throw new Error("three of three");
      await outcome(service, asNobody, name, input);
      const checks = witness.since(nobody.credentials.accessKeyId);
      if (checks.length === 0) continue;
      const explicit = await outcome(service, asDenied, name, input);
      if (!saysWhy(explicit, asOf(checks, nobody, denied), denied.arn, true))
        wrong.push(`${name}, denied: ${describe(explicit)}`);
      const statements = asOf(checks, nobody, exact).map(({ action, resource }) => ({
        Action: action,
        Resource: resource,
      }));
      const PolicyDocument = policyOf(...statements);
      await stage.root.iam.send(
        new PutUserPolicyCommand({ UserName: exact.name, PolicyName: "exact", PolicyDocument }),
      );
      const error = await outcome(service, asExact, name, input);
      const missing = checks.find(({ action }) => error?.message.includes(`to perform: ${action} on`));
      if (missing !== undefined) wrong.push(`${name}, allowed: ${describe(error)}`);
    }
    assert.deepEqual(wrong, []);
  });

  test(`${service.id}: the same calls are not refused to an administrator`, async () => {
    const all = { Action: "*" };
    const admin = await newUser(server, stage.root, `admin-${service.id}`, all);
    const send = service.operations.sender(stage, admin.credentials);
    const refused: string[] = [];
    for (const name of written.get(service.id) ?? []) {
      const error = await outcome(service, send, name, inputOf(service, name));
      const isRefused = isRefusal(error) && service.operations.forOthers?.[name] === undefined;
      if (isRefused || (error?.status ?? 200) >= 500) refused.push(`${name}: ${describe(error)}`);
    }
    assert.deepEqual(refused, []);
  });
}

test(`${ACTIONS_FILE} says what every operation asks`, () => {
  const made = actionsPage(asked);
  if (process.env["STRONGROOM_TEST_UPDATE"]) writeFileSync(ACTIONS_FILE, made);
  assert.equal(
    readFileSync(ACTIONS_FILE, "utf8"),
    made,
    `run it with STRONGROOM_TEST_UPDATE=1 to write ${ACTIONS_FILE} anew`,
  );
});

test("whoever has a service's permissions but none on the key cannot make the service use it", async () => {
  const uses = SERVICES.flatMap((service) => service.keyUses);
  const KeyId = await newKey(stage);
  for (const { name, actions, prepare } of uses) {
    const { use } = await prepare(stage, KeyId);
    const own: Statement[] = actions.length === 0 ? [] : [{ Action: actions }];
    const without = await newUser(server, stage.root, `without-${uses.findIndex((it) => it.name === name)}`, ...own);
    const error = await errorOfCall(use(without.clients));
    assert.match(`${error?.name} ${error?.message}`, /^AccessDenied.*kms:/, name);
    const both = await newUser(server, stage.root, `both-${uses.findIndex((it) => it.name === name)}`, ...own, {
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: KeyId,
    });
    assert.equal(await errorOfCall(use(both.clients)), undefined, name);
  }
});

/** Where an operation is about whoever calls it. */
const asOf = (checks: readonly Asked[], { arn }: Person, other: Person) =>
  checks.map((check) => (check.resource === arn ? { ...check, resource: other.arn } : check));

const REFUSED_INSIDE = "refused inside";

/** An answer that refuses all that was asked inside it counts as refused. */
async function outcome({ operations }: ServiceRow, send: Send, name: string, input: object) {
  const isRefused = operations.refusesInside?.[name] ?? (() => false);
  return errorOfCall(
    send(name, input).then((answer) => {
      if (isRefused(answer)) throw Object.assign(new Error(REFUSED_INSIDE), { name: "AccessDenied" });
    }),
  );
}

/** AWS's sentence about one of the things that were asked, with the kind of policy that is missing or denies. */
function saysWhy(error: CallError | undefined, checks: readonly Asked[], caller: string, isDenied = false): boolean {
  if (!hasText(error)) return isRefusal(error);
  const why = isDenied
    ? () => "with an explicit deny in an identity-based policy"
    : (action: string) => `because no (identity|resource)-based policy allows the ${action} action`;
  return checks.some(({ action, resource }) => {
    const [start, end] = [`User: ${caller} is not authorized to perform: ${action} on resource: `, why(action)];
    const text = error?.message ?? "";
    const rest = text.startsWith(start) ? text.slice(start.length) : "";
    const named = [resource, `"${resource}"`].find((name) => rest.startsWith(name)); // S3 puts it in quotes
    return named !== undefined && new RegExp(`^ ${end}$`).test(rest.slice(named.length));
  });
}

/** A refused HEAD has no body, and what is refused inside an answer was looked at there. */
const hasText = (error: CallError | undefined) =>
  error !== undefined && error.name !== "Unknown" && error.message !== REFUSED_INSIDE;

const describe = (error: CallError | undefined) =>
  error === undefined ? "succeeded" : `${error.status} ${error.name} ${error.message.slice(0, 200)}`;

/** Nobody learns anything: neither an answer, nor whether something is there. */
const isTurnedAway = (error: CallError | undefined) =>
  isRefusal(error) || (error?.status === 400 && !/NotFound|NoSuch|NotImplemented/.test(error.name));

/** Operations that have a file of their own, by AWS's names. */
function operationFiles(id: string): string[] {
  const files = join(process.cwd(), "src", "services", id, "operations");
  if (!existsSync(files)) return [];
  return readdirSync(files)
    .filter((name) => name.endsWith(".ts") && !name.includes(".test."))
    .map((name) => name.replace(/\.ts$/, "").replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase()))
    .map((name) => SPELLED.reduce((spelled, [ours, theirs]) => spelled.replace(ours, theirs), name));
}

/** Letters that AWS writes large and file names do not show. */
const SPELLED = [
  ["OpenId", "OpenID"],
  ["ClientId", "ClientID"],
  ["Mfa", "MFA"],
  ["Saml", "SAML"],
  ["Ssh", "SSH"],
  ["ListAws", "ListAWS"],
] as const;
