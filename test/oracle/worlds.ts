import { SeededEntropy } from "../../src/base/index.js";
import type { GrantView, PrincipalView } from "../../src/policy/index.js";
import type { RawDocument, RawStatement, World } from "./naive.js";
import type { Context } from "./naive-text.js";

// Random worlds from small vocabularies, so that things often meet. The same seed gives the same worlds.

const A = "111122223333";
const B = "444455556666";
const root = (account: string) => `arn:aws:iam::${account}:root`;

const user = (name: string, account: string): PrincipalView => ({
  kind: "user",
  arn: `arn:aws:iam::${account}:user/${name}`,
  account,
  uniqueId: `AIDA${name.toUpperCase().padEnd(16, "X")}`,
});
const session = (path: string, role: string, account: string): PrincipalView => ({
  kind: "assumed-role",
  arn: `arn:aws:sts::${account}:assumed-role/${role}/s`,
  account,
  roleArn: `arn:aws:iam::${account}:role/${path}${role}`,
  uniqueId: `AROA${role.toUpperCase().padEnd(16, "X")}`,
});

const CALLERS: readonly PrincipalView[] = [
  { kind: "root", arn: root(A), account: A },
  user("alice", A),
  session("", "dev", A),
  session("aws-service-role/rds.amazonaws.com/", "linked", A),
  { kind: "federated-user", arn: `arn:aws:sts::${A}:federated-user/carol`, account: A },
  { kind: "root", arn: root(B), account: B },
  user("bob", B),
  session("team/", "ops", B),
  { kind: "service", arn: "", account: "", service: "logs.us-east-1.amazonaws.com" },
  { kind: "anonymous", arn: "", account: "" },
];

const NAMES: readonly string[] = [
  A,
  B,
  root(A),
  root(B),
  "*",
  ...CALLERS.flatMap(({ arn, roleArn, uniqueId }) => [arn, roleArn, uniqueId]).filter(
    (name): name is string => name !== undefined && name !== "",
  ),
];

const SIDES = {
  key: {
    actions: ["kms:Decrypt", "kms:Encrypt", "kms:DescribeKey"],
    resources: [`arn:aws:kms:us-east-1:${A}:key/k1`, `arn:aws:kms:us-east-1:${A}:key/k2`],
    patterns: [
      "*",
      `arn:aws:kms:us-east-1:${A}:key/k1`,
      "arn:aws:kms:*:*:key/*",
      "arn:aws:kms:*:*:key/${aws:username}",
    ],
  },
  resource: {
    actions: ["s3:GetObject", "s3:PutObject"],
    resources: ["arn:aws:s3:::docs/alice/a", "arn:aws:s3:::docs/b*b"],
    patterns: [
      "*",
      "arn:aws:s3:::docs/*",
      "arn:aws:s3:::docs/${aws:username}/*",
      "arn:aws:s3:::docs/${aws:PrincipalTag/none, 'alice'}/?",
      "arn:aws:s3:::docs/b${*}b",
      "arn:aws:s3:::other/*",
    ],
  },
  trust: { actions: ["sts:AssumeRole", "sts:TagSession"], resources: [`arn:aws:iam::${A}:role/dev`], patterns: ["*"] },
  none: { actions: ["kms:CreateKey", "s3:ListAllMyBuckets"], resources: ["*"], patterns: ["*", "arn:aws:s3:::docs/*"] },
} as const;

const ACTIONS = ["*", "kms:*", "s3:*", "kms:De*", "KMS:decrypt", "kms:?ncrypt", "s3:GetObject", "kms:CreateKey"];
const TRUST_ACTIONS = ["sts:*", "sts:AssumeRole", "STS:assumerole", "sts:Tag*"];

/** Key, values a request may carry, values a policy may ask for. */
const KEYS: readonly (readonly [string, readonly (string | readonly string[])[], readonly string[]])[] = [
  ["aws:username", ["alice", "bob", "Alice"], ["alice", "a*", "${aws:username}", "ALICE", "${aws:none}"]],
  [
    "aws:PrincipalTag/team",
    ["blue", "red", ""],
    ["blue", "bl?e", "${aws:PrincipalTag/team}", "", "${aws:none, 'blue'}"],
  ],
  ["aws:TagKeys", [["a", "b"], ["a"], [], ["c"]], ["a", "b", "?"]],
  ["aws:SourceIp", ["10.1.2.3", "192.168.0.1"], ["10.0.0.0/8", "192.168.0.1", "10.1.2.3/32"]],
  ["aws:SecureTransport", ["true", "false"], ["true", "false"]],
  ["aws:CurrentTime", ["2026-01-01T00:00:00Z"], ["2025-06-01T00:00:00Z", "2026-01-01T00:00:00Z", "1767225600"]],
  ["kms:RotationPeriodInDays", ["90", "365", "many"], ["90", "365", "400"]],
  ["aws:SourceArn", ["arn:aws:s3:::docs", "not an arn"], ["arn:aws:s3:::d*", "arn:aws:s3:::docs", "arn:*:*:*:*:*"]],
];

const STRINGS = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
];
const NUMBERS = ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"];
const OPERATORS_OF: Readonly<Record<string, readonly string[]>> = {
  "aws:SourceIp": ["IpAddress", "NotIpAddress"],
  "aws:SecureTransport": ["Bool"],
  "aws:CurrentTime": ["DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThan"],
  "kms:RotationPeriodInDays": NUMBERS,
  "aws:SourceArn": ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
};

export class Worlds {
  readonly #entropy: SeededEntropy;
  #pool = Buffer.alloc(0);
  #at = 0;

  constructor(seed: number) {
    this.#entropy = new SeededEntropy(seed);
  }

