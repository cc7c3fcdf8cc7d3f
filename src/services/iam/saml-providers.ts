import { isAccountId, parseArn } from "../../base/index.js";
import { RefusedXml } from "../../crypto/index.js";
import {
  type Check,
  parseSamlMetadata,
  type SamlMetadata,
  type SamlProvider,
  samlProviders,
} from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { checkOn } from "./entities.js";
import { invalidInput, noSuchEntity, notImplemented, validationError } from "./errors.js";
import type { IamPorts } from "./ports.js";
import { arnOf, findThing, type NamedThing, type ThingKind, tagValuesOf, type Values } from "./things.js";
import { responseElements } from "./trail.js";

export const SAML_PROVIDERS: ThingKind<SamlProvider> = {
  items: samlProviders,
  word: "saml-provider",
  noSuch: (_name, arn) => noSuchEntity(`Manifest not found for arn ${arn}`),
};

/** `target` and `checks` of an operation on one SAML provider. Those of other accounts do not exist, for this one. */
export const aboutSamlProvider = <Input extends { readonly SAMLProviderArn: string }>(
  action: string,
  values: (input: Input) => Values = () => [],
) => ({
  target: async (ctx: RequestContext, input: Input, { database }: IamPorts): Promise<NamedThing<SamlProvider>> => {
    const arn = input.SAMLProviderArn;
    const named = await database.read((tx) => findThing(tx, SAML_PROVIDERS, ctx.caller.account, nameIn(arn)));
    return { ...named, arn, found: named.arn === arn ? named.found : undefined };
  },
  checks: (ctx: RequestContext, input: Input, { arn, found }: NamedThing<SamlProvider>): readonly Check[] => [
    checkOn(ctx, action, arn, [...tagValuesOf(found), ...values(input)]),
  ],
});

function nameIn(arn: string): string {
  const parts = parseArn(arn);
  const name = /^saml-provider\/([\w.-]{1,128})$/.exec(parts?.resource ?? "")?.[1];
  if (parts?.service !== "iam" || !isAccountId(parts.account) || name === undefined)
    throw validationError("Invalid ARN");
  return name;
}

/** What a document says, in the provider's own words for it. */
export function readMetadata(
  document: string,
  now: Date,
): Omit<SamlMetadata, "validUntilMs"> & { validUntilMs: number } {
  const { validUntilMs = inHundredYears(now), ...metadata } = parsed(document);
  if (validUntilMs <= now.getTime())
    throw invalidInput("The metadata document is no longer valid: see its validUntil.");
  return { ...metadata, validUntilMs };
}

function parsed(document: string): SamlMetadata {
  try {
    return parseSamlMetadata(document);
  } catch (thrown) {
    if (thrown instanceof RefusedXml) throw invalidInput(`Could not parse metadata: ${thrown.message}.`);
    throw thrown;
  }
}

/** What AWS says of a provider whose document has no end. */
function inHundredYears(now: Date): number {
  const end = new Date(now);
  return end.setUTCFullYear(now.getUTCFullYear() + 100);
}

interface EncryptionInput {
  readonly AssertionEncryptionMode?: string | undefined;
  readonly AddPrivateKey?: string | undefined;
  readonly RemovePrivateKey?: string | undefined;
}

/** Assertions are read in the clear alone (docs/decisions/saml.md), so there is no private key, and none to take away. */
export function refuseEncryption({ AssertionEncryptionMode, AddPrivateKey, RemovePrivateKey }: EncryptionInput): void {
  if (AddPrivateKey !== undefined || RemovePrivateKey !== undefined)
    throw notImplemented("Encrypted assertions, and private keys for them, are not implemented here.");
  if (AssertionEncryptionMode === "Required")
    throw invalidInput("Unable to set assertion encryption mode to Required because no private key is provided.");
}

const MOST_RECORDED_CHARS = 100_000;

/** What the trail shows of a request: no private key, and no document that would fill it. */
export function recordedRequest(input: EncryptionInput & { readonly SAMLMetadataDocument?: string | undefined }) {
  const { AddPrivateKey: _secret, SAMLMetadataDocument: document, ...shown } = input;
  const isShown = document !== undefined && document.length <= MOST_RECORDED_CHARS;
  return responseElements(isShown ? { ...shown, SAMLMetadataDocument: document } : shown);
}

export const shownArn = (provider: SamlProvider) => arnOf(SAML_PROVIDERS, provider);
