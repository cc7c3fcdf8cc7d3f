import type { RequestValues } from "../policy/index.js";
import type { Check } from "./authorize.js";
import type { CallContext } from "./call.js";

type Value = string | readonly string[] | undefined;

/** The global condition keys that come from the call itself (kms 5.7), computed when a policy asks for one. */
const OF_CALL: Readonly<Record<string, (call: CallContext, check: Check) => Value>> = Object.assign(
  Object.create(null),
  {
    "aws:currenttime": (call: CallContext) => `${call.time.toISOString().slice(0, 19)}Z`,
    "aws:epochtime": (call: CallContext) => String(Math.floor(call.time.getTime() / 1000)),
    "aws:requestedregion": (call: CallContext) => call.region,
    "aws:resourceaccount": (_call: CallContext, check: Check) => check.side.account || undefined,
    "aws:securetransport": (call: CallContext) => String(call.secureTransport),
    "aws:useragent": (call: CallContext) => call.userAgent || undefined,
    // A service that calls for somebody does not pass their address on.
    "aws:sourceip": (call: CallContext) => (call.viaService === undefined ? call.sourceIp : undefined),
    "aws:sourcearn": (call: CallContext) => (call.caller.principal.kind === "service" ? call.sourceArn : undefined),
    "aws:viaawsservice": (call: CallContext) => String(call.viaService !== undefined),
    "aws:calledvia": (call: CallContext) => calledVia(call),
    "aws:calledviafirst": (call: CallContext) => calledVia(call)?.[0],
    "aws:calledvialast": (call: CallContext) => calledVia(call)?.[0],
    "aws:principalisawsservice": (call: CallContext) => String(call.caller.principal.kind === "service"),
    "kms:calleraccount": (call: CallContext, check: Check) => (isKms(check) ? call.caller.account : undefined),
    "kms:viaservice": (call: CallContext, check: Check) => (isKms(check) ? call.viaService : undefined),
  },
);

const isKms = (check: Check) => check.action.startsWith("kms:");

function calledVia({ viaService }: CallContext): readonly string[] | undefined {
  return viaService === undefined ? undefined : [`${viaService.split(".")[0]}.amazonaws.com`];
}

/** What conditions may ask of one check: the operation's own values, then the caller's, then the call's. */
export function requestValues(call: CallContext, check: Check): RequestValues {
  const get = (name: string): Value =>
    check.values?.get(name) ?? call.caller.values.get(name) ?? OF_CALL[name]?.(call, check);
  return { get, has: (name) => get(name) !== undefined };
}
