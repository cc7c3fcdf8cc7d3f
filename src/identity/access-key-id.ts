import { type AccountId, type Ids, isAccountId } from "../base/index.js";

/** `AKIA`: lasting, of users and roots. `ASIA`: of a session. */
export type AccessKeyPrefix = "AKIA" | "ASIA";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const FORM = /^A[KS]IA[A-Z2-7]{16}$/;
const CHANCE_BITS = 39n;
const ACCOUNT_BITS = 40n;

/**
 * Twenty characters, as AWS makes them: after the prefix come 80 bits, a one, the account in 40 bits, then chance.
 * So the account can be told from the id alone, which is all that GetAccessKeyInfo does.
 */
export function newAccessKeyId(prefix: AccessKeyPrefix, account: AccountId, ids: Ids): string {
  const chance = BigInt(`0x${ids.hex(10)}`) & ((1n << CHANCE_BITS) - 1n);
  let bits = (((1n << ACCOUNT_BITS) | BigInt(account)) << CHANCE_BITS) | chance;
  let text = "";
  for (let count = 0; count < 16; count += 1) {
    text = ALPHABET.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return prefix + text;
}

/** The account that the id says it belongs to, or undefined when it is no such id. It may not exist. */
export function accountOfAccessKeyId(id: string): AccountId | undefined {
  if (!FORM.test(id)) return undefined;
  let bits = 0n;
  for (const letter of id.slice(4)) bits = (bits << 5n) | BigInt(ALPHABET.indexOf(letter));
  const account = String((bits >> CHANCE_BITS) & ((1n << ACCOUNT_BITS) - 1n)).padStart(12, "0");
  return isAccountId(account) ? account : undefined;
}
