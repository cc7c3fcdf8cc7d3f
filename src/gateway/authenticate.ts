import { type AccountId, AwsError, type Clock, isRegion, type Region } from "../base/index.js";
import {
  type Caller,
  type Credential,
  chunkVerifier,
  credentialError,
  familyOf,
  type Identity,
  missingSignature,
  type NoCredential,
  type PayloadHasher,
  type Presented,
  parseSignature,
  payloadHasher,
  sha256Hex,
  verifySignature,
} from "../identity/index.js";
import type { RequestBody } from "../kit/index.js";
import { chunkedFormOf, decodeChunks, type ServiceModel } from "../wire/index.js";
import { allowBody, incompleteBody } from "./body.js";
import type { Exchange } from "./exchange.js";

/** Who signed the request, for which Region, and its payload when it streams. */
export interface Authenticated {
  readonly caller: Caller;
  readonly region: Region | undefined;
  readonly body: RequestBody | undefined;
}

/** A promise only for callers that have to be looked up. */
export type Authenticate = (exchange: Exchange, streams: boolean) => Authenticated | Promise<Authenticated>;

export interface AuthenticatePorts {
  readonly identity: Identity;
  readonly clock: Clock;
  /** What credentials may be scoped to, the expected Region first. */
  readonly regions: ReadonlySet<string>;
}

/** Verifies each request's signature; there is no other way in. */
export function openAuthenticate({ identity, clock, regions }: AuthenticatePorts): Authenticate {
  return (exchange, streams) => {
    const service = exchange.routed?.service ?? exchange.recognised?.service;
    if (service === undefined) throw new AwsError("UnknownOperationException", "No service answers to this request.");
    const family = familyOf(service.protocol);
    const presented = parseSignature(exchange.head, family);
    if (presented === undefined) return anonymous(exchange, service, streams);
    const verified = (credential: Credential | NoCredential) => {
      if (!credential.found) throw credentialError(family, credential.why, presented.accessKeyId);
      return verify(exchange, streams, service, presented, credential);
    };
    const credential = identity.callerOf(presented.accessKeyId, presented.sessionToken);
    return credential instanceof Promise ? credential.then(verified) : verified(credential);
  };

  function verify(
    exchange: Exchange,
    streams: boolean,
    service: ServiceModel,
    presented: Presented,
    { secret, caller }: Credential,
  ): Authenticated {
    const { head } = exchange;
    const bodySha256 = streams || exchange.bytes === undefined ? undefined : sha256Hex(exchange.bytes);
    verifySignature({
      presented,
      head,
      secret,
      bodySha256,
      now: clock.now(),
      family: familyOf(service.protocol),
      signingName: service.signingName,
      regions,
    });
    const body = streams ? streamedBody(exchange, presented, secret) : undefined;
    return { caller, region: regionOf(presented), body };
  }
}

/** A signature may be left out where the service's own policies can allow everyone. */
function anonymous(exchange: Exchange, service: ServiceModel, streams: boolean): Authenticated {
  if (exchange.service?.allowsAnonymous !== true) throw missingSignature(familyOf(service.protocol));
  return { caller: ANONYMOUS, region: undefined, body: streams ? unverifiedBody(exchange) : undefined };
}

const ANONYMOUS: Caller = {
  principal: { kind: "anonymous", arn: "", account: "" },
  account: "" as AccountId, // nobody's: it equals no account
  accessKeyId: "",
  policies: { identity: [] },
  values: new Map([["aws:principaltype", "Anonymous"]]),
  userIdentity: { type: "AWSAccount", principalId: "", accountId: "ANONYMOUS_PRINCIPAL" },
  displayName: "",
  userId: "anonymous",
};

function regionOf({ scope }: Presented): Region | undefined {
  return isRegion(scope.region) ? scope.region : undefined;
}

/** The payload as it flows, each form of signing checked on the way. */
function streamedBody(exchange: Exchange, presented: Presented, secret: string): RequestBody {
  const form = chunkedFormOf(exchange.head);
  const raw = rawBody(exchange);
  if (form !== undefined) return decodeChunks(raw, form, form.isSigned ? chunkVerifier(presented, secret) : undefined);
  return {
    declaredBytes: declaredBytes(exchange),
    trailers: {},
    [Symbol.asyncIterator]: () => {
      const hasher = payloadHasher(presented);
      return hasher === undefined ? raw[Symbol.asyncIterator]() : hashed(raw, hasher);
    },
  };
}

function unverifiedBody(exchange: Exchange): RequestBody {
  const raw = rawBody(exchange);
  return {
    declaredBytes: declaredBytes(exchange),
    trailers: {},
    [Symbol.asyncIterator]: () => raw[Symbol.asyncIterator](),
  };
}

async function* hashed(raw: AsyncIterable<Buffer>, hasher: PayloadHasher): AsyncGenerator<Buffer> {
  for await (const piece of raw) {
    hasher.update(piece);
    yield piece;
  }
  hasher.finish();
}

function declaredBytes({ head }: Exchange): number | undefined {
  const text = head.headers["content-length"];
  return text === undefined ? undefined : Number(text);
}

/** The connection's bytes; a client that goes away in the middle is an error, not an end. */
function rawBody(exchange: Exchange): AsyncIterable<Buffer> {
  return {
    async *[Symbol.asyncIterator]() {
      allowBody(exchange);
      try {
        // Whoever stops reading in the middle has an answer to give: the connection must outlive the body.
        yield* exchange.request.iterator({ destroyOnReturn: false });
      } catch {
        throw incompleteBody();
      }
    },
  };
}
