import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AUDIT_MIGRATIONS, openAudit, type TrailAudit } from "../audit/index.js";
import { AwsError, type Clock, DAY_MS, type Ids, type Log, MINUTE_MS, type Region } from "../base/index.js";
import { type KeyHandle, keyHandle, SealingKey } from "../crypto/index.js";
import { directory, IDENTITY_MIGRATIONS, type Identity, LastUses, openIdentity } from "../identity/index.js";
import type { KeyStore } from "../keystore/index.js";
import type { Service, Worker } from "../kit/index.js";
import {
  type AskLease,
  costReport,
  type ExternalUse,
  externalUse,
  type HsmOptions,
  hsmKind,
  KMS_MIGRATIONS,
  type Kms,
  type KmsSettings,
  openKms,
  type ProxyOptions,
  parseMonth,
  RateLimiter,
  xksKind,
} from "../kms/index.js";
import {
  CLOUDTRAIL_MIGRATIONS,
  type CloudTrailSettings,
  cloudTrailService,
  copiedPlaces,
} from "../services/cloudtrail/service.js";
import { iamService } from "../services/iam/service.js";
import { kmsService } from "../services/kms/service.js";
import { organizationsService } from "../services/organizations/service.js";
import {
  accountBlocks,
  type EventDestinations,
  openS3,
  openScrubDesk,
  type S3Pace,
  type S3Rules,
  type ScrubPace,
} from "../services/s3/index.js";
import { s3ControlService } from "../services/s3-control/service.js";
import { strongroomService } from "../services/strongroom/service.js";
import { openIssuerKeys, stsService } from "../services/sts/service.js";
import { type Blobs, type Migration, openSqlite, type SqliteDatabase } from "../store/index.js";
import { keepAnchor } from "./anchors.js";
import { compactionWorkers } from "./compaction.js";
import { innerCalls } from "./inner-calls.js";
import { roleCalls } from "./role-calls.js";
import { rootCodes } from "./root-codes.js";
import { S3_DATABASE } from "./s3-database.js";
import { trailBuckets } from "./trail-buckets.js";

export interface HouseOptions {
  readonly folder: string;
  readonly slot: number;
  readonly keyStore: KeyStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly region: Region;
  /** Where anchors of the trail are kept, and how often one is made; 0 for never. */
  readonly anchors: { readonly folder: string; readonly everyMs: number };
  /** PKCS#11 tokens that stand for CloudHSM clusters. */
  readonly hsm: HsmOptions;
  readonly kms: KmsSettings;
  /** Days that the trail is kept for at least; 0 for ever. */
  readonly auditKeepDays: number;
  /** Days after which its segments are packed; 0 for never. */
  readonly auditCompactDays: number;
  readonly cloudtrail: CloudTrailSettings;
  readonly s3: S3Rules;
  readonly s3Pace: S3Pace;
  /** Where events of buckets go. */
  readonly destinations: EventDestinations;
  /** The machine's buckets of tokens, where requests are limited. */
  readonly askLease: AskLease;
  /** How issuers of web identities are reached. */
  readonly oidc: { readonly ca?: string };
  /** How external key store proxies are reached. */
  readonly xks: Pick<ProxyOptions, "ports" | "ca">;
  readonly scrub: ScrubPace;
  readonly openBlobs: () => Promise<Blobs>;
  /** For the benchmark's comparison alone: bodies lie in the clear. */
  readonly sealBodies: boolean;
}

/** Everything that stands behind the door of one front process. */
export interface House {
  readonly identity: Identity;
  readonly uses: LastUses;
  readonly audit: TrailAudit;
  readonly services: ReadonlyMap<string, Service>;
  readonly workers: readonly Worker[];
  /** KMS keys as external keys of other key stores. */
  readonly externalKeys: ExternalUse;
  close(): Promise<void>;
}

/** How often the trail's index follows its segments. */
const INDEX_EVERY_MS = 1000;
/** The share of the last second that the event loop worked. */
const BUSY = 0.5;
/** What a log whose process has ended holds is indexed by the others, and before that by look-ups. */
const INDEX_ALL_EVERY_MS = 5 * MINUTE_MS;
/** About 14,000 events, which a process indexes from its memory in a tenth of a second, and another from the log in two or three. */
const MOST_BEHIND_BYTES = 16 * 1024 * 1024;

