import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../identity/testing.js";
import { userCaller } from "../../kit/testing.js";
import { named, openWith } from "./holders-contract.js";
import { ARN, fails, type IamBench, policyText } from "./testing.js";

/** The permissions boundaries of users and roles, held for both by their operations' tests. */
type Kind = "User" | "Role";

const LIMIT = `${ARN}policy/limit`;

const makeLimit = (iam: IamBench) =>
  iam.call("CreatePolicy", { PolicyName: "limit", PolicyDocument: policyText("s3:*") });

async function boundaryOf(iam: IamBench, kind: Kind): Promise<unknown> {
  const { [kind]: entity } = await iam.raw(`Get${kind}`, named(kind));
  return (entity as { PermissionsBoundary?: unknown }).PermissionsBoundary; // GetUser and GetRole answer with one
}

function guardsTest(operation: string, kind: Kind, input: object): void {
  test(`${operation} is refused without permission, and nobody is found who is not there`, async (t) => {
    const iam = await openWith(t, kind);
    const arn = `${ARN}${kind.toLowerCase()}/ada`;
    await iam.denies(operation as never, { ...named(kind), ...input } as never, `iam:${operation}`, arn);
    const noSuch = fails("NoSuchEntity", `The ${kind.toLowerCase()} with name nobody cannot be found.`);
    await assert.rejects(iam.raw(operation, { ...named(kind, "nobody"), ...input }), noSuch);
  });
}

export function putBoundaryTests(kind: Kind): void {
  const operation = `Put${kind}PermissionsBoundary`;
  guardsTest(operation, kind, { PermissionsBoundary: LIMIT });

  test(`${operation} refuses a policy that does not exist or is another account's`, async (t) => {
    const iam = await openWith(t, kind);
    for (const arn of [LIMIT, "arn:aws:iam::444455556666:policy/limit"]) {
      const put = iam.raw(operation, { ...named(kind), PermissionsBoundary: arn });
      await assert.rejects(put, fails("NoSuchEntity", `Scope ARN: ${arn} does not exist or is not attachable.`));
    }
  });

  test(`${operation} sets the boundary that is then shown, and one takes another's place`, async (t) => {
    const iam = await openWith(t, kind);
    await makeLimit(iam);
    const aws = "arn:aws:iam::aws:policy/PowerUserAccess";
    await iam.raw(operation, { ...named(kind), PermissionsBoundary: aws });
    await iam.raw(operation, { ...named(kind), PermissionsBoundary: LIMIT });
    const shown = { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: LIMIT };
    assert.deepEqual(await boundaryOf(iam, kind), shown);
  });

  test(`${operation} can be limited to one boundary, the requested one counting and not the one that is there`, async (t) => {
    const iam = await openWith(t, kind);
    await makeLimit(iam);
    const Condition = { StringEquals: { "iam:PermissionsBoundary": LIMIT } };
    const Statement = [{ Effect: "Allow", Action: "iam:*", Resource: "*", Condition }];
    const delegate = iam.as(userCaller("delegate", [{ Version: "2012-10-17", Statement }], HOUSE_ACCOUNT));
    await delegate.raw(operation, { ...named(kind), PermissionsBoundary: LIMIT });
    const other = { ...named(kind), PermissionsBoundary: "arn:aws:iam::aws:policy/AdministratorAccess" };
    await assert.rejects(delegate.raw(operation, other), { name: "Denied" });
    const inline = { ...named(kind), PolicyName: "p", PolicyDocument: policyText("s3:*") };
    await delegate.raw(`Put${kind}Policy`, inline);
  });
}

export function deleteBoundaryTests(kind: Kind): void {
  const operation = `Delete${kind}PermissionsBoundary`;
  guardsTest(operation, kind, {});

  test(`${operation} takes the boundary away, once`, async (t) => {
    const iam = await openWith(t, kind);
    await makeLimit(iam);
    await iam.raw(`Put${kind}PermissionsBoundary`, { ...named(kind), PermissionsBoundary: LIMIT });
    await iam.raw(operation, named(kind));
    assert.equal(await boundaryOf(iam, kind), undefined);
    await assert.rejects(iam.raw(operation, named(kind)), { code: "NoSuchEntity" });
  });
}
