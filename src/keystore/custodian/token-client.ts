import type { Tokens, TokenUse } from "../pkcs11/port.js";
import { keep } from "./frames.js";
import type { Link } from "./link.js";
import { bytesAt, countField, TOKEN_OPS } from "./protocol.js";

/** The custodian's tokens, from a process that has none. */
export function socketTokens(link: Link): Tokens {
  const first = (fields: readonly Buffer[]): Buffer => keep(bytesAt(fields, 0));
  const use = ({ cluster, pin }: TokenUse) => [cluster, pin] as const;
  return {
    connect: (of) => link.call(TOKEN_OPS.connect, use(of), () => {}),
    createKey: (of, label) => link.call(TOKEN_OPS.createKey, [...use(of), label], (fields) => first(fields).toString()),
    seal: (of, key, plaintext, aad) => link.call(TOKEN_OPS.seal, [...use(of), key, plaintext, aad], first),
    open: (of, key, sealed, aad) => link.call(TOKEN_OPS.open, [...use(of), key, sealed, aad], first),
    destroyKey: (of, key) => link.call(TOKEN_OPS.destroyKey, [...use(of), key], () => {}),
    random: (of, count) => link.call(TOKEN_OPS.random, [...use(of), countField(count)], first),
  };
}
