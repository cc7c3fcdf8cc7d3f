import { errors } from "../errors.js";
import { changeTrail, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { parseAdvanced, parseSelectors } from "../selector-input.js";
import { selectorMembers } from "../selector-members.js";
import type { Trail } from "../trail.js";

/** Basic selectors or advanced ones; either takes the other's place. */
export const putEventSelectors = operation("PutEventSelectors", {
  checks: (ctx, input, _target, ports) => trailChecks(ctx, ports, input.TrailName, "PutEventSelectors"),
  run: async (ctx, input, _ok, ports) => {
    const { EventSelectors: basic, AdvancedEventSelectors: advanced } = input;
    if ((basic === undefined) === (advanced === undefined))
      throw errors.selectors("Give EventSelectors or AdvancedEventSelectors, and not both.");
    const chosen =
      basic === undefined ? { advanced: parseAdvanced(advanced ?? []) } : { selectors: parseSelectors(basic) };
    const change = ({ selectors: _selectors, advanced: _advanced, ...trail }: Trail): Trail => ({
      ...trail,
      ...chosen,
    });
    return selectorMembers(await changeTrail(ctx, ports, input.TrailName, change), false);
  },
});
