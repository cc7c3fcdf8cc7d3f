import { createHmac, timingSafeEqual } from "node:crypto";

/** RFC 6238 with SHA-1, six digits and thirty seconds: what every authenticator does. */
const STEP_MS = 30_000;
/** Clocks may differ by this many steps. */
const DRIFT = 1;

/** The code of one step (RFC 4226, section 5.3). */
export function totpCode(seed: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", seed).update(counter).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

export const stepAt = (ms: number) => Math.floor(ms / STEP_MS);

/** The step that this code is of, near now and after `after`: a code counts once. */
export function stepOfCode(
  seed: Uint8Array,
  code: string,
  nowMs: number,
  { after, offset = 0, drift = DRIFT }: { readonly after: number; readonly offset?: number; readonly drift?: number },
): number | undefined {
  const now = stepAt(nowMs) + offset;
  let found: number | undefined;
  // All steps are computed and compared, so that the time taken does not tell which was near.
  for (let step = now - drift; step <= now + drift; step++)
    if (isSame(totpCode(seed, step), code) && step > after && found === undefined) found = step;
  return found;
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 without padding: seeds are a multiple of five bytes. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join("");
}
