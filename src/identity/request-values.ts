import { isoSeconds, parseArn, rowOf, table } from "../base/index.js";
import type { RequestValues } from "../policy/index.js";
import type { Check } from "./authorize.js";
import type { CallContext, SignedForm } from "./call.js";

type Value = string | readonly string[] | undefined;
type Source = (call: CallContext, check: Check) => Value;

/**
 * The global condition keys that the house alone knows (kms 5.7), computed when a policy asks for one. A key that has
 * a row here comes from here or is absent: nothing that an operation or a session brings can stand in for it (kms S-5).
 */
const OF_CALL: Readonly<Record<string, Source>> = table<Record<string, Source>>({
  "aws:currenttime": (call) => isoSeconds(call.time),
  "aws:epochtime": (call) => String(Math.floor(call.time.getTime() / 1000)),
  "aws:requestedregion": (call, check) => check.region ?? call.region,
  "aws:resourceaccount": (_call, check) => check.side.account || undefined,
  "aws:principalorgid": (call) => ownPlacement(call)?.organization,
  "aws:principalorgpaths": (call) => listOf(ownPlacement(call)?.path),
  "aws:resourceorgid": (call, check) => placementOf(call, check.side.account)?.organization,
  "aws:resourceorgpaths": (call, check) => listOf(placementOf(call, check.side.account)?.path),
  "aws:sourceorgid": (call) => placementOf(call, sourceAccount(call))?.organization,
  "aws:sourceorgpaths": (call) => listOf(placementOf(call, sourceAccount(call))?.path),
  "aws:securetransport": (call) => String(call.secureTransport),
  "aws:useragent": (call) => call.userAgent || undefined,
  "aws:referer": (call) => (isByService(call) ? undefined : call.referer || undefined),
  // A service that calls for somebody does not pass their address on, and has none of its own.
  "aws:sourceip": (call) => (isByService(call) ? undefined : call.sourceIp || undefined),
  "aws:sourcearn": (call) => (isByService(call) ? call.sourceArn : undefined),
  "aws:sourceaccount": (call) => sourceAccount(call),
  "aws:viaawsservice": (call) => String(call.viaService !== undefined),
  "aws:calledvia": (call) => listOf(calledVia(call)),
  "aws:calledviafirst": (call) => calledVia(call),
  "aws:calledvialast": (call) => calledVia(call),
  // A code that comes with the request itself is as young as can be; STS alone takes one.
  "aws:multifactorauthage": (call, check) =>
    mfaAge(call) ?? (isSts(check) ? check.values?.get("aws:multifactorauthage") : undefined),
  "aws:principalisawsservice": (call) => String(call.caller.principal.kind === "service"),
  "aws:principalservicename": (call) => call.caller.principal.service,
  "aws:principalservicenameslist": (call) => listOf(call.caller.principal.service),
  "kms:calleraccount": (call, check) => (isKms(check) ? call.caller.account || undefined : undefined),
  "kms:viaservice": (call, check) => (isKms(check) ? call.viaService : undefined),
  "s3:signatureversion": (call, check) => (isS3(check) ? call.signatureVersion : undefined),
  "s3:authtype": ({ signed }, check) => (isS3(check) && signed ? AUTH_TYPES[signed.kind] : undefined),
  "s3:signatureage": (call, check) => (isS3(check) ? signatureAgeMs(call) : undefined),
  "s3:tlsversion": ({ tlsVersion }, check) => (isS3(check) ? tlsVersion?.()?.replace(/^TLSv/, "") : undefined),
});

const AUTH_TYPES: Readonly<Record<SignedForm["kind"], string>> = {
  header: "REST-HEADER",
  query: "REST-QUERY-STRING",
  "version-2": "REST-QUERY-STRING",
  form: "POST",
};

/** Of presigned URLs alone. */
const signatureAgeMs = ({ signed, time }: CallContext) =>
  signed?.kind === "query" && signed.dateMs !== undefined
    ? String(Math.max(0, time.getTime() - signed.dateMs))
    : undefined;

/** What conditions may ask of one check: of the call, then of the operation, then of the caller. Copies nothing. */
export function requestValues(call: CallContext, check: Check): RequestValues {
  const get = (name: string): Value => {
    const ofCall = rowOf(OF_CALL, name);
    return ofCall === undefined ? (check.values?.get(name) ?? call.caller.values.get(name)) : ofCall(call, check);
  };
  return { get, has: (name) => get(name) !== undefined };
}

/** Made by a service, in its own name or in its caller's: only then is there a source resource (kms G-7, S-2). */
const isByService = ({ viaService, caller }: CallContext) =>
  viaService !== undefined || caller.principal.kind === "service";

const isKms = (check: Check) => check.action.startsWith("kms:");
const isSts = (check: Check) => check.action.startsWith("sts:");

const mfaAge = ({ caller, time }: CallContext) => {
  const at = caller.session?.mfaAt;
  return at && String(Math.max(0, Math.floor((time.getTime() - at.getTime()) / 1000)));
};
const isS3 = (check: Check) => check.action.startsWith("s3:");

const sourceAccount = (call: CallContext) =>
  isByService(call) ? (call.sourceAccount ?? accountIn(call.sourceArn)) : undefined;

const placementOf = ({ caller }: CallContext, account: string | undefined) =>
  account ? caller.organizations?.of(account) : undefined;

/** A service has no place in an organization, though it acts for an account that may. */
const ownPlacement = (call: CallContext) =>
  call.caller.principal.kind === "service" ? undefined : placementOf(call, call.caller.account);

/** Buckets' ARNs carry no account. */
const accountIn = (arn: string | undefined) => (arn === undefined ? undefined : parseArn(arn)?.account || undefined);

/** `s3.us-east-1.amazonaws.com` calls as `s3.amazonaws.com`. One service at most stands between: the chain is of one. */
const calledVia = ({ viaService }: CallContext) =>
  viaService === undefined ? undefined : `${viaService.split(".")[0]}.amazonaws.com`;

const listOf = (value: string | undefined) => (value === undefined ? undefined : [value]);
