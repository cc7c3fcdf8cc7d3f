/** `kms:BypassPolicyLockoutSafetyCheck` is there only when the parameter was sent (kms 5.7). */
export function bypassValues(input: {
  readonly BypassPolicyLockoutSafetyCheck?: boolean | undefined;
}): [string, string][] {
  const { BypassPolicyLockoutSafetyCheck: bypass } = input;
  return bypass === undefined ? [] : [["kms:bypasspolicylockoutsafetycheck", String(bypass)]];
}
