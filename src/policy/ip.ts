import { isIP } from "node:net";

/** Four or sixteen bytes; an IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is the IPv4 address. */
export function parseAddress(text: string): readonly number[] | undefined {
  const version = isIP(text);
  if (version === 4) return text.split(".").map(Number);
  if (version !== 6 || text.includes("%")) return undefined;
  const bytes = parseV6(text);
  const isMapped = bytes.slice(0, 12).every((byte, at) => byte === (at < 10 ? 0 : 0xff));
  return isMapped ? bytes.slice(12) : bytes;
}

/** `text` is known to be IPv6. */
function parseV6(text: string): number[] {
  const [head = "", tail] = text.split("::");
  const front = groupsOf(head);
  if (tail === undefined) return front;
  const back = groupsOf(tail);
  return [...front, ...new Array<number>(16 - front.length - back.length).fill(0), ...back];
}

function groupsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

export interface Network {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** `10.0.0.0/8`, `2001:db8::/32`, or a bare address, which is a network of one. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", prefix, ...rest] = text.split("/");
  const bytes = parseAddress(address);
  if (bytes === undefined || rest.length > 0) return undefined;
  if (prefix === undefined) return { bytes, bits: bytes.length * 8 };
  const bits = Number(prefix);
  if (!/^\d{1,3}$/.test(prefix) || bits > bytes.length * 8) return undefined;
  return { bytes, bits };
}

/** An address of the other family is in no network. */
export function isInside(address: readonly number[], { bytes, bits }: Network): boolean {
  if (address.length !== bytes.length) return false;
  const whole = bits >> 3;
  for (let at = 0; at < whole; at++) if (address[at] !== bytes[at]) return false;
  const mask = 0xff & (0xff << (8 - (bits & 7)));
  return (bits & 7) === 0 || ((address[whole] ?? 0) & mask) === ((bytes[whole] ?? 0) & mask);
}
