import { type AccountId, globalArn } from "../../base/index.js";
import { type Item, itemsOf } from "../directory/items.js";
import type { Tag } from "../directory.js";
import type { SamlSubject } from "../session-token.js";

/** An identity provider whose assertions an account accepts. What counts of its metadata was read when it was given. */
export interface SamlProvider extends Item {
  /** Unique id. */
  readonly id: string;
  readonly entityId: string;
  /** DER in base 64. */
  readonly certificates: readonly string[];
  readonly createdMs: number;
  readonly validUntilMs: number;
  readonly tags: readonly Tag[];
}

export const samlProviders = itemsOf<SamlProvider>("saml-provider");

/** The document itself, under the provider's name: it is long, and only GetSAMLProvider wants it. */
export interface SamlDocument extends Item {
  readonly document: string;
}

export const samlDocuments = itemsOf<SamlDocument>("saml-document");

export const samlProviderArn = (account: AccountId, name: string) => globalArn("iam", account, `saml-provider/${name}`);

/** The condition values that trust policies and the session's own policies may ask. */
export const samlSubjectValues = ({ nameQualifier, subject, subjectType }: SamlSubject): [string, string][] => [
  ["saml:namequalifier", nameQualifier],
  ["saml:sub", subject],
  ["saml:sub_type", subjectType],
];
