import type { AccountId } from "../../base/index.js";
import { keyArn } from "../key.js";
import type { Kms } from "../kms.js";
import { keyFee, type Month } from "./key-fee.js";
import type { Prices } from "./prices.js";
import { type FeeFacts, keysOf, type Sum, sumsBy } from "./store.js";

/** What a month of KMS would cost on AWS, until now. US dollars. */
export interface CostReport {
  readonly month: string;
  readonly accountId: string;
  readonly currency: "USD";
  readonly total: number;
  readonly keyFees: number;
  readonly requestCharges: number;
  /** Taken off already from `requestCharges`, not from the lines below. */
  readonly freeTier: { readonly requests: number; readonly amount: number };
  /** The most expensive first; `keyCount` says of how many. */
  readonly keys: readonly KeyCost[];
  readonly keyCount: number;
  readonly operations: readonly RequestCost[];
  /** `direct` is what was asked by the account's own callers. */
  readonly services: readonly RequestCost[];
}

export interface RequestCost {
  readonly name: string;
  readonly requests: number;
  readonly amount: number;
}

export interface KeyCost {
  /** `none` for requests that are about no key. */
  readonly keyArn: string;
  readonly fee: number;
  readonly requests: number;
  readonly requestCharges: number;
  readonly amount: number;
}

const MOST_KEYS_SHOWN = 1000;

/** The account pays its keys, and all requests of its callers, on whosever keys. */
export async function costReport(kms: Kms, accountId: AccountId, name: string, month: Month): Promise<CostReport> {
  await kms.costs.flush();
  const { prices } = kms;
  const of = { account: accountId, month: name };
  const read = await kms.database.read(async (tx) => ({
    byKey: await sumsBy(tx, "key", of),
    byOperation: await sumsBy(tx, "operation", of),
    byService: await sumsBy(tx, "service", of),
    keys: await keysOf(tx, accountId),
  }));
  const nowMs = kms.clock.nowMs();
  const fees = new Map(read.keys.map((facts) => [arnOf(accountId, facts), keyFee(facts, prices, month, nowMs)]));
  const keys = keyCosts(fees, costsOf(read.byKey, prices));
  const keyFees = sum([...fees.values()]);
  const free = freeTier(read.byKey, prices);
  const requestCharges = sum(read.byKey.map((each) => amountOf(each, prices))) - free.amount;
  return {
    month: name,
    accountId,
    currency: "USD",
    total: dollars(keyFees + requestCharges),
    keyFees: dollars(keyFees),
    requestCharges: dollars(requestCharges),
    freeTier: { requests: free.requests, amount: dollars(free.amount) },
    keys: keys.slice(0, MOST_KEYS_SHOWN),
    keyCount: keys.length,
    operations: byAmount(costsOf(read.byOperation, prices)),
    services: byAmount(costsOf(read.byService, prices).map((each) => ({ ...each, name: each.name || "direct" }))),
  };
}

const arnOf = (account: AccountId, { region, id }: FeeFacts): string => keyArn({ account, region, id });

const amountOf = ({ price, count }: Sum, prices: Prices) => (count * prices[price]) / 10_000;

function costsOf(sums: readonly Sum[], prices: Prices): RequestCost[] {
  const costs = new Map<string, RequestCost>();
  for (const each of sums) {
    const { requests = 0, amount = 0 } = costs.get(each.name) ?? {};
    const more = { requests: requests + each.count, amount: amount + amountOf(each, prices) };
    costs.set(each.name, { name: each.name, ...more });
  }
  return [...costs.values()].map((each) => ({ ...each, amount: dollars(each.amount) }));
}

function keyCosts(fees: ReadonlyMap<string, number>, requests: readonly RequestCost[]): KeyCost[] {
  const byKey = new Map(requests.map((each) => [each.name, each]));
  const costs = [...new Set([...fees.keys(), ...byKey.keys()])].map((arn): KeyCost => {
    const [fee, asked] = [fees.get(arn) ?? 0, byKey.get(arn)];
    const amount = dollars(fee + (asked?.amount ?? 0));
    const charges = { requests: asked?.requests ?? 0, requestCharges: asked?.amount ?? 0 };
    return { keyArn: arn || "none", fee: dollars(fee), ...charges, amount };
  });
  return costs
    .filter(({ amount, requests: count }) => amount > 0 || count > 0)
    .sort((a, b) => b.amount - a.amount || b.requests - a.requests || (a.keyArn < b.keyArn ? -1 : 1));
}

function freeTier(sums: readonly Sum[], { freeRequests, requests: price }: Prices) {
  const asked = sum(sums.filter((each) => each.price === "requests").map(({ count }) => count));
  const requests = Math.min(freeRequests, asked);
  return { requests, amount: (requests * price) / 10_000 };
}

const byAmount = (costs: readonly RequestCost[]) =>
  [...costs].sort((a, b) => b.amount - a.amount || b.requests - a.requests || (a.name < b.name ? -1 : 1));

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);

/** A request costs millionths. */
const dollars = (amount: number) => Math.round(amount * 1e6) / 1e6;
