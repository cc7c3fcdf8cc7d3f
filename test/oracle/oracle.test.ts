import assert from "node:assert/strict";
import { test } from "node:test";
import { type DecisionInput, decide, type NamedPolicy, type PolicyKind, parsePolicy } from "../../src/policy/index.js";
import { naiveVerdict, type RawDocument, type World } from "./naive.js";
import { Worlds } from "./worlds.js";

const WORLDS = 200_000;
const DOCUMENTS = 400;
const SEED = 2026;

const parsed = new Map<RawDocument, Map<PolicyKind, NamedPolicy>>();

function named(document: RawDocument, kind: PolicyKind): NamedPolicy {
  const kinds = parsed.get(document) ?? new Map<PolicyKind, NamedPolicy>();
  parsed.set(document, kinds);
  const known = kinds.get(kind) ?? { name: kind, policy: parsePolicy(JSON.stringify(document), kind) };
  kinds.set(kind, known);
  return known;
}

function inputOf(world: World): DecisionInput {
  const { action, resource, principal, account, policy, context, grants } = world;
  const all = (documents: readonly RawDocument[], kind: PolicyKind) => documents.map((each) => named(each, kind));
  return {
    request: { action, resource, principal, values: new Map(Object.entries(world.values)) },
    caller: {
      identity: all(world.identity, "identity"),
      ...(world.boundary && { boundary: named(world.boundary, "identity") }),
      ...(world.session && { session: all(world.session, "session") }),
      ...(world.serviceControl && {
        serviceControl: world.serviceControl.map((level) => all(level, "service-control")),
      }),
    },
    resource:
      world.side === "none"
        ? { kind: "none", account }
        : world.side === "resource"
          ? { kind: "resource", account, ...(policy && { policy: named(policy, "resource") }) }
          : world.side === "trust"
            ? { kind: "trust", account, policy: named(policy ?? EMPTY, "trust") }
            : { kind: "key", account, policy: named(policy ?? EMPTY, "key"), grants, encryptionContext: context },
    ...(world.resourceControl && { resourceControl: all(world.resourceControl, "resource") }),
  };
}

const EMPTY: RawDocument = { Version: "2012-10-17", Statement: [] };

function verdict(world: World): string {
  const decision = decide(inputOf(world));
  if (decision.allowed) return `allowed by ${decision.by}`;
  return `${decision.explicit ? "explicit deny in" : "no"} ${decision.layer}`;
}

/** Worlds of that seed, from a stock of documents that are parsed once. */
function* worldsOf(seed: number, count: number): Generator<World> {
  const random = new Worlds(seed);
  const stock = new Map<string, RawDocument[]>();
  for (let made = 0; made < count; made++) {
    yield random.world((side, hasPrincipal) => {
      const name = `${side} ${hasPrincipal}`;
      const documents = stock.get(name) ?? Array.from({ length: DOCUMENTS }, () => random.document(side, hasPrincipal));
      stock.set(name, documents);
      return random.of(documents);
    });
  }
}

const told = (world: World) => JSON.stringify(world, (_name, value) => (value instanceof Set ? [...value] : value), 1);

test(`${WORLDS} random worlds: the engine and the plain reading of the contract agree`, () => {
  const seen = new Map<string, number>();
  for (const world of worldsOf(SEED, WORLDS)) {
    const expected = naiveVerdict(world);
    seen.set(expected, (seen.get(expected) ?? 0) + 1);
    if (verdict(world) !== expected) assert.equal(verdict(world), expected, told(world));
  }
  // A comparison of nothing but refusals would prove little: every outcome came up, and often.
  const outcomes = [...seen.values()];
  assert.ok(seen.size >= 16, [...seen.keys()].join(", "));
  assert.ok(Math.min(...outcomes) > 200, JSON.stringify([...seen]));
});

test("a Deny added anywhere never allows", () => {
  const random = new Worlds(7);
  for (const world of worldsOf(SEED + 1, 5_000)) {
    if (verdict(world).startsWith("allowed")) continue;
    const deny = { ...random.statement(world.side, false), Effect: "Deny" as const };
    const more = { Version: "2012-10-17" as const, Statement: [deny] };
    const harsher = { ...world, identity: [...world.identity, more] };
    assert.ok(!verdict(harsher).startsWith("allowed"), told(harsher));
    if (world.policy === undefined) continue;
    const said = { ...random.statement(world.side, true), Effect: "Deny" as const };
    const policy = { ...world.policy, Statement: [...world.policy.Statement, said] };
    assert.ok(!verdict({ ...world, policy }).startsWith("allowed"), told({ ...world, policy }));
  }
});

test("the order of statements, policies and grants never matters", () => {
  for (const world of worldsOf(SEED + 2, 5_000)) {
    const backwards = (document: RawDocument): RawDocument => ({
      ...document,
      Statement: [...document.Statement].reverse(),
    });
    const turned: World = {
      ...world,
      identity: [...world.identity].reverse().map(backwards),
      session: world.session && [...world.session].reverse().map(backwards),
      serviceControl: world.serviceControl && [...world.serviceControl].reverse().map((level) => [...level].reverse()),
      policy: world.policy && backwards(world.policy),
      grants: [...world.grants].reverse(),
    };
    assert.equal(verdict(turned), verdict(world), told(world));
  }
});

test("saying a statement twice changes nothing", () => {
  for (const world of worldsOf(SEED + 3, 2_000)) {
    const doubled = (document: RawDocument): RawDocument => ({
      ...document,
      Statement: [...document.Statement, ...document.Statement],
    });
    const policy = world.policy && doubled(world.policy);
    assert.equal(verdict({ ...world, identity: world.identity.map(doubled), policy }), verdict(world), told(world));
  }
});
