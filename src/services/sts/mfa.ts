import { mfaDeviceOf, type ProvenDevice, provenBy, spendCode } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { accessDenied } from "./errors.js";
import type { StsPorts } from "./ports.js";

interface Input {
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
}

/** Who the code proves; undefined where the request brings none. Uses nothing up: that is for `spend`. */
export async function proven(ctx: RequestContext, input: Input, ports: StsPorts): Promise<ProvenDevice | undefined> {
  const { SerialNumber: serial, TokenCode: code } = input;
  if (serial === undefined && code === undefined) return undefined;
  if (serial === undefined || code === undefined)
    throw accessDenied("MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.");
  const { account, principal, session } = ctx.caller;
  const isUser = principal.kind === "user" && session === undefined && principal.uniqueId !== undefined;
  const device = isUser
    ? await ports.database.read((tx) => mfaDeviceOf(tx, account, principal.uniqueId ?? "", serial))
    : undefined;
  if (device === undefined)
    throw accessDenied(
      "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    );
  const found = provenBy(device, code, ctx.time.getTime());
  if (found === undefined) throw wrongCode();
  return found;
}

/** Uses the code up, once: of two requests with the same code one is refused. */
export async function spend(
  ctx: RequestContext,
  device: ProvenDevice | undefined,
  ports: StsPorts,
): Promise<{ mfaMs?: number }> {
  if (device === undefined) return {};
  await ctx.commit(ports.database, async (tx) => {
    if (!(await spendCode(tx, device))) throw wrongCode();
  });
  return { mfaMs: ctx.time.getTime() };
}

const wrongCode = () => accessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
