import { type AccountId, type Arn, AwsError, isAccountId, isRegion, parseArn, type Region } from "../base/index.js";
import { aliasArn, type KeyId, type KeyRef, keyArn } from "./key.js";

/** A `KeyId` member, understood: a key or an alias, in an account, in the Region that was called (kms 1.2). */
export type KeyIdentifier =
  | { readonly kind: "key"; readonly ref: KeyRef; readonly arn: Arn; readonly bare: boolean }
  | {
      readonly kind: "alias";
      readonly account: AccountId;
      readonly region: Region;
      readonly name: string;
      readonly arn: Arn;
    };

/** Where the call came in: what bare ids and alias names are completed with. */
export interface Place {
  readonly account: AccountId;
  readonly region: Region;
}

const KEY_ID = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

export const isKeyId = (text: string): text is KeyId => KEY_ID.test(text);

/** The code for a broken ARN: operations whose model lacks InvalidArnException say NotFoundException. */
export type BadArnCode = "InvalidArnException" | "NotFoundException";

/** All four forms; anything else is refused. */
export function parseKeyIdentifier(text: string, place: Place, badArn: BadArnCode): KeyIdentifier {
  if (isKeyId(text)) return keyIn({ ...place, id: text }, true);
  if (text.startsWith("alias/")) return aliasIn(place.account, place.region, text);
  if (text.startsWith("arn:")) return parseKeyArn(text, place, badArn);
  throw invalidKeyId(text);
}

/** Key id or key ARN alone, as most management operations want it: an alias is no name of a key there (class K2). */
export function parseKeyOnly(
  text: string,
  place: Place,
  badArn: BadArnCode = "InvalidArnException",
): KeyIdentifier & { readonly kind: "key" } {
  const identifier = parseKeyIdentifier(text, place, badArn);
  if (identifier.kind === "alias") throw invalidKeyId(text);
  return identifier;
}

function parseKeyArn(text: string, place: Place, badArn: BadArnCode): KeyIdentifier {
  const parts = parseArn(text);
  if (parts?.service !== "kms" || !isAccountId(parts.account) || !isRegion(parts.region))
    throw invalidArn(badArn, text);
  // The recorded text names the Region alone: `Invalid arn eu-west-1`.
  if (parts.region !== place.region) throw new AwsError("NotFoundException", `Invalid arn ${parts.region}`);
  const identifier = identifierIn(parts.account, parts.region, parts.resource);
  if (identifier?.arn !== text) throw invalidArn(badArn, text); // another partition, or neither key nor alias
  return identifier;
}

function identifierIn(account: AccountId, region: Region, resource: string): KeyIdentifier | undefined {
  if (resource.startsWith("alias/")) return aliasIn(account, region, resource);
  if (!resource.startsWith("key/")) return undefined;
  const id = resource.slice("key/".length);
  if (!isKeyId(id)) throw invalidKeyId(id);
  return keyIn({ account, region, id }, false);
}

const keyIn = (ref: KeyRef, bare: boolean): KeyIdentifier & { kind: "key" } => ({
  kind: "key",
  ref: { account: ref.account, region: ref.region, id: ref.id },
  arn: keyArn(ref),
  bare,
});

const aliasIn = (account: AccountId, region: Region, name: string): KeyIdentifier => ({
  kind: "alias",
  account,
  region,
  name,
  arn: aliasArn(account, region, name),
});

const invalidKeyId = (text: string) => new AwsError("NotFoundException", `Invalid keyId '${text}'`);
const invalidArn = (code: BadArnCode, text: string) => new AwsError(code, `Invalid arn ${text}`);

export const noSuchKey = (arn: Arn): AwsError => new AwsError("NotFoundException", `Key '${arn}' does not exist`);
export const noSuchAlias = (arn: Arn): AwsError => new AwsError("NotFoundException", `Alias ${arn} is not found.`);
