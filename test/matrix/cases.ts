import { readFileSync } from "node:fs";
import { join } from "node:path";

export const CALLERS = [
  "root",
  "user",
  "user-token",
  "role",
  "federated",
  "foreign-root",
  "foreign-user",
  "foreign-role",
] as const;
export type CallerKind = (typeof CALLERS)[number];

/** What a layer of policies says of `kms:Encrypt`; `none`: the layer is not there. */
export type Layer = "none" | "allow" | "silent" | "deny";
export type Identity = "none" | "allow" | "deny" | "other-action" | "other-key";

/** One line of the tables: a caller, all that speaks for and against it, and what comes of it. */
export interface AuthorityCase {
  /** The rule of the behaviour contract that decides it. */
  readonly rule: string;
  readonly caller: CallerKind;
  /** Names of `KEY_POLICY` in statements.ts. */
  readonly keyPolicy?: readonly string[];
  readonly identity?: Identity;
  readonly boundary?: Layer;
  readonly session?: Layer;
  /** Names of `GRANTS` in statements.ts. */
  readonly grants?: readonly string[];
  /** The encryption context of the request. */
  readonly context?: Readonly<Record<string, string>>;
  /** `allowed by …`, `no …` or `explicit deny in …`, with the layer's name as AWS writes it. */
  readonly expect: string;
}

/** One condition, in a statement that allows or in one that denies, in the key policy or in the user's own. */
export interface ConditionCase {
  readonly rule: string;
  readonly in: "key policy" | "identity";
  readonly effect: "Allow" | "Deny";
  readonly condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  readonly context?: Readonly<Record<string, string>>;
  /** How the request names the key; by its id when left out. */
  readonly by?: "alias" | "alias ARN";
  readonly expect: string;
}

const FOLDER = join(process.cwd(), "test", "matrix");
const AUTHORITY = ["key-policy-and-identity", "boundary-and-session", "grants", "grant-constraints"];

// Our own files, of these two forms.
const read = <Case>(name: string) => JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")) as readonly Case[];

export const authorityCases: ReadonlyMap<string, readonly AuthorityCase[]> = new Map(
  AUTHORITY.map((name) => [name, read<AuthorityCase>(name)]),
);
export const conditionCases: readonly ConditionCase[] = read<ConditionCase>("conditions");

export const told = (each: object): string => JSON.stringify(each);
