import {
  findManagedPolicy,
  isAwsManaged,
  packedPercent,
  packScope,
  type SessionScope,
  type Tag,
} from "../../identity/index.js";
import { parsePolicy } from "../../policy/index.js";
import type { ReadTx } from "../../store/index.js";
import { invalidParameter, malformedPolicy, packedPolicyTooLarge, validationError } from "./errors.js";

/** What a caller may lay on a session that it starts. */
export interface ScopeInput {
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly { readonly arn?: string | undefined }[] | undefined;
  readonly Tags?: readonly { readonly Key: string | undefined; readonly Value: string | undefined }[] | undefined;
  readonly TransitiveTagKeys?: readonly string[] | undefined;
}

const MOST_POLICY_CHARACTERS = 2048;
const MOST_POLICY_ARNS = 10;
const MOST_TAGS = 50;
const MOST_KEY_CHARACTERS = 128;
const MOST_VALUE_CHARACTERS = 256;

/** The scope of a new session, checked, with the tags that a role inherits along a chain. */
export async function parseScope(
  tx: ReadTx,
  account: string,
  input: ScopeInput,
  inherited: readonly Tag[] = [],
): Promise<SessionScope> {
  const own = parseTags(input);
  if (inherited.length + own.length > MOST_TAGS) throw tooManyTags();
  const transitive = transitiveKeys(own, input.TransitiveTagKeys ?? [], inherited);
  return {
    policies: input.Policy === undefined ? [] : [sessionPolicy(input.Policy)],
    policyArns: await sessionPolicyArns(tx, account, input),
    tags: [...inherited, ...own],
    transitiveKeys: transitive,
  };
}

/** PackedPolicySize; undefined when the caller laid nothing on the session. Throws when it does not fit a token. */
export function packedSize(scope: SessionScope): number | undefined {
  const { policies, policyArns, tags } = scope;
  if (policies.length + policyArns.length + tags.length === 0) return undefined;
  const percent = packedPercent(packScope(scope));
  if (percent > 100)
    throw packedPolicyTooLarge(`Packed size of policies and tags consumes ${percent}% of allotted space.`);
  return percent;
}

function sessionPolicy(text: string): string {
  if (text.length > MOST_POLICY_CHARACTERS)
    throw validationError(
      "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
    );
  parsePolicy(text, "session"); // throws MalformedPolicyDocument, in STS's words as they are
  return text;
}

async function sessionPolicyArns(tx: ReadTx, account: string, input: ScopeInput): Promise<string[]> {
  const arns = (input.PolicyArns ?? []).map(({ arn = "" }) => arn);
  if (arns.length > MOST_POLICY_ARNS)
    throw validationError(
      "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10",
    );
  for (const arn of arns) {
    const isOurs = isAwsManaged(arn) || arn.startsWith(`arn:aws:iam::${account}:policy/`);
    const policy = isOurs ? await findManagedPolicy(tx, arn) : undefined;
    if (policy === undefined) throw malformedPolicy(`Policy ${arn} does not exist or is not attachable.`);
  }
  return arns;
}

function parseTags(input: ScopeInput): Tag[] {
  const tags = (input.Tags ?? []).map(({ Key = "", Value = "" }) => ({ key: Key, value: Value }));
  if (tags.length > MOST_TAGS) throw tooManyTags();
  // Those of a request were checked at the door; those of a token or an assertion come by here first.
  if (
    tags.some(
      ({ key, value }) => key === "" || key.length > MOST_KEY_CHARACTERS || value.length > MOST_VALUE_CHARACTERS,
    )
  )
    throw validationError("Tag keys have 1 to 128 characters, and tag values 256 at most.");
  if (tags.some(({ key }) => fold(key).startsWith("aws:")))
    throw invalidParameter("aws: prefixed tag key names are not allowed for external use.");
  if (new Set(tags.map(({ key }) => fold(key))).size < tags.length)
    throw invalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  return tags;
}

/** What came down the chain stays transitive, and nobody on the way may change it. */
function transitiveKeys(own: readonly Tag[], wanted: readonly string[], inherited: readonly Tag[]): string[] {
  const fixed = new Set(inherited.map(({ key }) => fold(key)));
  if ([...own.map(({ key }) => key), ...wanted].some((key) => fixed.has(fold(key))))
    throw invalidParameter(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  const present = new Set(own.map(({ key }) => fold(key)));
  if (wanted.some((key) => !present.has(fold(key))))
    throw invalidParameter("The specified transitive tag key must be included in the requested tags.");
  return [...inherited.map(({ key }) => key), ...wanted];
}

const tooManyTags = () =>
  validationError(
    "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
  );

const fold = (key: string) => key.toLowerCase();
