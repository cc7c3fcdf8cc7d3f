import { existsSync } from "node:fs";
import { join } from "node:path";
import { equalBytes, table } from "../../base/index.js";
import { BrokenSeal, hkdf, keyHandle, mac, newSecret, SealingKey, Secret } from "../../crypto/index.js";
import {
  dropUnused,
  newProtection,
  type Protection,
  prepare,
  type RootOffer,
  type RootProvider,
  retire,
  wrappingKey,
} from "./provider.js";
import { KEYSTORE_FILE, Root } from "./root.js";
import { RootError } from "./root-error.js";
import { boundBytes, findRootFile, type ProviderRecord, type RootFile, writeRootFile } from "./root-file.js";

export interface MadeRoot {
  readonly root: Root;
  /** For shares: the texts, to be shown to their keepers once. They are kept nowhere. */
  readonly shares: readonly string[];
}

const WRONG = table({
  file: "wrong-key-file",
  passphrase: "wrong-passphrase",
  shares: "wrong-shares",
  // These opened what they sealed themselves: then it is the rest that is wrong.
  pkcs11: "damaged",
  kms: "damaged",
});
const VERIFICATION_INFO = Buffer.from("strongroom/root-verification/1");

/** Makes a master key and its root.json in a data folder that has none. */
export async function initRoot(folder: string, provider: RootProvider): Promise<MadeRoot> {
  if (findRootFile(folder) !== undefined) throw new RootError("already-initialised");
  // A new root would open nothing of what is there, and would stand where the lost one has to come back to.
  if (existsSync(join(folder, KEYSTORE_FILE))) throw new RootError("root-lost");
  const protection = await newProtection(provider);
  const master = newSecret();
  try {
    // Older entries of a key file stay: it may be root.json alone that was lost, and it may come back.
    prepare(folder, protection);
    writeRootFile(folder, wrap(master, protection));
    return { root: new Root(master), shares: protection.shares };
  } finally {
    master.wipe();
    protection.wrapping.wipe();
  }
}

/** Opens the root of trust. Throws RootError with what its owner can mend, and nothing that helps anyone guess. */
export async function unlockRoot(folder: string, offer: RootOffer): Promise<Root> {
  const master = await openMaster(folder, getRootFile(folder), offer);
  try {
    return new Root(master);
  } finally {
    master.wipe();
  }
}

/** How the root of trust is opened, for whoever must ask for the offer; undefined when there is none yet. */
export function describeRoot(folder: string): ProviderRecord | undefined {
  return findRootFile(folder)?.provider;
}

/**
 * Protects the same master key in another way: nothing but root.json (and the key file) is rewritten. A crash at any
 * point leaves a folder that opens with the old offer or with the new one.
 */
export async function rekeyRoot(folder: string, offer: RootOffer, provider: RootProvider): Promise<MadeRoot> {
  const { made, steps } = await rekeySteps(folder, offer, provider);
  for (const step of steps) await step();
  return made;
}

/** The durable steps of a change, in order; each leaves the folder openable. Apart so that tests can stop between them. */
export async function rekeySteps(folder: string, offer: RootOffer, provider: RootProvider) {
  const before = getRootFile(folder);
  const master = await openMaster(folder, before, offer);
  const protection = await newProtection(provider);
  const file = wrap(master, protection);
  const made: MadeRoot = { root: new Root(master), shares: protection.shares };
  master.wipe();
  const steps: readonly (() => void | Promise<void>)[] = [
    () => dropUnused(folder, before.provider),
    () => {
      prepare(folder, protection);
      protection.wrapping.wipe();
    },
    () => writeRootFile(folder, file),
    () => retire(folder, before.provider, protection.record, offer),
  ];
  return { made, steps };
}

function getRootFile(folder: string): RootFile {
  const file = findRootFile(folder);
  if (file === undefined) throw new RootError("not-initialised");
  return file;
}

function wrap(master: Secret, protection: Protection): RootFile {
  const wrapping = SealingKey.of(protection.wrapping);
  const wrappedMasterKey = master.use((bytes) => wrapping.seal(bytes, boundBytes(protection.record)));
  const verification = verificationOf(master, protection.record, wrappedMasterKey);
  return { provider: protection.record, wrappedMasterKey, verification };
}

async function openMaster(folder: string, file: RootFile, offer: RootOffer): Promise<Secret> {
  const wrapping = await wrappingKey(folder, file.provider, offer);
  try {
    const master = Secret.own(SealingKey.of(wrapping).open(file.wrappedMasterKey, boundBytes(file.provider)));
    const expected = verificationOf(master, file.provider, file.wrappedMasterKey);
    if (!equalBytes(expected, file.verification)) throw new RootError("damaged");
    return master;
  } catch (thrown) {
    if (thrown instanceof BrokenSeal) throw new RootError(WRONG[file.provider.kind]);
    throw thrown;
  } finally {
    wrapping.wipe();
  }
}

/**
 * Says that the file belongs to this very master key. GCM alone does not commit to a key: a wrapped key could be
 * made that opens under two passphrases.
 */
function verificationOf(master: Secret, provider: ProviderRecord, wrapped: Buffer): Buffer {
  const secret = hkdf(keyHandle(master), Buffer.alloc(0), VERIFICATION_INFO);
  const tag = mac("HMAC_SHA_256", keyHandle(secret), Buffer.concat([boundBytes(provider), wrapped]));
  secret.wipe();
  return tag;
}
