import type { RequestContext } from "../../kit/index.js";
import type { ReadTx } from "../../store/index.js";
import { errors } from "./errors.js";
import { type Bucket, NULL_VERSION, settingNow, type Versioning } from "./store/index.js";

/** The name of a bucket's setting. */
export const VERSIONING = "versioning";

export const versioningOf = (bucket: Bucket): Versioning => parsed(bucket.settings.get(VERSIONING));

/** The same inside of the transaction that writes. Throws NoSuchBucket when the bucket is not there any more. */
export async function versioningNow(tx: ReadTx, bucket: Bucket): Promise<Versioning> {
  const { gone, value } = await settingNow(tx, bucket.id, VERSIONING);
  if (gone) throw errors.noSuchBucket(bucket.name);
  return parsed(value);
}

const parsed = (value: string | undefined): Versioning =>
  value === "Enabled" || value === "Suspended" ? value : undefined;

/** 32 letters of S3's 64: opaque, and never `null`. */
export const newVersionId = (ctx: Pick<RequestContext, "ids">): string =>
  Buffer.from(ctx.ids.hex(48), "hex").toString("base64url").replaceAll("-", ".");

export const isVersionId = (text: string): boolean => text === NULL_VERSION || /^[\w.]{32}$/.test(text);

/** Refuses an id that no version of this bucket can have. Whether one has it is another question. */
export function checkVersionId(bucket: Bucket, versionId: string | undefined, name = "versionId"): void {
  if (versionId === undefined || versionId === NULL_VERSION) return;
  if (versioningOf(bucket) !== undefined && isVersionId(versionId)) return;
  if (versionId === "") throw errors.invalidArgument("Version id cannot be the empty string", name, versionId);
  throw errors.invalidArgument("Invalid version id specified", name, versionId);
}

/** What answers tell of the version that they read: nothing while versioning was never on. */
export const versionMember = (bucket: Bucket, object: { readonly versionId: string }): { VersionId?: string } =>
  versioningOf(bucket) === undefined ? {} : { VersionId: object.versionId };

/** A version as it was written. */
export interface Written {
  readonly versionId: string;
  readonly versioning: Versioning;
}

/** Copies and completed uploads tell every version id, `null` too. */
export const writtenMember = ({ versionId, versioning }: Written): { VersionId?: string } =>
  versioning === undefined ? {} : { VersionId: versionId };

/** PutObject is silent about `null`. */
export const putMember = ({ versionId }: Written): { VersionId?: string } =>
  versionId === NULL_VERSION ? {} : { VersionId: versionId };

/** `GetObjectTagging` of a named version is the action `GetObjectVersionTagging`. */
export function versionedAction(action: string, versionId: string | undefined): string {
  return versionId === undefined
    ? action
    : action.replace(/^(Get|Put|Delete|List)Object(?=$|Tagging$|Acl$|Attributes$|Annotations?$)/, "$1ObjectVersion");
}
