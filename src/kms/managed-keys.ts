import { type AccountId, type Ids, partitionOf, type Region, table } from "../base/index.js";
import type { KeyStore } from "../keystore/index.js";
import type { Database, WriteTx } from "../store/index.js";
import { RESERVED_ALIAS } from "./alias.js";
import { type Key, type KeyId, keyArn } from "./key.js";
import { QUOTAS } from "./quotas.js";
import { schedule } from "./rotation.js";
import { addMaterial, findAlias, insertAlias, insertKey } from "./store/index.js";

/**
 * The predefined aliases of AWS managed keys: which service they belong to in `kms:ViaService`, and whether that
 * service works through grants (kms 5.4, section 14).
 */
const SERVICES = table({
  acm: { via: "acm", grants: true },
  backup: { via: "backup", grants: true },
  dynamodb: { via: "dynamodb", grants: true },
  ebs: { via: "ec2", grants: true },
  elasticache: { via: "elasticache", grants: true },
  elasticfilesystem: { via: "elasticfilesystem", grants: true },
  lambda: { via: "lambda", grants: true },
  rds: { via: "rds", grants: true },
  redshift: { via: "redshift", grants: true },
  s3: { via: "s3", grants: false },
  secretsmanager: { via: "secretsmanager", grants: false },
  sns: { via: "sns", grants: false },
  sqs: { via: "sqs", grants: false },
  ssm: { via: "ssm", grants: false },
});

type ManagedService = keyof typeof SERVICES;

export const MANAGED_ALIASES: readonly string[] = Object.keys(SERVICES)
  .sort()
  .map((service) => RESERVED_ALIAS + service);

/** The service of `alias/aws/<service>`; undefined for other aliases and for services without a managed key. */
export function managedServiceOf(alias: string): ManagedService | undefined {
  const service = alias.startsWith(RESERVED_ALIAS) ? alias.slice(RESERVED_ALIAS.length) : "";
  return service in SERVICES ? (service as ManagedService) : undefined; // `in` on a table without prototype
}

/** Fixed for ever (kms 5.6): any principal of the account, through the one service; the owner may only look. */
export function managedPolicy(account: AccountId, region: Region, service: ManagedService): string {
  const { via, grants } = SERVICES[service];
  const use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
  const look = ["kms:Describe*", "kms:Get*", "kms:List*"];
  return JSON.stringify({
    Version: "2012-10-17",
    Id: `auto-${service}-1`,
    Statement: [
      {
        Sid: `Allow access through ${service} for all principals in the account that are authorized to use ${service}`,
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: grants ? [...use, "kms:CreateGrant"] : use,
        Resource: "*",
        Condition: {
          StringEquals: { "kms:CallerAccount": account, "kms:ViaService": `${via}.${region}.amazonaws.com` },
        },
      },
      {
        Sid: "Allow direct access to key metadata to the account",
        Effect: "Allow",
        Principal: { AWS: `arn:${partitionOf(region)}:iam::${account}:root` },
        Action: grants ? [...look, "kms:RevokeGrant"] : look,
        Resource: "*",
      },
    ],
  });
}

export interface ManagedKeyParts {
  readonly database: Database;
  readonly keyStore: KeyStore;
  readonly ids: Ids;
}

/** Makes the key and its alias, once: whoever comes second finds the first one's and lets its own material go. */
export async function makeManagedKey(
  parts: ManagedKeyParts,
  place: { readonly account: AccountId; readonly region: Region },
  service: ManagedService,
  now: Date,
): Promise<void> {
  const ref = { ...place, id: parts.ids.uuid() as KeyId }; // a version 4 UUID is a key id
  const material = await parts.keyStore.createMaterial({ ...place, keyId: ref.id });
  const key: Key = {
    ...ref,
    arn: keyArn(ref),
    manager: "AWS",
    spec: "SYMMETRIC_DEFAULT",
    usage: "ENCRYPT_DECRYPT",
    origin: "AWS_KMS",
    description: `Default key that protects my ${service} data when no other key is defined`,
    createdAt: now,
    tags: [],
    onDemandRotations: 0,
    rotation: schedule(QUOTAS.defaultRotationDays, now),
    state: "Enabled",
    material: material.id,
  };
  const made = await parts.database.write((tx) => insertOnce(tx, key, service, now));
  if (!made) await parts.keyStore.destroy(material);
}

async function insertOnce(
  tx: WriteTx,
  key: Key & { state: "Enabled" },
  service: ManagedService,
  now: Date,
): Promise<boolean> {
  const name = RESERVED_ALIAS + service;
  if ((await findAlias(tx, key.account, key.region, name)) !== undefined) return false;
  await insertKey(tx, { key, policy: managedPolicy(key.account, key.region, service), principals: {} });
  await addMaterial(tx, key, { id: key.material, state: "CURRENT" });
  await insertAlias(tx, {
    account: key.account,
    region: key.region,
    name,
    keyId: key.id,
    createdAt: now,
    updatedAt: now,
  });
  return true;
}
