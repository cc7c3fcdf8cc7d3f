import type { LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { InvalidNextToken, type Lookup, type LookupAttribute } from "../../../audit/index.js";
import { LIMITS, rowOf, table } from "../../../base/index.js";
import type { RequestContext } from "../../../kit/index.js";
import {
  invalidEventCategory,
  invalidLookupAttributes,
  invalidMaxResults,
  invalidNextToken,
  invalidTimeRange,
  lookupThrottled,
} from "../errors.js";
import { eventOf } from "../event.js";
import { type CloudTrailPorts, operation } from "../operation.js";

const MOST_RESULTS = 50;

const ATTRIBUTES = table({
  EventId: "EventId",
  EventName: "EventName",
  ReadOnly: "ReadOnly",
  Username: "Username",
  ResourceType: "ResourceType",
  ResourceName: "ResourceName",
  EventSource: "EventSource",
  AccessKeyId: "AccessKeyId",
} satisfies Record<LookupAttribute, LookupAttribute>);

export const lookupEvents = operation("LookupEvents", {
  checks: (ctx) => [
    { action: "cloudtrail:LookupEvents", resource: "*", side: { kind: "none", account: ctx.caller.account } },
  ],
  run: async (ctx, input, _ok, { audit, settings, askLease }) => {
    await takeTurn(ctx, settings.lookupPerSecond, askLease);
    const lookup = { account: ctx.caller.account, region: ctx.region, ...questionOf(input) };
    if (asksForInsights(input)) return { Events: [] };
    try {
      const { items, next } = await audit.lookup(lookup);
      return { Events: items.map(eventOf), ...(next === undefined ? {} : { NextToken: next }) };
    } catch (thrown) {
      throw thrown instanceof InvalidNextToken ? invalidNextToken() : thrown;
    }
  },
});

/** All processes share what an account may ask in a Region. */
async function takeTurn(
  { caller, region }: RequestContext,
  rate: number,
  askLease: CloudTrailPorts["askLease"],
): Promise<void> {
  if (rate === 0) return;
  const { tokens } = await askLease({ bucket: `${caller.account} ${region} LookupEvents`, rate, count: 1 });
  if (tokens < 1) throw lookupThrottled();
}

function questionOf(input: LookupEventsCommandInput): Omit<Lookup, "account" | "region"> {
  const { StartTime: from, EndTime: to, MaxResults: limit = MOST_RESULTS, NextToken: next } = input;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_RESULTS) throw invalidMaxResults();
  if (from !== undefined && to !== undefined && from > to) throw invalidTimeRange();
  const attribute = attributeOf(input.LookupAttributes ?? []);
  return {
    limit,
    ...(attribute === undefined ? {} : { attribute }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(next === undefined ? {} : { next }),
  };
}

function attributeOf(attributes: NonNullable<LookupEventsCommandInput["LookupAttributes"]>): Lookup["attribute"] {
  const [first, ...others] = attributes;
  if (others.length > 0) throw invalidLookupAttributes("Only one lookup attribute can be given.");
  if (first === undefined) return undefined;
  const key = rowOf(ATTRIBUTES, first.AttributeKey ?? "");
  const value = first.AttributeValue ?? "";
  if (key === undefined) throw invalidLookupAttributes("The lookup attribute's key is not known.");
  if (value === "" || value.length > LIMITS.lookupValueChars) {
    throw invalidLookupAttributes(`A lookup attribute's value has 1 to ${LIMITS.lookupValueChars} characters.`);
  }
  return { key, value };
}

/** There are none: Insights learn what is usual over weeks, and nothing here does. */
function asksForInsights({ EventCategory: category }: LookupEventsCommandInput): boolean {
  if (category !== undefined && category !== "insight") throw invalidEventCategory();
  return category === "insight";
}
