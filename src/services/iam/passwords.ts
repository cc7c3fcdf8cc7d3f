import { type AccountId, AwsError, DAY_MS } from "../../base/index.js";
import {
  hashPassword,
  isPassword,
  type LoginProfile,
  loginProfiles,
  passwordPolicies,
  type StoredPasswordPolicy,
  type User,
} from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { noSuchEntity } from "./errors.js";

export const violation = (message: string) => new AwsError("PasswordPolicyViolation", message, { status: 400 });

export const noSuchProfile = (user: Pick<User, "name">) =>
  noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);

export const profileOf = async (tx: ReadTx, user: User): Promise<LoginProfile> => {
  const profile = await loginProfiles.find(tx, user.account, user.id);
  if (profile === undefined) throw noSuchProfile(user);
  return profile;
};

export const POLICY_NAME = "policy";

export const policyOf = (tx: ReadTx, account: AccountId) => passwordPolicies.find(tx, account, POLICY_NAME);

const SYMBOLS = /[!@#$%^&*()_+\-=[\]{}|']/;
const DEFAULT_LENGTH = 8;

/** Throws PasswordPolicyViolation. Without a policy of the account, the one that every account has. */
export function checkPassword(policy: StoredPasswordPolicy | undefined, password: string): void {
  const has = {
    symbol: SYMBOLS.test(password),
    number: /\d/.test(password),
    "uppercase letter": /[A-Z]/.test(password),
    "lowercase letter": /[a-z]/.test(password),
  };
  const least = policy?.minimumLength ?? DEFAULT_LENGTH;
  if (password.length < least) throw violation(`Password should have a minimum length of ${least}`);
  if (policy === undefined) {
    if (Object.values(has).filter(Boolean).length < 3)
      throw violation(
        "Password should have at least three of: uppercase letters, lowercase letters, numbers, non-alphanumeric characters",
      );
    return;
  }
  const asked = {
    symbol: policy.symbols,
    number: policy.numbers,
    "uppercase letter": policy.uppercase,
    "lowercase letter": policy.lowercase,
  };
  for (const kind of ["symbol", "number", "uppercase letter", "lowercase letter"] as const)
    if (asked[kind] && !has[kind]) throw violation(`Password should have at least one ${kind}`);
}

/** Throws when it is one of the last that the policy remembers. */
export async function refuseReuse(
  policy: StoredPasswordPolicy | undefined,
  profile: LoginProfile,
  password: string,
): Promise<void> {
  const remembered = [profile.hash, ...profile.earlier].slice(0, policy?.reusePrevention ?? 0);
  for (const hash of remembered)
    if (await isPassword(hash, password)) throw violation("Password should not be one of the previous passwords");
}

const MOST_EARLIER = 24;

/** The profile with its new password. */
export const withPassword = async (profile: LoginProfile, password: string, nowMs: number): Promise<LoginProfile> => ({
  ...profile,
  hash: await hashPassword(password),
  earlier: [profile.hash, ...profile.earlier].slice(0, MOST_EARLIER),
  changedMs: nowMs,
});

export const isExpired = (policy: StoredPasswordPolicy | undefined, profile: LoginProfile, nowMs: number): boolean =>
  policy !== undefined && policy.maxAgeDays > 0 && profile.changedMs + policy.maxAgeDays * DAY_MS <= nowMs;

export const shownProfile = (user: User, profile: LoginProfile) => ({
  UserName: user.name,
  CreateDate: new Date(profile.createdMs),
  PasswordResetRequired: profile.mustReset,
});
