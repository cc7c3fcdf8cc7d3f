import type { Region } from "../base/index.js";
import type { Caller } from "../identity/index.js";
import type { RequestBody } from "../kit/index.js";
import type { Exchange } from "./exchange.js";

/** Who signed the request, for which Region, and its payload when it streams. */
export interface Authenticated {
  readonly caller: Caller;
  readonly region: Region | undefined;
  readonly body: RequestBody | undefined;
}

export type Authenticate = (exchange: Exchange, streams: boolean) => Promise<Authenticated>;
