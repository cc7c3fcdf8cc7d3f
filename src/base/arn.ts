import type { AccountId, Region } from "./ids.js";

/** `arn:partition:service:region:account:resource`; the resource keeps its own colons and slashes. */
export type Arn = string & { readonly [arn]: true };
declare const arn: unique symbol;

export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

export function parseArn(text: string): ArnParts | undefined {
  const [prefix, partition, service, region, account, ...resource] = text.split(":");
  if (prefix !== "arn" || !partition || !service || resource.length === 0) return undefined;
  return { partition, service, region: region ?? "", account: account ?? "", resource: resource.join(":") };
}

/** China and GovCloud have partitions of their own; all else is `aws`. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

export function makeArn(service: string, region: Region | string, account: AccountId | "", resource: string): Arn {
  return `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}` as Arn; // the one place that makes them
}

/** IAM and STS ARNs carry no Region; the partition is the house's. */
export function globalArn(service: string, account: AccountId, resource: string): Arn {
  return `arn:aws:${service}::${account}:${resource}` as Arn; // the one place that makes Region-less ones
}
