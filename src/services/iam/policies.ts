import {
  type Authorized,
  type Check,
  directory,
  findManagedPolicy,
  isAwsManaged,
  type ManagedPolicy,
} from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { checkOn } from "./entities.js";
import { accessDenied, noSuchEntity, validationError } from "./errors.js";
import type { IamPorts } from "./ports.js";
import { showTags } from "./tags.js";

/** A managed policy that a request names by ARN. It may not exist. */
export interface NamedPolicyTarget {
  readonly arn: string;
  readonly found: ManagedPolicy | undefined;
}

type Values = readonly (readonly [string, string | readonly string[]])[];

/** `target` and `checks` of an operation on one managed policy. */
export const aboutPolicy = <Input extends { readonly PolicyArn: string }>(
  action: string,
  values: (input: Input) => Values = () => [],
) => ({
  target: (ctx: RequestContext, input: Input, { database }: IamPorts) =>
    database.read((tx) => findPolicy(tx, ctx, input.PolicyArn)),
  checks: (ctx: RequestContext, input: Input, { arn, found }: NamedPolicyTarget): readonly Check[] => [
    checkOn(ctx, action, arn, [...resourceTags(found), ...values(input)]),
  ],
});

async function findPolicy(tx: ReadTx, ctx: RequestContext, arn: string): Promise<NamedPolicyTarget> {
  checkPolicyArn(arn);
  return { arn, found: isVisible(ctx.caller.account, arn) ? await findManagedPolicy(tx, arn) : undefined };
}

const resourceTags = (policy: ManagedPolicy | undefined): Values =>
  (policy?.tags ?? []).map(({ key, value }) => [`aws:resourcetag/${key.toLowerCase()}`, value] as const);

export function checkPolicyArn(arn: string): void {
  if (!/^arn:[^:]+:iam::(\d{12}|aws):policy\/.+$/.test(arn)) throw validationError(`ARN ${arn} is not valid.`);
}

/** Policies of other accounts do not exist for this one. */
export const isVisible = (account: string, arn: string) =>
  isAwsManaged(arn) || arn.startsWith(`arn:aws:iam::${account}:policy/`);

export function existingPolicy(target: NamedPolicyTarget): ManagedPolicy {
  if (target.found === undefined) throw noSuchPolicy(target.arn);
  return target.found;
}

/** Changes a policy of the account in one unit of work. AWS's own are nobody's to change. */
export function changePolicy<T>(
  ctx: RequestContext,
  { database }: IamPorts,
  { target }: Authorized<NamedPolicyTarget>,
  unit: (tx: WriteTx, policy: ManagedPolicy) => Promise<T>,
): Promise<T> {
  if (target.found !== undefined && isAwsManaged(target.arn)) throw accessDenied("Policy is outside your own account.");
  return ctx.commit(database, async (tx) => {
    const policy = await directory.managedPolicy(tx, target.arn);
    if (policy === undefined || policy.id !== target.found?.id) throw noSuchPolicy(target.arn);
    return unit(tx, policy);
  });
}

export const noSuchPolicy = (arn: string) => noSuchEntity(`Policy ${arn} was not found.`);

export const noSuchVersion = (arn: string, version: string) =>
  noSuchEntity(`Policy ${arn} version ${version} does not exist or is not attachable.`);

/** What every answer about a managed policy has. */
export async function showPolicy(tx: ReadTx, account: RequestContext["caller"]["account"], policy: ManagedPolicy) {
  const { arn } = policy;
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: (await directory.attachments(tx, account, arn)).length,
    PermissionsBoundaryUsageCount: (await directory.boundedBy(tx, account, arn)).length,
    IsAttachable: true,
    CreateDate: policy.createdAt,
    UpdateDate: policy.updatedAt,
  };
}

/** GetPolicy shows more than lists do. */
export const showPolicyDetails = (policy: ManagedPolicy) => ({
  ...(policy.description === undefined ? {} : { Description: policy.description }),
  Tags: showTags(policy.tags),
});