export async function openHouse(options: HouseOptions): Promise<House> {
  const { keyStore, clock, ids, log } = options;
  const [iam, kmsRows, s3Rows, index, trails] = await Promise.all([
    database(options, "iam", IDENTITY_MIGRATIONS),
    database(options, "kms", KMS_MIGRATIONS),
    database(options, "s3", S3_DATABASE),
    database(options, "audit", AUDIT_MIGRATIONS),
    database(options, "cloudtrail", CLOUDTRAIL_MIGRATIONS),
  ]);
  const databases = [iam, kmsRows, s3Rows, trails];
  const audit = await trail(options, index, databases);
  const sealer = await sessionSealer(keyStore);
  const identity = openIdentity({ database: iam, clock, ids, sealer });
  const uses = new LastUses(iam, clock, log);
  const kms = await openKms({
    database: kmsRows,
    keyStore,
    audit,
    clock,
    ids,
    log,
    resolvePrincipal: identity.resolvePrincipal,
    quotas: options.kms.quotas,
    prices: options.kms.prices,
    ...(options.kms.rates && { rates: new RateLimiter(options.kms.rates, options.askLease, clock) }),
    customStoreKinds: {
      AWS_CLOUDHSM: hsmKind(options.hsm),
      EXTERNAL_KEY_STORE: xksKind({ clock, log, ...options.xks }),
    },
  });
  const services = await openServices(options, { identity, uses, kms, audit, iam, s3Rows, trails });
  return {
    identity,
    uses,
    audit,
    services,
    externalKeys: externalUse(kms),
    workers: [
      ...[...services.values()].flatMap((service) => service.workers),
      ...trailWorkers(audit, options),
      ...anchorWorkers(audit, options),
      ...expiryWorkers(audit, trails, options),
      ...compactionWorkers(audit, options.auditCompactDays, log),
    ],
    async close() {
      for (const service of services.values()) await service.close?.();
      await kms.close();
      await uses.flush();
      await audit.close();
      await Promise.all([...databases, index].map((each) => each.close()));
    },
  };
}

async function database(
  options: HouseOptions,
  name: string,
  migrations: readonly Migration[],
): Promise<SqliteDatabase> {
  const key = await options.keyStore.houseKey(`database/${name}`);
  return openSqlite({ path: join(options.folder, `${name}.db`), key, migrations, log: options.log });
}

async function trail(
  options: HouseOptions,
  indexDatabase: SqliteDatabase,
  databases: readonly SqliteDatabase[],
): Promise<TrailAudit> {
  const { clock, log } = options;
  const folder = join(options.folder, "audit");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = await options.keyStore.houseKey("audit/segments");
  return openAudit({ folder, slot: `w${options.slot}`, key, indexDatabase, databases, clock, log });
}

async function sessionSealer(keyStore: KeyStore): Promise<SealingKey> {
  const key = await keyStore.houseKey("identity/sessions");
  const sealer = SealingKey.of(key);
  key.wipe();
  return sealer;
}

async function markKey(keyStore: KeyStore): Promise<KeyHandle> {
  const key = await keyStore.houseKey("s3/marks");
  const handle = keyHandle(key);
  key.wipe();
  return handle;
}

interface Rooms {
  readonly identity: Identity;
  readonly uses: LastUses;
  readonly kms: Kms;
  readonly audit: TrailAudit;
  readonly iam: SqliteDatabase;
  readonly s3Rows: SqliteDatabase;
  readonly trails: SqliteDatabase;
}

