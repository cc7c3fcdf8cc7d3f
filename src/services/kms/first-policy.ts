import type { CallContext } from "../../identity/index.js";
import {
  type CheckedPolicy,
  checkPolicy,
  compile,
  defaultPolicy,
  type KeyRef,
  type Kms,
  refuseLockout,
} from "../../kms/index.js";
import type { RequestValues } from "../../policy/index.js";

interface PolicyInput {
  readonly Policy?: string | undefined;
  readonly BypassPolicyLockoutSafetyCheck?: boolean | undefined;
}

/**
 * The policy that a key is made with. Without one in the request it is the default, which leaves the key to the whole
 * account: there is nothing to check.
 */
export async function firstPolicy(
  kms: Kms,
  call: CallContext,
  ref: KeyRef,
  { Policy: given = "", BypassPolicyLockoutSafetyCheck: bypass }: PolicyInput,
  values: RequestValues,
): Promise<CheckedPolicy> {
  if (given === "") {
    const text = defaultPolicy(ref.account, ref.region);
    return { text, principals: {}, policy: compile(text, {}) };
  }
  const checked = await checkPolicy(given, kms.resolvePrincipal);
  if (bypass !== true) refuseLockout({ ...call, region: ref.region }, ref, checked.policy, values);
  return checked;
}
