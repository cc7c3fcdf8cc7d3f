import type { RequestContext } from "../../../kit/index.js";
import { s3Audit } from "../audit.js";
import { errors } from "../errors.js";
import { findObject, getTagged, readChecks } from "../object.js";
import { operation } from "../ports.js";
import { checkNewWrapping, type NewWrapping, updateObjectEncryptionOf } from "../update-encryption.js";

const TRY_SSE_KMS = "Modify the request to specify SSE-KMS for the updated encryption type, and then try again.";

export const updateObjectEncryption = operation("UpdateObjectEncryption", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "UpdateObjectEncryption"),
  run: async (ctx, input, { target }, ports) => {
    if (ctx.signatureVersion === "AWS") throw needsVersion4();
    const wrapping = parseWrapping(ctx, input.ObjectEncryption);
    checkNewWrapping(ctx, wrapping, target.bucket);
    const object = getTagged(target, "PUT");
    await updateObjectEncryptionOf(ctx, ports, target.bucket, object, wrapping);
    ctx.notes.additionalEventData["SSEApplied"] = "SSE_KMS";
    return {};
  },
});

interface Wanted {
  readonly SSEKMS?:
    | { readonly KMSKeyArn: string | undefined; readonly BucketKeyEnabled?: boolean | undefined }
    | undefined;
}

/** The bucket's own rule about bucket keys does not count here: without a word there is none. */
function parseWrapping(ctx: RequestContext, { SSEKMS: wanted }: Wanted): NewWrapping {
  if (wanted) return { keyArn: wanted.KMSKeyArn ?? "", bucketKey: wanted.BucketKeyEnabled ?? false };
  // The model knows no such member, so only the body tells that one was meant.
  if (/<(?:DSSE-KMS|SSE-C)[\s/>]/.test(String(ctx.bytes ?? ""))) {
    throw errors.invalidRequest(
      `The UpdateObjectEncryption operation doesn't support updating the encryption type to DSSE-KMS or SSE-C. ${TRY_SSE_KMS}`,
    );
  }
  throw errors.invalidRequest(
    `Requests that modify an object encryption configuration require a valid new encryption type. Valid values are SSEKMS. ${TRY_SSE_KMS}`,
  );
}

const needsVersion4 = () =>
  errors.invalidRequest(
    "Requests that modify an object encryption configuration require AWS Signature Version 4. Modify the request to use AWS Signature Version 4, and then try again.",
  );
