import { findManagedPolicy } from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { noSuchEntity } from "./errors.js";
import { checkPolicyArn, isVisible } from "./policies.js";

/** A policy that may be a permissions boundary: a managed one of the account or of AWS. */
export async function checkBoundary(tx: ReadTx, account: string, arn: string | undefined): Promise<void> {
  if (arn === undefined) return;
  checkPolicyArn(arn);
  const policy = isVisible(account, arn) ? await findManagedPolicy(tx, arn) : undefined;
  if (policy === undefined) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
}

/** The condition value of a request that sets a boundary. */
export const boundaryValues = (arn: string | undefined): [string, string][] =>
  arn === undefined ? [] : [["iam:permissionsboundary", arn]];

/** IAM sends `Policy` (its documentation says so, and so do its answers); the model knows another word only. */
const BOUNDARY_TYPE = "Policy" as "PermissionsBoundaryPolicy"; // clients take what is sent

export const showBoundary = (arn: string | undefined) =>
  arn === undefined
    ? {}
    : { PermissionsBoundary: { PermissionsBoundaryType: BOUNDARY_TYPE, PermissionsBoundaryArn: arn } };
