import type { AnyOperation, AuditNotes, RequestContext } from "../../kit/index.js";
import { errors } from "./errors.js";
import type { Bucket } from "./store/index.js";

/** The name of a bucket's setting: who pays for requests of others. */
export const PAYMENT = "requestPayment";

export const payerOf = (bucket: Bucket): "BucketOwner" | "Requester" =>
  bucket.settings.get(PAYMENT) === "Requester" ? "Requester" : "BucketOwner";

/** The requests in hand that somebody else than the bucket's owner pays for, known by what they note. */
const CHARGED = new WeakSet<AuditNotes>();

/**
 * Where requesters pay, whoever is not of the owner's account must say with the request that they will, and nobody
 * does for anonymous requests. Calls of the house's services are the owner's.
 */
export function askRequester(
  ctx: Pick<RequestContext, "caller" | "headers" | "notes" | "sourceArn">,
  bucket: Bucket,
  payer: string | undefined,
): void {
  if (payerOf(bucket) === "BucketOwner" || ctx.caller.account === bucket.account) return;
  const { kind } = ctx.caller.principal;
  if (kind === "service" || ctx.sourceArn !== undefined) return;
  // Operations whose model lacks the header are asked for it all the same.
  if (kind === "anonymous" || (payer ?? ctx.headers["x-amz-request-payer"]) !== "requester")
    throw errors.accessDenied();
  CHARGED.add(ctx.notes);
}

/** Says in the answer that the requester pays. The wire writes it where the operation's answer has such a header. */
export const tellingCharges = (operation: AnyOperation): AnyOperation => ({
  ...operation,
  run: (ctx, input, ok) => {
    const answer = operation.run(ctx, input, ok);
    return CHARGED.has(ctx.notes) ? answer.then((output) => ({ ...output, RequestCharged: "requester" })) : answer;
  },
});
