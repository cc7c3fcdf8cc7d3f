import { isAccountId, LIMITS, parseArn } from "../../../base/index.js";
import { errors } from "../errors.js";
import type { Generator, JobRequest } from "./job.js";

type Filter = NonNullable<Generator["Filter"]>;

/** What CreateJob asks of a generator but what only the buckets know. Throws InvalidRequest. */
export function parseGenerator(given: NonNullable<JobRequest["ManifestGenerator"]>): Generator {
  const generator = given.S3JobManifestGenerator;
  if (generator === undefined) throw errors.invalidRequest("A manifest generator has an S3JobManifestGenerator.");
  if (!isBucketArn(generator.SourceBucket)) throw errors.invalidRequest("The SourceBucket is not the ARN of a bucket.");
  checkOwner(generator.ExpectedBucketOwner);
  if (typeof generator.EnableManifestOutput !== "boolean")
    throw errors.invalidRequest("A manifest generator says with EnableManifestOutput whether its manifest is written.");
  checkOutput(generator);
  checkFilter(generator.Filter ?? {});
  return generator;
}

const isBucketArn = (text: string | undefined): boolean => {
  const arn = parseArn(text ?? "");
  return arn?.service === "s3" && /^[a-z0-9.-]{3,63}$/.test(arn.resource);
};

function checkOwner(account: string | undefined): void {
  if (account !== undefined && !isAccountId(account))
    throw errors.invalidRequest("An expected owner of a bucket is an account id.");
}

function checkOutput({ EnableManifestOutput: isOn, ManifestOutputLocation: output }: Generator): void {
  if (output === undefined) {
    if (isOn === true) throw errors.invalidRequest("A manifest that is written needs a ManifestOutputLocation.");
    return;
  }
  if (!isBucketArn(output.Bucket)) throw errors.invalidRequest("The manifest's Bucket is not the ARN of a bucket.");
  if (output.ManifestFormat === undefined) throw errors.invalidRequest("The manifest's ManifestFormat is missing.");
  checkOwner(output.ExpectedManifestBucketOwner);
  if ((output.ManifestPrefix ?? "").length > 512)
    throw errors.invalidRequest("A manifest's prefix has 512 characters at most.");
  const { SSES3: owned, SSEKMS: kms } = output.ManifestEncryption ?? {};
  if (owned !== undefined && kms !== undefined)
    throw errors.invalidRequest("A manifest is under either SSE-S3 or SSE-KMS.");
  if (kms !== undefined && (kms.KeyId ?? "") === "") throw errors.invalidRequest("SSE-KMS needs a KeyId.");
}

function checkFilter(filter: Filter): void {
  const { MatchAnyPrefix, MatchAnySuffix, MatchAnySubstring } = filter.KeyNameConstraint ?? {};
  for (const texts of [MatchAnyPrefix, MatchAnySuffix, MatchAnySubstring]) checkNames(texts ?? []);
  for (const bytes of [filter.ObjectSizeGreaterThanBytes, filter.ObjectSizeLessThanBytes])
    if (bytes !== undefined && (!Number.isSafeInteger(bytes) || bytes < 0))
      throw errors.invalidRequest("A size in a filter is a whole number of bytes.");
  for (const time of [filter.CreatedAfter, filter.CreatedBefore])
    if (time !== undefined && Number.isNaN(time.getTime())) throw errors.invalidRequest("A time in a filter is none.");
  for (const list of [filter.MatchAnyStorageClass, filter.ObjectReplicationStatuses, filter.MatchAnyObjectEncryption])
    checkLength(list ?? []);
  for (const wanted of filter.MatchAnyObjectEncryption ?? []) checkEncryption(wanted);
}

function checkNames(texts: readonly string[]): void {
  checkLength(texts);
  if (texts.some((text) => text === "" || text.length > 1024))
    throw errors.invalidRequest("What a key has to match is 1 to 1,024 characters long.");
}

function checkLength(list: readonly unknown[]): void {
  if (list.length > LIMITS.s3BatchFilterValues)
    throw errors.invalidRequest(`A filter has ${LIMITS.s3BatchFilterValues} values of a kind at most.`);
}

const KEY_ARN = /^arn:aws[a-zA-Z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-zA-Z0-9-]+$/;

function checkEncryption(wanted: NonNullable<Filter["MatchAnyObjectEncryption"]>[number]): void {
  const { SSES3, SSEKMS, DSSEKMS, SSEC, NOTSSE } = wanted;
  if ([SSES3, SSEKMS, DSSEKMS, SSEC, NOTSSE].filter((one) => one !== undefined).length !== 1)
    throw errors.invalidRequest("Each ObjectEncryption of a filter is one encryption type.");
  const arn = SSEKMS?.KmsKeyArn ?? DSSEKMS?.KmsKeyArn;
  if (arn !== undefined && !KEY_ARN.test(arn))
    throw errors.invalidRequest("A filter names a KMS key by the ARN of the key.");
}
