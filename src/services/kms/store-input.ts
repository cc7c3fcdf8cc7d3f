import type { CustomKeyStoresListEntry } from "@aws-sdk/client-kms";
import { AwsError } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { CustomKeyStore, StoreChange, StoreRef, StoreSettings } from "../../kms/index.js";

/** The members of Create- and UpdateCustomKeyStore that say where a store is and how to get in. */
interface StoreMembers {
  readonly CloudHsmClusterId?: string | undefined;
  readonly TrustAnchorCertificate?: string | undefined;
  readonly KeyStorePassword?: string | undefined;
  readonly XksProxyUriEndpoint?: string | undefined;
  readonly XksProxyUriPath?: string | undefined;
  readonly XksProxyConnectivity?: "PUBLIC_ENDPOINT" | "VPC_ENDPOINT_SERVICE" | undefined;
  readonly XksProxyAuthenticationCredential?:
    | { readonly AccessKeyId: string | undefined; readonly RawSecretAccessKey: string | undefined }
    | undefined;
  readonly XksProxyVpcEndpointServiceName?: string | undefined;
  readonly XksProxyVpcEndpointServiceOwner?: string | undefined;
}

const HSM_MEMBERS = ["CloudHsmClusterId", "TrustAnchorCertificate", "KeyStorePassword"] as const;
const XKS_MEMBERS = [
  "XksProxyUriEndpoint",
  "XksProxyUriPath",
  "XksProxyConnectivity",
  "XksProxyAuthenticationCredential",
] as const;
const VPC_MEMBERS = ["XksProxyVpcEndpointServiceName", "XksProxyVpcEndpointServiceOwner"] as const;

/** Every member that the type needs, and no member of the other (kms E-1). */
export function storeSettings(
  input: StoreMembers & { readonly CustomKeyStoreType?: string | undefined },
  ref: StoreRef,
): StoreSettings {
  const type = input.CustomKeyStoreType ?? "AWS_CLOUDHSM";
  if (type === "AWS_CLOUDHSM") return hsmSettings(input, ref);
  return xksSettings(input, ref);
}

function hsmSettings(input: StoreMembers, ref: StoreRef): StoreSettings {
  refuseMembers(input, [...XKS_MEMBERS, ...VPC_MEMBERS], "an AWS CloudHSM key store");
  return {
    ...ref,
    type: "AWS_CLOUDHSM",
    clusterId: required(input, "CloudHsmClusterId"),
    trustAnchor: required(input, "TrustAnchorCertificate"),
    password: required(input, "KeyStorePassword"),
  };
}

function xksSettings(input: StoreMembers, ref: StoreRef): StoreSettings {
  refuseMembers(input, HSM_MEMBERS, "an external key store");
  const connectivity = required(input, "XksProxyConnectivity");
  const credential = required(input, "XksProxyAuthenticationCredential");
  const settings = {
    ...ref,
    type: "EXTERNAL_KEY_STORE",
    connectivity,
    endpoint: required(input, "XksProxyUriEndpoint"),
    path: required(input, "XksProxyUriPath"),
    accessKeyId: credential.AccessKeyId ?? "", // both are required in the model, so the decoder saw to them
    secretAccessKey: credential.RawSecretAccessKey ?? "",
  } as const;
  if (connectivity === "PUBLIC_ENDPOINT") {
    refuseMembers(input, VPC_MEMBERS, "a proxy with a public endpoint");
    return settings;
  }
  const vpcServiceOwner = input.XksProxyVpcEndpointServiceOwner ?? ref.account;
  return { ...settings, vpcService: required(input, "XksProxyVpcEndpointServiceName"), vpcServiceOwner };
}

function required<Name extends keyof StoreMembers>(input: StoreMembers, name: Name): NonNullable<StoreMembers[Name]> {
  const value = input[name];
  if (value !== undefined && value !== null) return value;
  throw new AwsError("ValidationException", `${name} is required for this type of custom key store.`);
}

function refuseMembers(input: StoreMembers, names: readonly (keyof StoreMembers)[], what: string): void {
  const given = names.find((name) => input[name] !== undefined);
  if (given !== undefined) throw new AwsError("ValidationException", `${given} does not go with ${what}.`);
}

export function storeChange(
  input: StoreMembers & { readonly NewCustomKeyStoreName?: string | undefined },
): StoreChange {
  const { CloudHsmClusterId: clusterId, KeyStorePassword: password } = input;
  const isXks = [...XKS_MEMBERS, ...VPC_MEMBERS].some((name) => input[name] !== undefined);
  const credential = input.XksProxyAuthenticationCredential;
  const xks = {
    connectivity: input.XksProxyConnectivity,
    endpoint: input.XksProxyUriEndpoint,
    path: input.XksProxyUriPath,
    accessKeyId: credential?.AccessKeyId,
    secretAccessKey: credential?.RawSecretAccessKey,
    vpcService: input.XksProxyVpcEndpointServiceName,
    vpcServiceOwner: input.XksProxyVpcEndpointServiceOwner,
  };
  return {
    name: input.NewCustomKeyStoreName,
    ...(clusterId === undefined && password === undefined ? {} : { hsm: present({ clusterId, password }) }),
    ...(isXks ? { xks: present(xks) } : {}),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const present = <T extends object>(members: T): Present<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>; // the same, fewer

/** A store as DescribeCustomKeyStores tells it: all but its secret (kms K-7). */
export function storeEntry(store: CustomKeyStore): CustomKeyStoresListEntry {
  const { facts } = store;
  return {
    CustomKeyStoreId: store.id,
    CustomKeyStoreName: store.name,
    CustomKeyStoreType: facts.type,
    CreationDate: store.createdAt,
    ConnectionState: store.state,
    ...(store.errorCode === undefined
      ? {}
      : { ConnectionErrorCode: store.errorCode as CustomKeyStoresListEntry["ConnectionErrorCode"] }), // AWS's own words
    ...(facts.type === "AWS_CLOUDHSM"
      ? { CloudHsmClusterId: facts.clusterId, TrustAnchorCertificate: facts.trustAnchor }
      : { XksProxyConfiguration: proxyEntry(facts) }),
  };
}

type ProxyFacts = Extract<CustomKeyStore["facts"], { type: "EXTERNAL_KEY_STORE" }>;

const proxyEntry = (facts: ProxyFacts) => ({
  Connectivity: facts.connectivity,
  AccessKeyId: facts.accessKeyId,
  UriEndpoint: facts.endpoint,
  UriPath: facts.path,
  ...(facts.vpcService === undefined ? {} : { VpcEndpointServiceName: facts.vpcService }),
  ...(facts.vpcServiceOwner === undefined ? {} : { VpcEndpointServiceOwner: facts.vpcServiceOwner }),
});

/** The call's record names the store as its owner does (kms 13.4). */
export function showStore(ctx: RequestContext, { name, facts }: Pick<CustomKeyStore, "name" | "facts">): void {
  const cluster = facts.type === "AWS_CLOUDHSM" ? { clusterId: facts.clusterId } : {};
  Object.assign(ctx.notes.additionalEventData, { customKeyStoreName: name, ...cluster });
}

export const storeRef = (ctx: RequestContext, id: string): StoreRef => ({
  account: ctx.caller.account,
  region: ctx.region,
  id,
});
