import { onAccount } from "../entities.js";
import { inputSources } from "../policy-sources.js";
import { operation } from "../ports.js";
import { contextKeyNames } from "../simulation.js";

export const getContextKeysForCustomPolicy = operation("GetContextKeysForCustomPolicy", {
  checks: onAccount("iam:GetContextKeysForCustomPolicy"),
  run: async (_ctx, input) => ({
    ContextKeyNames: contextKeyNames(inputSources("PolicyInputList", input.PolicyInputList)),
  }),
});
