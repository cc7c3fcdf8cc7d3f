import type { Tokens } from "./port.js";
import { TokenError } from "./token-error.js";

const refuse = async (): Promise<never> => {
  throw new TokenError("no-cluster");
};

/** Of a server whose settings name no token. */
export const NO_TOKENS: Tokens = {
  connect: refuse,
  createKey: refuse,
  seal: refuse,
  open: refuse,
  destroyKey: refuse,
  random: refuse,
};
