import { callerOfArn } from "../../../identity/index.js";
import { onAccount } from "../entities.js";
import { invalidInput } from "../errors.js";
import { inputSources } from "../policy-sources.js";
import { operation } from "../ports.js";
import { simulate } from "../simulation.js";

export const simulateCustomPolicy = operation("SimulateCustomPolicy", {
  readOnly: true,
  checks: onAccount("iam:SimulateCustomPolicy"),
  run: (ctx, input, _ok, { database }) =>
    database.read(async (tx) => {
      const { account } = ctx.caller;
      const caller = input.CallerArn === undefined ? undefined : await callerOfArn(tx, input.CallerArn, ctx.clock);
      if (input.ResourcePolicy !== undefined && input.CallerArn === undefined)
        throw invalidInput("CallerArn must be specified with ResourcePolicy.");
      const isOwn = caller?.account === account; // nobody learns from here what another account has
      return simulate(`simulate:${account}`, input, {
        principal: isOwn ? caller.principal : { kind: "user", arn: input.CallerArn ?? "", account },
        values: isOwn ? caller.values : new Map(),
        identity: inputSources("PolicyInputList", input.PolicyInputList),
        boundary: inputSources("PermissionsBoundaryPolicyInputList", input.PermissionsBoundaryPolicyInputList),
      });
    }),
});
