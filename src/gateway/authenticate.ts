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
  type PresentedVersion2,
  parseSignature,
  parseVersion2,
  payloadHasher,
  type SignatureVersion,
  type SignedForm,
  sha256Hex,
  verifySignature,
  verifyVersion2,
} from "../identity/index.js";
import type { RequestBody } from "../kit/index.js";
import { chunkedFormOf, decodeChunks, type FormData, type ServiceModel } from "../wire/index.js";
import { allowBody, incompleteBody } from "./body.js";
import type { Exchange } from "./exchange.js";
import { authenticateForm } from "./form.js";

/** Who signed the request, for which Region, and its payload when it streams. */
export interface Authenticated {
  readonly caller: Caller;
  /** Undefined where the request names none: then it is the house's default. */
  readonly region: Region | undefined;
  readonly signatureVersion: SignatureVersion | undefined;
  readonly signed?: SignedForm;
  readonly body: RequestBody | undefined;
  /** Of an upload by a browser's form, whose file `body` is. */
  readonly form?: FormData;
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
    if (exchange.routed?.operation.name === "PostObject")
      return authenticateForm(
        { identity, regions, nobody: () => anonymousCaller(identity) },
        exchange,
        rawBody(exchange),
      );
    if (isUnsigned(exchange)) return nobody(identity, exchange, streams);
    const family = familyOf(service.protocol);
    const version2 = family === "s3" ? parseVersion2(exchange.head) : undefined;
    const presented = version2 ?? parseSignature(exchange.head, family);
    if (presented === undefined) return anonymous(identity, exchange, service, streams);
    const verified = (credential: Credential | NoCredential) => {
      if (!credential.found) throw credentialError(family, credential.why, presented.accessKeyId);
      if (presented.kind === "version-2") return verifyOld(exchange, streams, presented, credential);
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
    credential: Credential,
  ): Authenticated {
    const { secret, caller } = credential;
    verifySignature({
      presented,
      head: exchange.head,
      secret,
      holder: credential, // made anew whenever the directory changed
      bodySha256: bodySha256(exchange, streams),
      now: clock.now(),
      family: familyOf(service.protocol),
      signingName: service.signingName,
      regions,
    });
    const body = streams ? streamedBody(exchange, presented, secret) : undefined;
    return { caller, region: regionOf(presented), signatureVersion: "AWS4-HMAC-SHA256", signed: presented, body };
  }

  /** A URL of version 2 says nothing of a Region, and its signature nothing of the body. */
  function verifyOld(
    exchange: Exchange,
    streams: boolean,
    presented: PresentedVersion2,
    { secret, caller }: Credential,
  ): Authenticated {
    verifyVersion2({
      presented,
      head: exchange.head,
      bucketFromHost: exchange.recognised?.bucketFromHost,
      secret,
      bodySha256: bodySha256(exchange, streams),
      now: clock.now(),
    });
    const body = streams ? streamedBody(exchange, presented, secret) : undefined;
    return { caller, region: undefined, signatureVersion: "AWS", signed: presented, body };
  }
}

const bodySha256 = ({ bytes }: Exchange, streams: boolean): string | undefined =>
  streams || bytes === undefined ? undefined : sha256Hex(bytes);

/** A signature may be left out where the service's own policies can allow everyone. */
function anonymous(identity: Identity, exchange: Exchange, service: ServiceModel, streams: boolean) {
  if (exchange.service?.allowsAnonymous !== true) throw missingSignature(familyOf(service.protocol));
  return nobody(identity, exchange, streams);
}

const isUnsigned = ({ routed, service }: Exchange): boolean =>
  routed !== undefined && service?.unsigned?.has(routed.operation.name) === true;

/** Whose resources they ask for may be in an organization. */
async function nobody(identity: Identity, exchange: Exchange, streams: boolean): Promise<Authenticated> {
  const body = streams ? unverifiedBody(exchange) : undefined;
  const caller = await anonymousCaller(identity);
  return { caller, region: undefined, signatureVersion: undefined, body };
}

const anonymousCaller = async (identity: Identity): Promise<Caller> => ({
  ...ANONYMOUS,
  organizations: await identity.organizations(),
});

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
function streamedBody(exchange: Exchange, presented: Presented | PresentedVersion2, secret: string): RequestBody {
  const form = chunkedFormOf(exchange.head);
  const raw = rawBody(exchange);
  if (form !== undefined) {
    const isSigned = form.isSigned && presented.kind !== "version-2"; // which refuses signed chunks
    return decodeChunks(raw, form, isSigned ? chunkVerifier(presented, secret) : undefined);
  }
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
