import type { TrailResource } from "../audit/index.js";
import type { Clock, Ids, Log } from "../base/index.js";
import type { CallContext } from "../identity/index.js";

/** One request as an operation sees it. */
export interface RequestContext extends CallContext {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Of the record that this call leaves in the trail. */
  readonly eventId: string;
  /** Request headers, lower case, for the rare operation whose model leaves something out. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the HTTP request; undefined where the house itself calls. */
  readonly method?: string;
  /** The host that the caller named: for URLs in answers. */
  readonly host: string;
  /**
   * The payload of a streaming operation, de-chunked, its signatures and hashes checked as it flows: it throws at
   * the end, or before, when they are wrong. Nothing may be made visible before it ended. Undefined elsewhere.
   */
  readonly body: RequestBody | undefined;
  /** The fields of a browser's form, names in lower case; `body` is then its file. */
  readonly form?: ReadonlyMap<string, string> | undefined;
  /** A body that was read whole, as it came: for digests that its headers declare. Undefined where `body` streams. */
  readonly bytes: Buffer | undefined;
  /** What the operation adds to its audit record. */
  readonly notes: AuditNotes;
  /**
   * Lets work that comes after the commit run beside the writing of the call's record; the answer waits for both. It must
   * not fail. Without it the operation waits itself.
   */
  readonly alongside?: (work: Promise<void>) => void;
}

export interface RequestBody extends AsyncIterable<Buffer> {
  /** The payload's length as declared (decoded, for aws-chunked); undefined when nobody said. */
  readonly declaredBytes: number | undefined;
  /** Where nobody can say the length before the end, as of a file in a form: what it may be at most. */
  readonly mostBytes?: number;
  /** Trailing headers of aws-chunked, lower case; complete once the stream has ended. */
  readonly trailers: Readonly<Record<string, string>>;
}

export interface AuditNotes {
  resources: TrailResource[];
  additionalEventData: Record<string, unknown>;
  /** What the request says in a form that only the operation reads: shown before the members that all can read. */
  requestParameters?: Readonly<Record<string, unknown>>;
  /** Who called, where no signature said so: the operation verified it. */
  proven?: { readonly userIdentity: Readonly<Record<string, unknown>>; readonly account: string };
}
