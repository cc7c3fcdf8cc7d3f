import { table } from "./table.js";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Every bound on what comes from outside. A feature adds its bound here, with its unit in the name. */
export const LIMITS = table({
  headerBytes: 32 * KIB,
  urlBytes: 16 * KIB,
  /** Bodies that are read whole: all JSON, query and XML requests. */
  bodyBytes: 4 * MIB,
  jsonDepth: 32,
  policyDepth: 16,
  policyStatements: 2_500,
  /** Actions, resources, principals and condition values of one policy together. */
  policyValues: 20_000,
  /** Characters of all patterns of one policy that have both `*` and `?`: only these cost pattern × text. */
  policyMixedPatternChars: 2048,
  /** What a request brings to StringLike and the ARN operators; longer values cannot be compared (kms A-9). */
  policyPatternValueChars: 8192,
  /** A longer value fills no policy variable. */
  policyVariableChars: 2048,
  xmlDepth: 32,
  /** Opening and closing tags: the 10,000 parts of an upload with their checksums take 120,000. */
  xmlTags: 150_000,
  xmlTagBytes: 4 * KIB,
  queryMembers: 20_000,
  listItems: 100_000,
  clockSkewMs: 5 * 60_000,
  s3ClockSkewMs: 15 * 60_000,
  presignSeconds: 7 * 24 * 3600,
  requestIdleMs: 60_000,
  headersTimeoutMs: 20_000,
  chunkHeaderBytes: 1 * KIB,
  chunkBytes: 64 * MIB,
  trailerBytes: 4 * KIB,
  s3PutBytes: 5 * GIB,
  s3ObjectBytes: 50_000 * GIB,
  s3Parts: 10_000,
  s3MinPartBytes: 5 * MIB,
  s3KeyBytes: 1024,
  /** Of a browser's form, all that stands before its file. */
  s3FormFieldsBytes: 20 * KIB,
  /** Rules and bytes of one CORS or website configuration. */
  s3CorsRules: 100,
  s3ConfigurationBytes: 64 * KIB,
  s3RoutingRules: 50,
  s3MetadataBytes: 2 * KIB,
  s3AnnotationBytes: 1 * MIB,
  s3AnnotationNameBytes: 512,
  s3Annotations: 1000,
  /** Messages of event notifications that wait for their destinations; the oldest are given up first. */
  s3EventsWaiting: 1_000_000,
  /** Lines of access logs that one process holds until they are on the disk, about a second of them. */
  s3AccessLines: 100_000,
  s3EventDestinations: 1000,
  /** Batch jobs of one account and Region that have not ended. */
  s3BatchJobs: 1000,
  s3BatchTasks: 10_000_000,
  s3BatchTags: 50,
  /** Values of a kind in the filter of a generated manifest. */
  s3BatchFilterValues: 100,
  /** A line of a manifest: a bucket, a key of which each byte may take three, a version, and columns that nobody reads. */
  s3BatchLineChars: 16 * KIB,
  s3BatchInventoryBytes: 16 * MIB,
  s3EventPostMs: 10_000,
  bucketPolicyBytes: 20 * KIB,
  keyPolicyBytes: 32 * KIB,
  encryptionContextBytes: 8 * KIB,
  policyDocumentBytes: 128 * KIB,
  lookupValueChars: 2000,
  dataKeyBytes: 1024,
  /** What KMS signs, MACs or encrypts at once. */
  kmsMessageBytes: 4096,
  /** RSA keys whose primes are searched at the same time: half of the thread pool stays free for everything else. */
  rsaKeysAtOnce: 2,
  rsaKeysWaiting: 32,
  rootFileBytes: 16 * KIB,
  /** What another KMS answers, where it is the root of trust. */
  rootKmsAnswerBytes: 64 * KIB,
  /** One call of an external key store proxy, connection and TLS included (kms E-7). */
  xksCallMs: 250,
  /** One document of an OpenID Connect issuer, connection and TLS included. */
  oidcFetchMs: 5000,
  oidcDocumentBytes: 256 * KIB,
  oidcKeys: 100,
  webIdentityTokenChars: 20_000,
  /** Documents whose XML is signed, and the metadata that says with which keys. */
  signedXmlDepth: 32,
  signedXmlAttributes: 64,
  signedXmlPrefixes: 32,
  samlResponseChars: 100_000,
  samlResponseElements: 5000,
  samlMetadataBytes: 1 * MIB,
  samlMetadataElements: 20_000,
  samlSigningKeys: 10,
  /** The name of whom an assertion is about, and the URI of its format: both go into the session's token. */
  samlSubjectChars: 512,
  /** Certificates above a server's own. */
  certificateChain: 20,
  xksBodyBytes: 64 * KIB,
  xksErrorMessageChars: 512,
  xksUriChars: 256,
  xksMetadataChars: 2048,
  xksSecretChars: 43,
  /** Tasks for one PKCS#11 token, which does one after the other. */
  tokenTasksWaiting: 2048,
  custodianFrameBytes: 256 * KIB,
  custodianConnections: 256,
  custodianInFlight: 4096,
  /** A client that does not read its answers is not read from either. */
  custodianUnreadBytes: 1 * MIB,
});
