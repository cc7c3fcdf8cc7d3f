import { accountOfAccessKeyId } from "../../../identity/index.js";
import { validationError } from "../errors.js";
import { operation } from "../ports.js";

/** The id tells its account; whether there is such a key, nobody learns here. No permission is needed on AWS either. */
export const getAccessKeyInfo = operation("GetAccessKeyInfo", {
  checks: () => [],
  run: async (_ctx, input) => {
    const account = accountOfAccessKeyId(input.AccessKeyId);
    if (account === undefined) throw validationError("The access key id is not valid.");
    return { Account: account };
  },
});
