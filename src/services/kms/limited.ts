import type { AnyOperation, RequestContext } from "../../kit/index.js";
import { isCryptographic, type RatedInput, type RateLimiter, rateGroupsOf } from "../../kms/index.js";

/** The operation behind its request rate: before the key is looked up (kms 1.3 step 4), its custom store's after. */
export function limited(operation: AnyOperation, rates: RateLimiter): AnyOperation {
  const { name } = operation;
  const target = isCryptographic(name) ? withStoreRate(operation, rates) : operation.target;
  return {
    ...operation,
    target: (ctx, input) => {
      // What the wire decoded for this operation; those without the members that count lack them.
      const waiting = rates.take(chargedOf(ctx), rateGroupsOf(name, input as RatedInput));
      return waiting === undefined ? target(ctx, input) : waiting.then(() => target(ctx, input));
    },
  };
}

/** Which store a key lies in is known once it was found: its record says so by then. */
const withStoreRate =
  (operation: AnyOperation, rates: RateLimiter): AnyOperation["target"] =>
  (ctx, input) => {
    const rated = (found: unknown): unknown => {
      const id = ctx.notes.additionalEventData["customKeyStoreId"];
      const waiting = typeof id === "string" ? rates.takeOfStore(chargedOf(ctx), id) : undefined;
      return waiting === undefined ? found : waiting.then(() => found);
    };
    const found = operation.target(ctx, input);
    return found instanceof Promise ? found.then(rated) : rated(found);
  };

const chargedOf = ({ caller, region }: RequestContext) => ({ account: caller.account, region });
