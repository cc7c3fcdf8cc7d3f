import { AwsError, isRegion } from "../base/index.js";
import {
  type Caller,
  credentialError,
  type Identity,
  parsePostSignature,
  verifyPostSignature,
} from "../identity/index.js";
import { formBoundary, readFormData } from "../wire/index.js";
import type { Authenticated } from "./authenticate.js";
import type { Exchange } from "./exchange.js";

interface FormPorts {
  readonly identity: Identity;
  readonly regions: ReadonlySet<string>;
  nobody(): Promise<Caller>;
}

/**
 * Who signed a form: its fields carry the signature of its policy, and S3 holds the upload against that policy. What a
 * form without a signature may do, the bucket says to everybody.
 */
export async function authenticateForm(
  { identity, regions, nobody }: FormPorts,
  exchange: Exchange,
  raw: AsyncIterable<Buffer>,
): Promise<Authenticated> {
  const boundary = formBoundary(exchange.head.headers["content-type"] ?? "");
  if (boundary === undefined) throw new AwsError("MalformedPOSTRequest", undefined, { status: 400 });
  const form = await readFormData(raw, boundary);
  const body = {
    declaredBytes: undefined,
    trailers: {},
    [Symbol.asyncIterator]: () => form.body[Symbol.asyncIterator](),
  };
  const presented = parsePostSignature(form.fields);
  if (presented === undefined)
    return { caller: await nobody(), region: undefined, signatureVersion: undefined, body, form };
  const credential = await identity.callerOf(presented.accessKeyId, presented.sessionToken);
  if (!credential.found) throw credentialError("s3", credential.why, presented.accessKeyId);
  verifyPostSignature(presented, credential.secret, regions);
  const region = presented.scope?.region;
  return {
    caller: credential.caller,
    region: region !== undefined && isRegion(region) ? region : undefined,
    signatureVersion: presented.scope === undefined ? "AWS" : "AWS4-HMAC-SHA256",
    signed: { kind: "form" },
    body,
    form,
  };
}