async function openServices(options: HouseOptions, rooms: Rooms): Promise<ReadonlyMap<string, Service>> {
  const { clock, ids, log, sealBodies } = options;
  const { identity, uses, kms, audit, iam } = rooms;
  const blobs = await options.openBlobs();
  const sts = stsService({ database: iam, identity, issuerKeys: openIssuerKeys({ clock, log, ...options.oidc }) });
  const inner = innerCalls({ audit, clock, ids, log, identity, sts });
  const s3 = openS3({
    database: rooms.s3Rows,
    blobs,
    keys: kms.service,
    ownedKeys: kms.owned,
    rules: options.s3,
    destinations: options.destinations,
    markKey: await markKey(options.keyStore),
    inner,
    clock,
    ids,
    pace: options.s3Pace,
    scrub: options.scrub,
    log,
    accounts: async () => (await iam.read((tx) => directory.accounts(tx))).map(({ id }) => id),
    spendRootCode: rootCodes(iam),
    sealing: sealBodies ? "segments" : "none-for-bench",
  });
  const aws = [
    kmsService({ kms }),
    s3,
    s3ControlService({
      database: rooms.s3Rows,
      blocks: accountBlocks(rooms.s3Rows),
      roles: roleCalls({ inner, s3 }),
      denied: s3.denied,
      clock,
      ids,
      log,
    }),
    iamService({ database: iam, uses }),
    organizationsService({ database: iam }),
    sts,
    cloudTrailService({
      audit,
      database: rooms.trails,
      buckets: trailBuckets({ inner, identity, clock, ids, log, s3 }),
      keys: kms.service,
      signing: kms.signing,
      clock,
      ids,
      log,
      settings: options.cloudtrail,
      askLease: options.askLease,
    }),
  ];
  const services = new Map(aws.map((service): [string, Service] => [service.id, service]));
  const house = strongroomService({
    database: iam,
    identity,
    ledger: audit.ledger,
    clock,
    ids,
    services: aws,
    costs: costs(kms),
    scrub: openScrubDesk(rooms.s3Rows, options.scrub),
  });
  return services.set(house.id, house);
}

const costs = (kms: Kms): Parameters<typeof strongroomService>[0]["costs"] => ({
  async report(account, name) {
    const month = parseMonth(name);
    if (month === undefined) throw new AwsError("ValidationException", "'month' must be a month, as 2026-11.");
    return costReport(kms, account, name, month);
  },
});

/**
 * The index waits while there are requests: it is nobody's answer. It never falls so far behind that a look-up, which
 * brings it up to date first, would wait long.
 */
function trailWorkers(audit: TrailAudit, { auditKeepDays }: HouseOptions): Worker[] {
  let seen = performance.eventLoopUtilization();
  const wasBusy = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, seen);
    seen = now;
    return utilization > BUSY;
  };
  const index = async () => {
    await audit.indexOwn(wasBusy() ? MOST_BEHIND_BYTES : 0);
  };
  return [
    { name: "trail-index", everyMs: INDEX_EVERY_MS, run: index },
    { name: "trail-index-all", everyMs: INDEX_ALL_EVERY_MS, run: () => audit.catchUp() },
    { name: "trail-forget", everyMs: DAY_MS, run: () => audit.forgetOldEvents(keepMs(auditKeepDays)) },
  ];
}

const keepMs = (days: number) => (days === 0 ? undefined : days * DAY_MS);

/** Nothing goes but behind an anchor, which is made and kept first. */
function expiryWorkers(
  audit: TrailAudit,
  trails: SqliteDatabase,
  { anchors, auditKeepDays, log }: HouseOptions,
): Worker[] {
  if (auditKeepDays === 0) return [];
  const run = async (now: Date) => {
    await audit.catchUp();
    const anchor = await audit.ledger.anchor(now);
    keepAnchor(anchors.folder, anchor);
    const before = new Date(now.getTime() - auditKeepDays * DAY_MS);
    const segments = await audit.expireSegments({ now, before, anchor, delivered: await copiedPlaces(trails) });
    if (segments > 0) log.info("audit.expired", { segments });
  };
  return [{ name: "trail-expiry", everyMs: DAY_MS, run }];
}

function anchorWorkers(audit: TrailAudit, { anchors: { folder, everyMs }, clock }: HouseOptions): Worker[] {
  if (everyMs === 0) return [];
  const run = async () => keepAnchor(folder, await audit.ledger.anchor(clock.now()));
  return [{ name: "trail-anchor", everyMs, run }];
}
