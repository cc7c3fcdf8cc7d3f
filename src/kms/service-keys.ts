import { copiesForOwners, type TrailRecord } from "../audit/index.js";
import { AwsError, isAwsError, needs } from "../base/index.js";
import { Secret } from "../crypto/index.js";
import { authorize, type CallContext, type Check, Denied, denialText } from "../identity/index.js";
import type { CallOfUse } from "./custom-stores/use-store.js";
import { namesIn } from "./data-key.js";
import { findKey, findKeyOfBlob } from "./find-key.js";
import type { Kms } from "./kms.js";
import type { DataKey, EncryptionContext, Keys } from "./port.js";
import { rateGroupsOf } from "./rates/rate-groups.js";
import { aliasName, type LoadedKey } from "./repository.js";
import { dataKeyUnder, materialName, openUnder } from "./seal-under.js";
import { type ServiceUse, serviceUseRecord } from "./trail.js";
import { algorithmValues, checkOnKey, noteUse, refuseUnlessFit, refuseUnlessSymmetric } from "./use-key.js";

const DATA_KEY_BYTES = 32;

/** What is learned on the way and belongs into the record, also when the use fails half-way. */
interface Progress {
  readonly requestId: string;
  loaded?: LoadedKey;
  materialId?: string | undefined;
}

/** The `Keys` port: the same decisions as on the wire, in the caller's name and through a service. */
export function serviceKeys(kms: () => Kms): Keys {
  return {
    generateDataKey: (call, keyId, context) => {
      const use = {
        eventName: "GenerateDataKey",
        requestParameters: parameters(context, { keyId, keySpec: "AES_256" }),
      } as const;
      return recorded(kms(), call, use, (progress) => generate(kms(), call, keyId, context, progress));
    },
    decryptDataKey: (call, blob, context) => {
      const use = {
        eventName: "Decrypt",
        requestParameters: parameters(context, { encryptionAlgorithm: "SYMMETRIC_DEFAULT" }),
      } as const;
      return recorded(kms(), call, use, (progress) => decrypt(kms(), call, blob, context, progress));
    },
    arnOf: (call, keyId) => arnOf(kms(), call, keyId),
    epoch: () => kms().database.version(),
  };
}

async function arnOf({ keys }: Kms, { caller, region }: CallContext, keyId: string): Promise<string> {
  try {
    const { loaded, identifier } = await keys.find(keyId, { account: caller.account, region }, "NotFoundException");
    return loaded?.key.arn ?? identifier?.arn ?? keyId;
  } catch (thrown) {
    // The name is no key's. Who uses it is told so; a policy compares what it would be.
    if (!isAwsError(thrown) || thrown.fault === "server") throw thrown;
    return keyId.startsWith("arn:") ? keyId : `arn:aws:kms:${region}:${caller.account}:key/${keyId}`;
  }
}

async function generate(
  kms: Kms,
  call: CallContext,
  keyId: string,
  context: EncryptionContext,
  progress: Progress,
): Promise<DataKey> {
  const action = "kms:GenerateDataKey";
  const loaded = await findKey(kms, call, keyId, { action, badArn: "NotFoundException", makesManaged: true });
  progress.loaded = loaded;
  await authorizeUse(kms, call, loaded, action, context, aliasName(keyId));
  countUse(kms, call, loaded, "GenerateDataKey");
  refuseUnlessSymmetric(loaded, "GenerateDataKey");
  progress.materialId = materialName(loaded);
  const use = { call: ownCall(call, progress), loaded, operation: "GenerateDataKey", context };
  const made = await dataKeyUnder(kms, use, DATA_KEY_BYTES);
  return { keyArn: loaded.key.arn, materialId: loaded.key.material ?? "", ...made };
}

