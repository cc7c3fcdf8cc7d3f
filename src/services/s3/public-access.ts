import type { Caller } from "../../identity/index.js";
import { isBlocked } from "./access-block.js";
import { errors } from "./errors.js";
import { isPublicPolicy, POLICY } from "./policy.js";
import type { Bucket } from "./store/index.js";

/** RestrictPublicBuckets: a public policy lets in nobody from outside of the owner's account but services. */
export function refusePublicUse(caller: Caller, bucket: Bucket): void {
  const policy = bucket.settings.get(POLICY);
  if (policy === undefined || caller.account === bucket.account || caller.principal.kind === "service") return;
  if (isBlocked(bucket, "RestrictPublicBuckets") && isPublicPolicy(policy)) throw errors.accessDenied();
}
