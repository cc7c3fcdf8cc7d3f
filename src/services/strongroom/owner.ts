import { AwsError } from "../../base/index.js";
import type { Check } from "../../identity/index.js";
import { directory } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { StrongroomPorts } from "./ports.js";

/** An action on the house itself: the caller's own policies decide, as for operations without a resource. */
export const houseCheck = (ctx: RequestContext, action: string): Check => ({
  action: `strongroom:${action}`,
  resource: "*",
  side: { kind: "none", account: ctx.caller.account },
});

/** The house belongs to the account that its first start made; other accounts are guests and may not make more. */
export async function refuseGuests(ctx: RequestContext, ports: StrongroomPorts): Promise<void> {
  const owner = await ports.database.read((tx) => directory.houseOwner(tx));
  if (owner !== ctx.caller.account) {
    throw new AwsError("AccessDeniedException", "Only the account that owns this house may do this.", { status: 403 });
  }
}

/** A member that must be text of a bounded length. */
export function textMember(input: Readonly<Record<string, unknown>>, name: string, most: number): string {
  const value = input[name];
  if (typeof value !== "string" || value.length === 0 || value.length > most) {
    throw new AwsError("ValidationException", `'${name}' must be text of 1 to ${most} characters.`);
  }
  return value;
}
