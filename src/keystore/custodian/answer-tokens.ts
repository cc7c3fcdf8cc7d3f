import type { Tokens, TokenUse } from "../pkcs11/port.js";
import type { Reply } from "./answer.js";
import type { Frame } from "./frames.js";
import { bytesAt, countAt, TOKEN_OPS, textAt } from "./protocol.js";

type Handler = (tokens: Tokens, use: TokenUse, fields: readonly Buffer[], reply: Reply) => Promise<void>;

/** Undefined when the frame asks for nothing of a token's. */
export function answerToken(tokens: Tokens, frame: Frame, reply: Reply): Promise<void> | undefined {
  const handler = HANDLERS.get(frame.code);
  if (handler === undefined) return undefined;
  const use = { cluster: textAt(frame.fields, 0), pin: bytesAt(frame.fields, 1) };
  return handler(tokens, use, frame.fields, reply);
}

const HANDLERS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [TOKEN_OPS.connect, connect],
  [TOKEN_OPS.createKey, createKey],
  [TOKEN_OPS.seal, seal],
  [TOKEN_OPS.open, open],
  [TOKEN_OPS.destroyKey, destroyKey],
  [TOKEN_OPS.random, random],
]);

async function connect(tokens: Tokens, use: TokenUse, _fields: readonly Buffer[], reply: Reply): Promise<void> {
  await tokens.connect(use);
  reply([]);
}

async function createKey(tokens: Tokens, use: TokenUse, fields: readonly Buffer[], reply: Reply): Promise<void> {
  reply([await tokens.createKey(use, textAt(fields, 2))]);
}

async function seal(tokens: Tokens, use: TokenUse, fields: readonly Buffer[], reply: Reply): Promise<void> {
  reply([await tokens.seal(use, textAt(fields, 2), bytesAt(fields, 3), bytesAt(fields, 4))]);
}

async function open(tokens: Tokens, use: TokenUse, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const plaintext = await tokens.open(use, textAt(fields, 2), bytesAt(fields, 3), bytesAt(fields, 4));
  reply([plaintext]);
  plaintext.fill(0);
}

async function destroyKey(tokens: Tokens, use: TokenUse, fields: readonly Buffer[], reply: Reply): Promise<void> {
  await tokens.destroyKey(use, textAt(fields, 2));
  reply([]);
}

async function random(tokens: Tokens, use: TokenUse, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const bytes = await tokens.random(use, countAt(fields, 2));
  reply([bytes]);
  bytes.fill(0);
}
