import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Audit, TrailRecord } from "../audit/index.js";
import { type AccountId, Ids, ManualClock, type Region, SeededEntropy, silentLog } from "../base/index.js";
import type { CallContext, Caller, PrincipalFate } from "../identity/index.js";
import type { KeyStore, Material, SoftwareKeyStore } from "../keystore/index.js";
import { softwareKeyStore } from "../keystore/testing.js";
import { parsePolicy } from "../policy/index.js";
import type { SqliteDatabase } from "../store/index.js";
import { openTestSqlite } from "../store/testing.js";
import { createKey, newKeyRef, parseKeyRequest } from "./create-key.js";
import type { CustomStoreKinds } from "./custom-stores/port.js";
import type { Key, KeyRef } from "./key.js";
import { checkPolicy, defaultPolicy } from "./key-policy.js";
import type { Kms, KmsOptions } from "./kms.js";
import { KMS_MIGRATIONS } from "./migrations.js";
import { openKms } from "./open-kms.js";

export const ACCOUNT = "111122223333" as AccountId; // twelve digits
export const FOREIGN = "444455556666" as AccountId; // twelve digits
export const REGION = "us-east-1" as Region; // a Region's name

/** KMS over a real database and a real key store in a folder of its own, with a trail that is a list. */
export interface TestKms {
  readonly kms: Kms;
  readonly clock: ManualClock;
  readonly database: SqliteDatabase;
  readonly keyStore: SpiedKeyStore;
  readonly records: TrailRecord[];
  /** Who exists: ARN to fate. Roots of the two accounts do; whoever is not listed is missing. */
  readonly principals: Map<string, PrincipalFate>;
  /** Another process over the same files. */
  another(): Promise<Kms>;
  newKey(policy?: object): Promise<Key>;
  close(): Promise<void>;
}

export async function openTestKms(
  customStoreKinds?: Partial<CustomStoreKinds>,
  openKeyStore = softwareKeyStore,
  more: Partial<KmsOptions> = {},
): Promise<TestKms> {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-kms-"));
  const software = await openKeyStore();
  const database = await openDatabase(folder);
  const clock = new ManualClock("2026-11-21T09:00:00Z");
  const keyStore = spy(software.store);
  const records: TrailRecord[] = [];
  const principals = new Map<string, PrincipalFate>(
    [ACCOUNT, FOREIGN].map((account) => [rootArn(account), { kind: "found" }]),
  );
  const parts = {
    keyStore,
    audit: listAudit(records),
    clock,
    ids: new Ids(new SeededEntropy(11)),
    log: silentLog,
    ...(customStoreKinds === undefined ? {} : { customStoreKinds }),
    ...more,
    resolvePrincipal: async (arn: string) => principals.get(arn) ?? ({ kind: "missing" } as const),
  };
  const kms = await openKms({ ...parts, database });
  const others: SqliteDatabase[] = [];
  return {
    kms,
    clock,
    database,
    keyStore,
    records,
    principals,
    async another() {
      const other = await openDatabase(folder);
      others.push(other);
      return openKms({ ...parts, database: other });
    },
    newKey: (policy) => newKey(kms, policy),
    async close() {
      await kms.close();
      for (const each of [...others, database]) await each.close();
      await software.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const openDatabase = (folder: string) => openTestSqlite({ path: join(folder, "kms.db"), migrations: KMS_MIGRATIONS });

export const rootArn = (account: string) => `arn:aws:iam::${account}:root`;

/** The real store, and a list of what was destroyed in it. */
export type SpiedKeyStore = KeyStore & { readonly destroyed: Material[]; failDestroy: boolean };

function spy(store: SoftwareKeyStore): SpiedKeyStore {
  const destroyed: Material[] = [];
  const spied: SpiedKeyStore = Object.assign(Object.create(store) as KeyStore, {
    destroyed,
    failDestroy: false,
    destroy: async (material: Material) => {
      if (spied.failDestroy) throw new Error("killed here");
      destroyed.push(material);
      await store.destroy(material);
    },
  });
  for (const name of METHODS) Object.assign(spied, { [name]: store[name].bind(store) });
  return spied;
}

/** The store has private members, which a derived object cannot reach: its methods stay bound to it. */
const METHODS = [
  "createMaterial",
  "copyMaterial",
  "encrypt",
  "decrypt",
  "generateDataKey",
  "generateDataKeyBlob",
  "reEncrypt",
  "generateDataKeyPair",
  "generateDataKeyPairBlob",
  "sign",
  "mac",
  "verifyMac",
  "agree",
  "decapsulate",
  "decryptAsymmetric",
  "randomBytes",
  "importParameters",
  "importMaterial",
  "listMaterials",
  "houseKey",
] as const satisfies readonly (keyof KeyStore)[];

function listAudit(records: TrailRecord[]): Audit {
  return {
    record: async (record) => void records.push(record),
    commit: (database, _first, unit) => database.write(unit),
    lookup: async () => ({ items: records }),
    close: async () => {},
  };
}

async function newKey(kms: Kms, document?: object): Promise<Key> {
  const ref: KeyRef = newKeyRef(kms, ACCOUNT, REGION);
  const text = document === undefined ? defaultPolicy(ACCOUNT, REGION) : JSON.stringify(document);
  const policy = await checkPolicy(text, kms.resolvePrincipal);
  const made = { ref, request: parseKeyRequest({}), description: "", tags: [] };
  return createKey(kms, made, policy, (unit) => kms.database.write(unit));
}

/** A call by an IAM user who may do all that a key policy lets the account delegate. */
export function userCall(parts: Partial<CallContext> & { readonly policies?: readonly object[] } = {}): CallContext {
  const { policies = [ALLOW_ALL], ...rest } = parts;
  return {
    caller: user("alice", ACCOUNT, policies),
    region: REGION,
    requestId: "00000000-0000-4000-8000-000000000001",
    time: new Date("2026-11-21T09:00:00Z"),
    sourceIp: "127.0.0.1",
    userAgent: "test",
    secureTransport: false,
    commit: (database, unit) => database.write(unit),
    ...rest,
  };
}

export const ALLOW_ALL = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

export function user(name: string, account: AccountId, policies: readonly object[]): Caller {
  const arn = `arn:aws:iam::${account}:user/${name}`;
  const userId = `AIDA${name.toUpperCase().padEnd(17, "A")}`;
  return {
    principal: { kind: "user", arn, account, uniqueId: userId },
    account,
    accessKeyId: "AKIAUSERUSERUSERUSER",
    policies: {
      identity: policies.map((document, at) => ({
        name: `policy ${at}`,
        policy: parsePolicy(JSON.stringify(document), "identity"),
      })),
    },
    values: new Map([["aws:principalarn", arn]]),
    userIdentity: { type: "IAMUser", principalId: userId, arn, accountId: account, userName: name },
    displayName: name,
    userId,
  };
}
