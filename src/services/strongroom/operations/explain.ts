import { AwsError } from "../../../base/index.js";
import { type Caller, decisionInput } from "../../../identity/index.js";
import { ownOperation } from "../../../kit/index.js";
import { explain, formatExplanation } from "../../../policy/index.js";
import { houseCheck, textMember } from "../owner.js";
import type { StrongroomPorts } from "../ports.js";

const MOST_CONTEXT_KEYS = 50;

/** Why a principal may or may not do an action on a resource: each policy's statements, matched or not, and the decision. */
export const explainOperation = ownOperation("Explain", {
  readOnly: true,
  parse: (input) => ({
    principalArn: textMember(input, "principalArn", 2048),
    action: textMember(input, "action", 256),
    resource: textMember(input, "resource", 2048),
    context: contextOf(input["context"]),
  }),
  checks: (ctx) => [houseCheck(ctx, "Explain")],
  run: async (ctx, input, _ok, ports: StrongroomPorts) => {
    const caller = await ports.identity.callerOfArn(input.principalArn);
    if (caller === undefined || caller.account !== ctx.caller.account) {
      throw new AwsError("ValidationException", `There is no principal ${input.principalArn} in this account.`);
    }
    const side = await sideOf(ports, input.resource, caller);
    const check = {
      action: input.action,
      resource: input.resource,
      side,
      values: new Map(Object.entries(input.context)),
    };
    const explanation = explain(decisionInput({ ...ctx, caller }, check));
    return { ...explanation, lines: formatExplanation(explanation).split("\n") };
  },
});

async function sideOf(ports: StrongroomPorts, resource: string, caller: Caller) {
  for (const service of ports.services) {
    const side = await service.sideOf?.(resource, caller.principal);
    if (side !== undefined) return side;
  }
  return { kind: "none", account: caller.account } as const;
}

function contextOf(given: unknown): Record<string, string> {
  if (given === undefined) return {};
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : undefined;
  if (
    entries === undefined ||
    entries.length > MOST_CONTEXT_KEYS ||
    entries.some(([, value]) => typeof value !== "string")
  ) {
    throw new AwsError("ValidationException", `'context' must be an object of at most ${MOST_CONTEXT_KEYS} texts.`);
  }
  return Object.fromEntries(entries.map(([name, value]): [string, string] => [name.toLowerCase(), String(value)]));
}