async function decrypt(
  kms: Kms,
  call: CallContext,
  blob: Uint8Array,
  context: EncryptionContext,
  progress: Progress,
): Promise<DataKey> {
  const action = "kms:Decrypt";
  const names = namesIn(blob);
  const found = findKeyOfBlob(kms, call, names, action);
  const loaded = found instanceof Promise ? await found : found;
  progress.loaded = loaded;
  const asked = authorizeUse(kms, call, loaded, action, context);
  if (asked !== undefined) await asked;
  countUse(kms, call, loaded, "Decrypt");
  refuseUnlessFit(loaded, "Decrypt", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT");
  progress.materialId = materialName(loaded, names);
  const use = { call: ownCall(call, progress), loaded, operation: "Decrypt", context };
  const plaintext = Secret.own(await openUnder(kms, use, names, blob));
  return { keyArn: loaded.key.arn, materialId: names.materialId, plaintext, blob };
}

/** What a key's store learns of the call: this use has a request id of its own. */
const ownCall = ({ caller, viaService }: CallContext, { requestId }: Progress): CallOfUse =>
  viaService === undefined ? { caller, requestId } : { caller, requestId, viaService };

/** In the caller's name, or not at all (promise I2). Synchronous for known callers. */
export function authorizeUse(
  kms: Kms,
  call: CallContext,
  loaded: LoadedKey,
  action: string,
  encryptionContext?: EncryptionContext,
  requestAlias?: string,
): Promise<void> | undefined {
  const question = { action, encryptionContext, requestAlias, values: algorithmValues() };
  const check = checkOnKey(kms, call, loaded, question);
  if (check instanceof Promise) return check.then((known) => allow(call, loaded, known));
  allow(call, loaded, check);
  return undefined;
}

function allow(call: CallContext, loaded: LoadedKey, check: Check): void {
  try {
    authorize(call, loaded, [check]);
  } catch (thrown) {
    throw thrown instanceof Denied ? new AwsError("AccessDeniedException", denialText(thrown)) : thrown;
  }
}

/**
 * The service gets its answer, good or bad, when the caller's record is on the disk (promise I3), or when the call keeps
 * it, which then commits and ends with it.
 */
async function recorded(
  kms: Kms,
  call: CallContext,
  use: ServiceUse,
  run: (progress: Progress) => Promise<DataKey>,
): Promise<DataKey> {
  needs(call.viaService !== undefined, "a service uses keys through callVia");
  const [requestId, eventId] = [kms.ids.uuid(), kms.ids.uuid()];
  const progress: Progress = { requestId };
  const records = (error?: unknown) => {
    const { loaded, materialId } = progress;
    const record = serviceUseRecord(call, requestId, eventId, { ...use, key: loaded?.key, materialId, error });
    return copiesForOwners(record, () => kms.ids.uuid());
  };
  let made: DataKey;
  try {
    made = await limited(kms, call, () => run(progress));
  } catch (thrown) {
    await write(kms, records(thrown));
    throw thrown;
  }
  const told = records();
  if (call.records?.keep(told) !== true) {
    // Without its record the data key must not be used: whoever asked gets an error, and the bytes are wiped.
    await write(kms, told).catch((thrown: unknown) => {
      made.plaintext.wipe();
      throw thrown;
    });
  }
  if (progress.loaded) noteUse(kms, progress.loaded.key, use.eventName, { time: call.time, requestId }, eventId);
  return made;
}

const write = ({ audit }: Kms, records: readonly TrailRecord[]) =>
  Promise.all(records.map((each) => audit.record(each)));

/** Whoever the service calls for pays, as for a request of their own. */
function countUse(kms: Kms, { caller, viaService = "" }: CallContext, { key }: LoadedKey, operation: string): void {
  kms.costs.note(caller.account, key.arn, operation, viaService.slice(0, viaService.indexOf(".")));
}

/** A service's calls in a user's name count against that user's account (kms 12.2). */
function limited<T>({ rates }: Kms, { caller, region }: CallContext, run: () => Promise<T>): Promise<T> {
  if (rates === undefined) return run();
  const take = async () => rates.take({ account: caller.account, region }, rateGroupsOf("GenerateDataKey", {}));
  return take().then(run);
}

const parameters = (context: EncryptionContext, members: Record<string, unknown>): Record<string, unknown> =>
  Object.keys(context).length === 0 ? members : { encryptionContext: context, ...members };
