import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededEntropy } from "../base/index.js";
import { decide, explain, formatExplanation } from "./index.js";
import { CALLERS, type Case, inputOf } from "./testing.js";

/** Picks repeatably, so that a failure names its seed and can be had again. */
class Picker {
  readonly #entropy: SeededEntropy;

  constructor(seed: number) {
    this.#entropy = new SeededEntropy(seed);
  }

  below(count: number): number {
    return (this.#entropy.bytes(1)[0] ?? 0) % count;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T; // `items` is never empty
  }

  maybe<T>(make: () => T): T | undefined {
    return this.below(2) === 0 ? make() : undefined;
  }
}

const ACTIONS = ["kms:Decrypt", "kms:Encrypt", "kms:*", "*", "s3:GetObject", "kms:D*"];
const CONDITIONS = [
  { StringEquals: { "aws:username": "alice" } },
  { StringNotEquals: { "aws:username": "alice" } },
  { Bool: { "aws:SecureTransport": "true" } },
  { NumericLessThan: { "x:n": "5" } },
  { "ForAnyValue:StringLike": { "aws:TagKeys": "a*" } },
];
const PRINCIPALS = Object.values(CALLERS).flatMap(({ arn, roleArn, uniqueId }) =>
  [arn, roleArn, uniqueId].filter((name): name is string => name !== undefined && name !== ""),
);

function statement(pick: Picker, hasPrincipal: boolean): object {
  const principal = pick.below(5) === 0 ? "*" : { AWS: [pick.of(PRINCIPALS), pick.of(PRINCIPALS)] };
  return {
    Effect: pick.of(["Allow", "Allow", "Allow", "Deny"]),
    [pick.of(["Action", "Action", "Action", "NotAction"])]: pick.of(ACTIONS),
    [pick.of(["Resource", "Resource", "NotResource"])]: pick.of(["*", "arn:aws:s3:::b/*", "arn:aws:kms:*:*:key/*"]),
    ...(hasPrincipal && { [pick.of(["Principal", "Principal", "Principal", "NotPrincipal"])]: principal }),
    ...(pick.below(2) === 0 && { Condition: pick.of(CONDITIONS) }),
  };
}

const statements = (pick: Picker, hasPrincipal = false) =>
  Array.from({ length: 1 + pick.below(3) }, () => statement(pick, hasPrincipal));

const VALUES: readonly NonNullable<Case["values"]>[] = [
  {},
  { "aws:username": "alice", "x:n": "many" },
  { "aws:securetransport": "true", "aws:tagkeys": ["a"] },
];

function randomCase(pick: Picker): Case {
  const optional = {
    boundary: pick.maybe(() => statements(pick)),
    session: pick.maybe(() => statements(pick)),
    serviceControl: pick.below(5) === 0 ? statements(pick) : undefined,
    grants: pick.maybe(() => [{ id: "g", grantee: pick.of(PRINCIPALS), operations: ["Decrypt"] }]),
  };
  return {
    name: "random",
    rule: "",
    expect: "",
    side: pick.of(["key", "key", "resource", "none"]),
    caller: pick.of(Object.keys(CALLERS)),
    policy: statements(pick, true),
    identity: statements(pick),
    action: pick.of(["kms:Decrypt", "s3:GetObject"]),
    resource: pick.of(["*", "arn:aws:s3:::b/o", "arn:aws:kms:us-east-1:111122223333:key/k"]),
    values: pick.of(VALUES),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

test("explain decides what decide decides, and a Deny that matched is never an Allow", () => {
  let allowed = 0;
  for (let seed = 1; seed <= 1500; seed++) {
    const input = inputOf(randomCase(new Picker(seed)));
    const explanation = explain(input);
    const told = `seed ${seed}\n${formatExplanation(explanation)}`;
    const decision = decide(input);
    assert.deepEqual(explanation.decision, decision, told);
    const isDenied = explanation.statements.some((note) => note.matched && note.effect === "Deny");
    assert.equal(!decision.allowed && decision.explicit, isDenied, told);
    if (decision.allowed) allowed++;
  }
  assert.ok(allowed > 100 && allowed < 1400, `the generator is lopsided: ${allowed} of 1500 were allowed`);
});

test("taking an Allow away never allows more, and adding a Deny never does", () => {
  for (let seed = 1; seed <= 700; seed++) {
    const each = randomCase(new Picker(seed));
    if (decide(inputOf(each)).allowed) continue;
    const deny = [{ Effect: "Deny", Action: "*", Resource: "*" }];
    assert.equal(
      decide(inputOf({ ...each, identity: [...((each.identity ?? []) as object[]), ...deny] })).allowed,
      false,
      `seed ${seed}`,
    );
    const denies = ((each.identity ?? []) as { Effect: string }[]).filter(({ Effect }) => Effect === "Deny");
    assert.equal(decide(inputOf({ ...each, identity: denies })).allowed, false, `seed ${seed}`);
    assert.equal(decide(inputOf({ ...each, grants: [] })).allowed, false, `seed ${seed}`);
  }
});

test("an explanation names policies, statements and the step that decided", () => {
  const input = inputOf({
    name: "",
    rule: "",
    expect: "",
    side: "key",
    policy: [{ Sid: "Delegate", Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kms:*", Resource: "*" }],
    identity: [{ Effect: "Allow", Action: "kms:Encrypt", Resource: "*" }],
    grants: [{ id: "g1", grantee: "arn:aws:iam::111122223333:user/bert", operations: ["Decrypt"] }],
  });
  assert.equal(
    formatExplanation(explain(input)),
    [
      "arn:aws:iam::111122223333:user/alice · kms:Decrypt · arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      '  + resource-based policy "key policy" Delegate (Allow): matched',
      '  - identity-based policy "identity policy" statement 1 (Allow): another action',
      "  - grant g1: another grantee",
      "  D3f: no identity-based policy allows it",
      "denied: no identity-based policy allows it",
    ].join("\n"),
  );
});
