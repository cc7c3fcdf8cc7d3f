import { Secret } from "../../crypto/index.js";
import { RootError } from "./root-error.js";

/** RFC 9106. What is stored may be stronger than the floor, never weaker, and never more than a machine can bear. */
export interface Argon2Parameters {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

export const ARGON2_DEFAULTS: Argon2Parameters = { memoryKib: 128 * 1024, passes: 3, lanes: 4 };
const LEAST: Argon2Parameters = { memoryKib: 64 * 1024, passes: 2, lanes: 1 };
const MOST: Argon2Parameters = { memoryKib: 4 * 1024 * 1024, passes: 64, lanes: 64 };
const ARGON2ID = 2;

export function isBearable(parameters: Argon2Parameters): boolean {
  const names = ["memoryKib", "passes", "lanes"] as const;
  return names.every((name) => parameters[name] >= LEAST[name] && parameters[name] <= MOST[name]);
}

export function refuseWeakPassphrase(passphrase: Secret): void {
  const isFair = passphrase.use((bytes) => bytes.length >= 12 && bytes.length <= 1024);
  if (!isFair) throw new RootError("weak-passphrase");
}

export async function stretch(passphrase: Secret, salt: Uint8Array, parameters: Argon2Parameters): Promise<Secret> {
  const { memoryKib, passes, lanes } = parameters;
  const options = {
    algorithm: ARGON2ID,
    memoryCost: memoryKib,
    timeCost: passes,
    parallelism: lanes,
    outputLen: 32,
    salt,
  };
  const { hashRaw } = await import("@node-rs/argon2"); // only here: a start without a passphrase need not load it
  return Secret.own(await passphrase.use((bytes) => hashRaw(bytes, options)));
}
