import { makeMarker, parseMarker } from "../../../base/index.js";
import type { InputOf, RequestContext } from "../../../kit/index.js";
import { errors } from "../errors.js";
import type { S3Ports } from "../ports.js";
import {
  type Bucket,
  bucketStands,
  type ConfigurationKind,
  countOtherConfigurations,
  deleteConfiguration,
  putConfiguration,
  selectConfiguration,
  selectConfigurationsAfter,
} from "../store/index.js";

type S3Client = typeof import("@aws-sdk/client-s3");

/** Each kind as the wire has it, and as it is stored. */
interface Kept {
  readonly analytics: InputOf<S3Client, "PutBucketAnalyticsConfiguration">["AnalyticsConfiguration"];
  readonly intelligentTiering: InputOf<
    S3Client,
    "PutBucketIntelligentTieringConfiguration"
  >["IntelligentTieringConfiguration"];
  readonly metrics: InputOf<S3Client, "PutBucketMetricsConfiguration">["MetricsConfiguration"];
}

export type Configuration<Kind extends ConfigurationKind> = Kept[Kind];

const MOST = 1000;
const PAGE = 100;

const parseStored = <Kind extends ConfigurationKind>(text: string): Configuration<Kind> =>
  JSON.parse(text) as Configuration<Kind>; // as `keepConfiguration` stored it

/** Takes the place of the one of that id, if there is one. */
export async function keepConfiguration<Kind extends ConfigurationKind>(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  kind: Kind,
  { id, value }: { readonly id: string; readonly value: Configuration<Kind> },
): Promise<void> {
  const text = JSON.stringify(value);
  await ctx.commit(ports.database, async (tx) => {
    if (!(await bucketStands(tx, bucket.id))) throw errors.noSuchBucket(bucket.name);
    if ((await countOtherConfigurations(tx, bucket.id, kind, id)) >= MOST) throw errors.tooManyConfigurations();
    await putConfiguration(tx, bucket.id, kind, { id, text });
  });
}

export async function getConfiguration<Kind extends ConfigurationKind>(
  ports: S3Ports,
  bucket: Bucket,
  kind: Kind,
  id: string,
): Promise<Configuration<Kind>> {
  const text = await ports.database.read((tx) => selectConfiguration(tx, bucket.id, kind, id));
  if (text === undefined) throw errors.noSuchConfiguration();
  return parseStored<Kind>(text);
}

export async function dropConfiguration(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  kind: ConfigurationKind,
  id: string,
): Promise<void> {
  await ctx.commit(ports.database, async (tx) => {
    if (!(await deleteConfiguration(tx, bucket.id, kind, id))) throw errors.noSuchConfiguration();
  });
}

interface ConfigurationPage<Kind extends ConfigurationKind> {
  readonly found: readonly Configuration<Kind>[];
  /** The members that all these lists answer with. */
  readonly place: {
    readonly IsTruncated: boolean;
    readonly ContinuationToken?: string;
    readonly NextContinuationToken?: string;
  };
}

/** A hundred a page, in the order of their ids. */
export async function listConfigurations<Kind extends ConfigurationKind>(
  ports: S3Ports,
  bucket: Bucket,
  kind: Kind,
  token: string | undefined,
): Promise<ConfigurationPage<Kind>> {
  const scope = `${kind}/${bucket.id}`;
  const after = token === undefined ? "" : parseMarker(scope, token);
  if (after === undefined) {
    throw errors.invalidArgument("The continuation token provided is incorrect", "continuation-token");
  }
  const rows = await ports.database.read((tx) => selectConfigurationsAfter(tx, bucket.id, kind, after, PAGE + 1));
  const page = rows.slice(0, PAGE);
  const last = rows.length > PAGE ? page.at(-1) : undefined;
  return {
    found: page.map(({ text }) => parseStored<Kind>(text)),
    place: {
      IsTruncated: last !== undefined,
      ...(token === undefined ? {} : { ContinuationToken: token }),
      ...(last === undefined ? {} : { NextContinuationToken: makeMarker(scope, last.id) }),
    },
  };
}
