import {
  type AccountId,
  addDays,
  type Clock,
  describeThrown,
  isAccountId,
  isRegion,
  type Log,
  parseArn,
  SECOND_MS,
} from "../../base/index.js";
import type { Database, ReadTx } from "../../store/index.js";
import type { KeyId } from "../key.js";
import { priceClassOf } from "./prices.js";
import { addRequests, forgetMonthsBefore, specOf } from "./store.js";

/** What a crash forgets at most. */
const FLUSH_MS = 10 * SECOND_MS;
const KEPT_DAYS = 13 * 31;

type ByOperation = Map<string, number>;
type ByAccount = Map<AccountId, ByOperation>;
type ByKey = Map<string, ByAccount>;

/** Between an operation and the service that asked for it. */
const VIA = "|";

/**
 * Counts requests in memory, by key, paying account, operation and service, and adds them to the stored sums now and
 * then: the hot path costs three look-ups. What they are priced as is found out then, too.
 */
export class RequestCounter {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  #counts: ByKey = new Map();
  #cancelTimer: (() => void) | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #forgot = "";

  constructor(database: Database, clock: Clock, log: Log) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** `keyArn` is empty for requests on no key; `service` is who asked in the account's name. */
  note(account: AccountId, keyArn: string, operation: string, service?: string): void {
    add(this.#counts, keyArn, account, service === undefined ? operation : `${operation}${VIA}${service}`, 1);
    this.#cancelTimer ??= this.#clock.after(FLUSH_MS, () => void this.#flushQuietly());
  }

  /** One at a time: counts that are being written are not written again. */
  flush(): Promise<void> {
    const flushed = this.#flushing.then(() => this.#flush());
    this.#flushing = flushed.catch(() => {}); // its own caller hears of it
    return flushed;
  }

  async #flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const counts = this.#counts;
    if (counts.size === 0) return;
    this.#counts = new Map();
    try {
      await this.#write(counts);
    } catch (thrown) {
      for (const [keyArn, accounts] of counts)
        for (const [account, operations] of accounts)
          for (const [operation, count] of operations) add(this.#counts, keyArn, account, operation, count);
      throw thrown;
    }
  }

  async #write(counts: ByKey): Promise<void> {
    const now = this.#clock.now();
    const month = monthOf(now);
    const isNew = month !== this.#forgot;
    await this.#database.write(async (tx) => {
      if (isNew) {
        const oldest = addDays(now, -KEPT_DAYS);
        await forgetMonthsBefore(tx, monthOf(oldest), oldest.getTime());
      }
      for (const [keyArn, accounts] of counts) {
        const spec = await specOfArn(tx, keyArn);
        for (const [account, operations] of accounts) {
          for (const [text, count] of operations) {
            const [operation = "", service = ""] = text.split(VIA);
            const price = priceClassOf(operation, spec);
            await addRequests(tx, { month, account, keyArn, operation, service, price, count });
          }
        }
      }
    });
    this.#forgot = month;
  }

  /** Nobody waits for a timer: the operator is told, and the counts stay for the next time. */
  async #flushQuietly(): Promise<void> {
    this.#cancelTimer = undefined;
    await this.flush().catch((thrown: unknown) => this.#log.warn("kms requests not counted", describeThrown(thrown)));
  }
}

export const monthOf = (date: Date): string => date.toISOString().slice(0, 7);

function add(counts: ByKey, keyArn: string, account: AccountId, operation: string, count: number): void {
  const accounts = within(counts, keyArn);
  const operations = within(accounts, account);
  operations.set(operation, (operations.get(operation) ?? 0) + count);
}

function within<K, Inner, V>(map: Map<K, Map<Inner, V>>, key: K): Map<Inner, V> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = new Map<Inner, V>();
  map.set(key, made);
  return made;
}

async function specOfArn(tx: ReadTx, keyArn: string): Promise<string | undefined> {
  const arn = parseArn(keyArn);
  if (arn === undefined || !isAccountId(arn.account) || !isRegion(arn.region)) return undefined;
  const id = arn.resource.slice(arn.resource.indexOf("/") + 1) as KeyId; // our own ARN
  return specOf(tx, { account: arn.account, region: arn.region, id });
}
