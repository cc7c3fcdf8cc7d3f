import { AwsError, isAccountId } from "../../../base/index.js";
import type { InputOf } from "../../../kit/index.js";
import { errors } from "../errors.js";
import type { Bucket } from "../store/index.js";

export const INVENTORY = "inventory";

export type Inventory = InputOf<
  typeof import("@aws-sdk/client-s3"),
  "PutBucketInventoryConfiguration"
>["InventoryConfiguration"];

const MOST = 1000;

/** In the order of their ids. */
export function inventoriesOf(bucket: Bucket): readonly Inventory[] {
  const text = bucket.settings.get(INVENTORY);
  return text === undefined ? [] : (JSON.parse(text) as Inventory[]); // written by PutBucketInventoryConfiguration
}

export function getInventory(bucket: Bucket, id: string): Inventory {
  const found = inventoriesOf(bucket).find(({ Id }) => Id === id);
  if (found !== undefined) return found;
  throw errors.noSuchConfiguration();
}

export function withInventory(bucket: Bucket, inventory: Inventory): Inventory[] {
  const others = inventoriesOf(bucket).filter(({ Id }) => Id !== inventory.Id);
  if (others.length >= MOST) {
    throw errors.tooManyConfigurations();
  }
  return [...others, inventory].sort((one, other) => ((one.Id ?? "") < (other.Id ?? "") ? -1 : 1));
}

const ABSENT_FIELDS = new Set(["ObjectAccessControlList", "LifecycleExpirationDate"]);

/** Everything that S3 asks of a configuration but whether its destination is there. */
export function parseInventory(given: Inventory, id: string): Inventory {
  const destination = given.Destination?.S3BucketDestination;
  if (given.Id !== id) throw idMismatch();
  if (destination === undefined || !/^[\w.-]{1,64}$/.test(id)) throw errors.malformedXml();
  if (given.Schedule?.Frequency === undefined || given.IncludedObjectVersions === undefined)
    throw errors.malformedXml();
  if (destination.Format !== "CSV") throw errors.notImplemented("Inventories are written as CSV alone here.");
  const absent = given.OptionalFields?.find((field) => ABSENT_FIELDS.has(field));
  if (absent !== undefined) throw errors.notImplemented(`The inventory field ${absent} is not implemented here.`);
  const { SSES3: owned, SSEKMS: kms } = destination.Encryption ?? {};
  if (owned !== undefined && kms !== undefined) throw errors.malformedXml();
  if (kms !== undefined && !kms.KeyId) throw errors.malformedXml();
  if (destination.AccountId !== undefined && !isAccountId(destination.AccountId)) {
    throw errors.invalidArgument("Invalid account ID", "AccountId", destination.AccountId);
  }
  if (Buffer.byteLength(destination.Prefix ?? "") > 512) throw errors.malformedXml();
  destinationOf(given);
  return given;
}

/** The name of the bucket that takes the reports. */
export function destinationOf({
  Destination: { S3BucketDestination: destination } = { S3BucketDestination: undefined },
}: Inventory) {
  const [, name] = /^arn:aws[a-z-]*:s3:::([a-z0-9.-]{3,63})$/.exec(destination?.Bucket ?? "") ?? [];
  if (name !== undefined) return name;
  throw invalidDestination("Invalid bucket ARN.");
}

const idMismatch = () =>
  new AwsError("IdMismatch", "Document ID does not match the specified configuration ID.", { status: 400 });

export const invalidDestination = (message: string) =>
  new AwsError("InvalidS3DestinationBucket", message, { status: 400 });