  below(count: number): number {
    if (this.#at + 2 > this.#pool.length) {
      this.#pool = Buffer.from(this.#entropy.bytes(4096));
      this.#at = 0;
    }
    const value = this.#pool.readUInt16LE(this.#at) % count;
    this.#at += 2;
    return value;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T; // never empty
  }

  #some<T>(items: readonly T[]): T[] {
    return Array.from({ length: 1 + this.below(2) }, () => this.of(items));
  }

  document(side: World["side"], hasPrincipal: boolean): RawDocument {
    return {
      Version: this.below(6) === 0 ? "2008-10-17" : "2012-10-17",
      Statement: Array.from({ length: 1 + this.below(3) }, () => this.statement(side, hasPrincipal)),
    };
  }

  statement(side: World["side"], hasPrincipal: boolean): RawStatement {
    const isTrust = side === "trust" && hasPrincipal;
    const Effect = this.below(5) === 0 ? "Deny" : "Allow";
    const actions = this.#some(isTrust ? TRUST_ACTIONS : [...ACTIONS, ...SIDES[side].actions]);
    const resources = this.#some(SIDES[side].patterns);
    return {
      Effect,
      ...(hasPrincipal && this.#principal(Effect)),
      ...(!isTrust && this.below(6) === 0 ? { NotAction: actions } : { Action: actions }),
      ...(isTrust ? {} : this.below(6) === 0 ? { NotResource: resources } : { Resource: resources }),
      ...(this.below(3) === 0 && { Condition: this.#condition() }),
    };
  }

  #principal(effect: "Allow" | "Deny"): Pick<RawStatement, "Principal" | "NotPrincipal"> {
    const service: Record<string, string[]> = this.below(5) === 0 ? { Service: ["logs.us-east-1.amazonaws.com"] } : {};
    const element = this.below(8) === 0 ? ("*" as const) : { AWS: this.#some(NAMES), ...service };
    if (effect === "Allow" || this.below(3) > 0) return { Principal: element };
    return { NotPrincipal: { AWS: Array.from({ length: 1 + this.below(4) }, () => this.of(NAMES)), ...service } };
  }

  #condition(): Record<string, Record<string, string[]>> {
    const condition: Record<string, Record<string, string[]>> = {};
    for (let count = 1 + this.below(2); count > 0; count--) {
      const [key, , wanted] = this.of(KEYS);
      const isMany = key === "aws:TagKeys";
      const base = this.below(10) === 0 ? "Null" : this.of(OPERATORS_OF[key] ?? STRINGS);
      const set = isMany && base !== "Null" ? this.of(["ForAllValues:", "ForAnyValue:"]) : "";
      const name = `${set}${base}${base !== "Null" && this.below(4) === 0 ? "IfExists" : ""}`;
      const asked = base === "Null" ? [this.of(["true", "false"])] : this.#some(wanted);
      condition[name] = { ...condition[name], [this.below(4) === 0 ? key.toUpperCase() : key]: asked };
    }
    return condition;
  }

  values(): Context {
    const values: Record<string, string | readonly string[]> = {};
    for (const [key, carried] of KEYS) if (this.below(3) > 0) values[key.toLowerCase()] = this.of(carried);
    return values;
  }

  grant(): GrantView {
    const constraint = this.below(5);
    return {
      id: "g",
      grantee: this.of([
        ...NAMES.filter((name) => name.startsWith("a") || name.startsWith("A")),
        "logs.us-east-1.amazonaws.com",
      ]),
      operations: new Set(this.#some(["Decrypt", "Encrypt", "DescribeKey"])),
      ...(constraint === 0 && { contextEquals: this.context() }),
      ...(constraint === 1 && { contextSubset: this.context() }),
      ...(constraint === 2 && { sourceArn: "arn:aws:s3:::docs" }),
    };
  }

  context(): Record<string, string> {
    return this.of<Record<string, string>>([
      {},
      { team: "blue" },
      { Team: "blue" },
      { team: "red" },
      { team: "blue", x: "1" },
    ]);
  }

  /** `pick` gives the documents, so that a few thousand are parsed once and met in ever new company. */
  world(pick: (side: World["side"], hasPrincipal: boolean) => RawDocument): World {
    const side = this.of(["key", "key", "resource", "trust", "none"] as const);
    const principal = this.of(CALLERS);
    const isSomebody = principal.kind !== "service" && principal.kind !== "anonymous";
    const isRoot = principal.kind === "root";
    const several = (hasPrincipal: boolean) =>
      Array.from({ length: 1 + this.below(2) }, () => pick(side, hasPrincipal));
    const hasPolicies = isSomebody && !isRoot;
    return {
      action: this.of(SIDES[side].actions),
      resource: this.of(SIDES[side].resources),
      principal,
      values: this.values(),
      identity: hasPolicies && this.below(5) > 0 ? several(false) : [],
      boundary: hasPolicies && this.below(3) === 0 ? pick(side, false) : undefined,
      session: hasPolicies && principal.kind !== "user" && this.below(3) === 0 ? several(false) : undefined,
      serviceControl:
        isSomebody && this.below(4) === 0 ? Array.from({ length: 1 + this.below(3) }, () => several(false)) : undefined,
      resourceControl:
        side !== "none" && this.below(6) === 0 ? [pick(side === "trust" ? "none" : side, true)] : undefined,
      side,
      account: A,
      policy: side === "none" || (side === "resource" && this.below(3) === 0) ? undefined : pick(side, true),
      grants: side === "key" ? Array.from({ length: this.below(3) }, () => this.grant()) : [],
      context: this.context(),
    };
  }
}
