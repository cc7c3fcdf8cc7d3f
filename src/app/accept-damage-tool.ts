import { join } from "node:path";
import { AUDIT_MIGRATIONS, acceptDamage, LedgerSigner, type TrailRecord } from "../audit/index.js";
import { Ids, silentLog } from "../base/index.js";
import { SettingsError } from "../cli/index.js";
import { SealingKey } from "../crypto/index.js";
import { directory, IDENTITY_MIGRATIONS } from "../identity/index.js";
import { KMS_MIGRATIONS } from "../kms/index.js";
import { lockFolder, type Migration, openSqlite, type SqliteDatabase } from "../store/index.js";
import { realClock, realEntropy } from "./real.js";
import { openRoot, type RootToolPorts } from "./root-tools.js";
import { S3_DATABASE } from "./s3-database.js";

const DATABASES: readonly (readonly [string, readonly Migration[]])[] = [
  ["iam", IDENTITY_MIGRATIONS],
  ["kms", KMS_MIGRATIONS],
  ["s3", S3_DATABASE],
  ["audit", AUDIT_MIGRATIONS],
];

/** Ends a damaged chain and begins a new one, so that the server starts again. Only while it is stopped. */
export async function acceptDamageTool({ given, settings, programFile, print }: RootToolPorts): Promise<number> {
  const { slot, reason } = given.flags;
  if (!slot || !/^w\d{1,3}$/.test(slot) || !reason || reason.length > 500)
    throw new SettingsError("strongroom audit accept-damage --slot w0 --reason TEXT (of at most 500 characters)");
  const folder = settings.data;
  const lock = await lockFolder(folder);
  try {
    const root = await openRoot(settings, programFile);
    const trailKey = root.houseKey("audit/segments");
    const databases: SqliteDatabase[] = [];
    try {
      for (const [name, migrations] of DATABASES) {
        const key = root.houseKey(`database/${name}`);
        databases.push(await openSqlite({ path: join(folder, `${name}.db`), key, migrations, log: silentLog }));
      }
      const [iam, kms, s3, indexDatabase] = databases;
      if (!iam || !kms || !s3 || !indexDatabase) throw new Error("four databases were opened");
      const owner = (await iam.read((tx) => directory.houseOwner(tx))) ?? "";
      const accepted = await acceptDamage(
        {
          folder: join(folder, "audit"),
          key: SealingKey.of(trailKey),
          signer: new LedgerSigner(trailKey),
          indexDatabase,
          databases: [iam, kms, s3],
        },
        { slot, reason, now: realClock.now(), record: (found) => recordOf(found, owner, settings.region) },
      );
      if (accepted === undefined) return print(`Slot ${slot} is whole: there is nothing to accept.`);
      print(`Accepted: ${accepted.damage}`);
      return print(
        `Slot ${accepted.slot} ends at segment ${accepted.segment}, frame ${accepted.frame}; it goes on in ${accepted.next}.`,
      );
    } finally {
      for (const database of databases) await database.close();
    }
  } finally {
    lock.release();
  }
}

function recordOf(details: Readonly<Record<string, unknown>>, owner: string, awsRegion: string): TrailRecord {
  return {
    eventVersion: "1.11",
    userIdentity: { accountId: owner, invokedBy: "AWS Internal" },
    eventTime: `${realClock.now().toISOString().slice(0, 19)}Z`,
    eventSource: "strongroom",
    eventName: "AcceptTrailDamage",
    awsRegion,
    sourceIPAddress: "AWS Internal",
    userAgent: "AWS Internal",
    requestParameters: null,
    responseElements: null,
    eventID: new Ids(realEntropy()).uuid(),
    readOnly: false,
    serviceEventDetails: details,
    eventType: "AwsServiceEvent",
    managementEvent: true,
    recipientAccountId: owner,
    eventCategory: "Management",
  };
}
