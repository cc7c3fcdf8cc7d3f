import { table } from "../../base/index.js";
import type { Extra } from "./types.js";

const NAME = "^[a-zA-Z0-9:/_-]+$";
const REGION = "^([a-z]+-){2,3}\\d+$";
const GRANTEE = "^[\\w+=,.@:/-]+$";
const SERVICE = "(?=.{1,128}$)[a-zA-Z0-9-]+(\\.[a-zA-Z0-9-]+){2,}";
const POLICY = "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";

/** KMS API version 2014-11-01: lengths and patterns of the service model, with the service's own ranges. */
export const KMS: Extra = table({
  KeyId: { length: [1, 2048] },
  TargetKeyId: { length: [1, 2048] },
  SourceKeyId: { length: [1, 2048] },
  DestinationKeyId: { length: [1, 2048] },
  AliasName: { length: [1, 256], pattern: NAME },
  CiphertextBlob: { length: [1, 6144] },
  ImportToken: { length: [1, 6144] },
  EncryptedKeyMaterial: { length: [1, 6144] },
  Signature: { length: [1, 6144] },
  Mac: { length: [1, 6144] },
  SharedSecretCiphertextBlob: { length: [1, 6144] },
  Plaintext: { length: [1, 4096] },
  Message: { length: [1, 4096] },
  PublicKey: { length: [1, 8192] },
  Description: { length: [0, 8192] },
  GrantTokens: { length: [0, 10], each: { length: [1, 8192] } },
  GrantToken: { length: [1, 8192] },
  GrantId: { length: [1, 128] },
  Name: { length: [1, 256], pattern: NAME },
  GranteePrincipal: { length: [1, 256], pattern: GRANTEE },
  RetiringPrincipal: { length: [1, 256], pattern: GRANTEE },
  GranteeServicePrincipal: { length: [1, 128], pattern: SERVICE },
  RetiringServicePrincipal: { length: [1, 128], pattern: SERVICE },
  SourceArn: { length: [20, 512], pattern: "^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$" },
  Limit: { range: [1, 1000] },
  Marker: { length: [1, 1024], pattern: "[\\u0020-\\u00FF]*" },
  NumberOfBytes: { range: [1, 1024] },
  // The model says 1 to 365; the operation says 7 to 30 in its own words.
  PendingWindowInDays: { range: [1, 365] },
  PolicyName: { length: [1, 128], pattern: "[\\w]+" },
  Policy: { length: [1, 131_072], pattern: POLICY },
  ReplicaRegion: { length: [1, 32], pattern: REGION },
  PrimaryRegion: { length: [1, 32], pattern: REGION },
  RotationPeriodInDays: { range: [90, 2560] },
  TagKey: { length: [1, 128] },
  TagValue: { length: [0, 256] },
  TagKeys: { each: { length: [1, 128] } },
  KeyMaterialId: { length: [64, 64], pattern: "^[a-f0-9]+$" },
  KeyMaterialDescription: { length: [0, 256], pattern: "^[a-zA-Z0-9:/_\\s.-]+$" },
  AttestationDocument: { length: [1, 262_144] },
  CustomKeyStoreId: { length: [1, 64] },
  CustomKeyStoreName: { length: [1, 256] },
  NewCustomKeyStoreName: { length: [1, 256] },
  CloudHsmClusterId: { length: [19, 24], pattern: "cluster-[2-7a-zA-Z]{11,16}" },
  KeyStorePassword: { length: [7, 32] },
  TrustAnchorCertificate: { length: [1, 5000] },
  XksKeyId: { length: [1, 128], pattern: "^[a-zA-Z0-9-_.]+$" },
  AccessKeyId: { length: [20, 30], pattern: "^[A-Z2-7]+$" },
  RawSecretAccessKey: { length: [43, 64], pattern: "^[a-zA-Z0-9\\/+=]+$" },
  XksProxyUriEndpoint: { length: [10, 128], pattern: "^https://[a-zA-Z0-9.-]+$" },
  XksProxyUriPath: { length: [10, 128], pattern: "^(/[a-zA-Z0-9\\/_-]+/kms/xks/v\\d{1,2})$|^(/kms/xks/v\\d{1,2})$" },
  XksProxyVpcEndpointServiceName: {
    length: [20, 64],
    pattern: "^(com|eu)\\.amazonaws\\.vpce\\.([a-z]+-){2,3}\\d+\\.vpce-svc-[0-9a-z]+$",
  },
  XksProxyVpcEndpointServiceOwner: { length: [12, 12], pattern: "[0-9]{12}" },
});
