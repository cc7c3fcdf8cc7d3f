import type { Readable } from "node:stream";
import type { AwsError } from "../base/index.js";

export type ProtocolName = "awsJson1_0" | "awsJson1_1" | "awsQuery" | "ec2Query" | "restJson1" | "restXml";

/** An HTTP request without its body. Header names are lower case; repeated headers are joined as Node joins them. */
export interface RequestHead {
  readonly method: string;
  /** The raw target before `?`, still percent-encoded. */
  readonly path: string;
  /** The raw text after `?`, or empty. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The headers as received, for signatures that sign a repeated header: name, value, name, value … */
  readonly rawHeaders: readonly string[];
}

export interface ResponseParts {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  /** Null: no body at all. Text goes out as UTF-8. A stream is sent as it comes. */
  readonly body: Uint8Array | string | Readable | AsyncIterable<Uint8Array> | null;
}

/** One AWS service as its official model tells it. */
export interface ServiceModel {
  /** `kms`, `s3`, `redshift-data`: our folder name and the `id` of extraction. */
  readonly id: string;
  readonly protocol: ProtocolName;
  /** The name in credential scopes. */
  readonly signingName: string;
  /** `TrentService`: before the dot in X-Amz-Target. JSON protocols only. */
  readonly targetPrefix: string;
  readonly apiVersion: string;
  readonly operations: ReadonlyMap<string, OperationModel>;
}

export interface OperationModel {
  readonly name: string;
  /** The modelled codes this operation declares. */
  readonly errors: readonly string[];
  /** Name of the input member that is the streaming body, if there is one. */
  readonly streamingInput: string | undefined;
  readonly streamingOutput: string | undefined;
}

/** What `recognise` knows from the head alone, before anything is read or believed. */
export interface Recognised {
  readonly service: ServiceModel;
  /** S3 virtual-host style: the bucket that the host names. */
  readonly bucketFromHost?: string;
  /** S3: the host is a website's, where browsers get pages and nobody gets the API. */
  readonly website?: true;
}

export interface Routed {
  readonly service: ServiceModel;
  readonly operation: OperationModel;
  /** Path labels, decoded. For S3: `Bucket`, `Key`. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * What the wire offers the gateway. Every function is pure but for model loading.
 * - `route` throws AwsError UnknownOperationException (or the protocol's own word) when nothing matches. Query
 *   protocols need the body: pass it, or undefined when it is not read yet.
 * - `decode` checks type, required, length, range, pattern, enum and reports all violations together as AWS does.
 *   The streaming member is left out: it is the request's body.
 * - `encode` and `encodeError` give complete responses, request id included.
 */
export interface Wire {
  readonly services: readonly string[];
  service(id: string): ServiceModel;
  recognise(head: RequestHead): Recognised | undefined;
  /** The body is needed to route when true: awsQuery and ec2Query. */
  routesByBody(service: ServiceModel): boolean;
  route(recognised: Recognised, head: RequestHead, body: Uint8Array | undefined): Routed;
  decode(routed: Routed, head: RequestHead, body: Uint8Array | undefined): Record<string, unknown>;
  encode(routed: Routed, output: Record<string, unknown>, requestId: string): ResponseParts;
  /** `service` undefined: not even the service is known; answer in awsJson's form. */
  encodeError(service: ServiceModel | undefined, error: AwsError, requestId: string, head: RequestHead): ResponseParts;
}

/**
 * Checks of aws-chunked framing that need the signing key: `identity` gives one for signed streams.
 * `chunk` throws SignatureDoesNotMatch; it is called for each chunk, the empty last one included, in order.
 */
export interface ChunkVerifier {
  chunk(signature: string | undefined, data: Uint8Array): void;
  /** `lines` are the trailer's `name:value\n` lines as signed. */
  trailer(signature: string | undefined, lines: string): void;
}
