import { type AccountId, type Arn, AwsError, makeArn, type Region, table } from "../base/index.js";
import type { MaterialId } from "../keystore/index.js";
import type { StoreType } from "./custom-stores/port.js";
import type { ImportSummary } from "./imported/summary.js";
import type { KeySpec, KeyUsage } from "./key-spec.js";

/** A UUID, or `mrk-` and 32 hex digits. */
export type KeyId = string & { readonly [keyId]: true };
declare const keyId: unique symbol;

/** What names one key in the house. Siblings of a multi-Region key share their id, so the Region belongs to it. */
export interface KeyRef {
  readonly account: AccountId;
  readonly region: Region;
  readonly id: KeyId;
}

/** What is true of a key in every state. */
export interface KeyFacts extends KeyRef {
  readonly arn: Arn;
  readonly manager: "CUSTOMER" | "AWS";
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly origin: "AWS_KMS" | "EXTERNAL" | "AWS_CLOUDHSM" | "EXTERNAL_KEY_STORE";
  /** Absent for single-Region keys. */
  readonly family?: KeyFamily;
  readonly description: string;
  readonly createdAt: Date;
  readonly tags: readonly Tag[];
  /** Automatic rotation, also while the key is disabled or pending deletion (kms ). */
  readonly rotation?: RotationSchedule;
  /** Keys in a custom key store only. */
  readonly customStore?: KeyInStore;
  /** On-demand rotations so far: 25 for the key's life (kms R-6). */
  readonly onDemandRotations: number;
  /** Of keys with the origin EXTERNAL: what is here of their material. Follows from the materials. */
  readonly imported?: ImportSummary;
}

export interface KeyInStore {
  readonly id: string;
  readonly type: StoreType;
  /** The external key's id, or the name of the key in its token. */
  readonly externalKeyId: string;
  readonly clusterId?: string | undefined;
}

/** The related keys of a multi-Region key, by Region: seen the same from each of them (kms M-2). */
export interface KeyFamily {
  readonly primary: Region;
  /** In the order of their names. */
  readonly replicas: readonly Region[];
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface RotationSchedule {
  readonly periodDays: number;
  readonly nextAt: Date;
}

/** States that hold material, states that wait for it, and the two that count down. */
export type KeyLife =
  | Holding<"Enabled" | "Disabled" | "Updating">
  /** Never stored: what a key shows while its custom key store is not connected. */
  | { readonly state: "Unavailable"; readonly material: MaterialId; readonly remembered: "Enabled" | "Disabled" }
  | {
      readonly state: "PendingDeletion";
      readonly material: MaterialId | undefined;
      readonly deletionAt: Date;
      /** Tells since when the key costs nothing. Rows of before do not have it. */
      readonly windowDays?: number;
    }
  | { readonly state: "PendingReplicaDeletion"; readonly material: MaterialId | undefined; readonly windowDays: number }
  /** With the id of material that was here and may come again. */
  | { readonly state: "PendingImport"; readonly material: MaterialId | undefined }
  | { readonly state: "Creating"; readonly material?: undefined };

/** One member a state, so that a check of the state tells the type checker the rest. */
type Holding<State> = State extends string ? { readonly state: State; readonly material: MaterialId } : never;

export type Key = KeyFacts & KeyLife;
export type KeyState = Key["state"];

/** How a refusal for the key's state ends (kms 1.8): `<key-arn> is pending deletion.` */
const REFUSALS = table({
  Enabled: "is enabled",
  Disabled: "is disabled",
  PendingDeletion: "is pending deletion",
  PendingReplicaDeletion: "is pending replica deletion",
  PendingImport: "is pending import",
  Creating: "is creating",
  Updating: "is updating",
  Unavailable: "is unavailable",
} satisfies Record<KeyState, string>);

export const keyArn = (ref: KeyRef): Arn => makeArn("kms", ref.region, ref.account, `key/${ref.id}`);
export const aliasArn = (account: AccountId, region: Region, name: string): Arn =>
  makeArn("kms", region, account, name);

/** One text for a key in maps; ids alone are not enough because siblings in other Regions share them. */
export const refText = (ref: KeyRef): string => `${ref.account}/${ref.region}/${ref.id}`;

type InState<State extends KeyState> = Extract<KeyLife, { readonly state: State }> & KeyFacts;

/** Lets the key pass in these states and refuses it, in AWS's words, in all others (kms section 2). */
export function refuseUnless<State extends KeyState>(
  key: Key,
  ...allowed: readonly State[]
): asserts key is InState<State> {
  if (!(allowed as readonly KeyState[]).includes(key.state)) throw wrongState(key); // widened to ask about any state
}

/** Cryptography: Enabled, or Updating (a primary on its way to another Region still works). */
export function refuseUnlessUsable(key: Key): asserts key is InState<"Enabled" | "Updating"> {
  refuseUnless(key, "Enabled", "Updating");
}

/** Refuses the key in these states alone. */
export function refuseIf(key: Key, ...refused: readonly KeyState[]): void {
  if (refused.includes(key.state)) throw wrongState(key);
}

function wrongState(key: Key): AwsError {
  const code = key.state === "Disabled" ? "DisabledException" : "KMSInvalidStateException";
  return new AwsError(code, `${key.arn} ${REFUSALS[key.state]}.`);
}

export const notPendingDeletion = (key: Key): AwsError =>
  new AwsError("KMSInvalidStateException", `${key.arn} is not pending deletion.`);
