import { type Item, itemsOf } from "./directory/items.js";
import type { Tag } from "./directory.js";

/** A container for one role, which belongs to it as `ownerId`. */
export interface InstanceProfile extends Item {
  readonly id: string;
  readonly createdMs: number;
  readonly tags: readonly Tag[];
}

export const instanceProfiles = itemsOf<InstanceProfile>("instance-profile");

/** A user's password. Its name is the user's unique id; who renames a user renames no password. */
export interface LoginProfile extends Item {
  readonly createdMs: number;
  readonly changedMs: number;
  readonly mustReset: boolean;
  readonly hash: string;
  /** Hashes of earlier passwords, the newest first. */
  readonly earlier: readonly string[];
}

export const loginProfiles = itemsOf<LoginProfile>("login-profile");

/** What an account asks of passwords. There is one at most, named `policy`. */
export interface StoredPasswordPolicy extends Item {
  readonly minimumLength: number;
  readonly symbols: boolean;
  readonly numbers: boolean;
  readonly uppercase: boolean;
  readonly lowercase: boolean;
  readonly usersMayChange: boolean;
  readonly maxAgeDays: number;
  readonly reusePrevention: number;
  readonly hardExpiry: boolean;
}

export const passwordPolicies = itemsOf<StoredPasswordPolicy>("password-policy");

/** An authenticator's seed, and whose it is once enabled. The database that holds it is sealed. */
export interface VirtualMfaDevice extends Item {
  readonly serial: string;
  /** Base 64. */
  readonly seed: string;
  readonly enabledMs: number;
  /** How many steps the device's clock is ahead, as the codes that enabled it showed. */
  readonly offset: number;
  /** The newest step whose code was used: none counts twice. */
  readonly lastStep: number;
  readonly tags: readonly Tag[];
}

export const mfaDevices = itemsOf<VirtualMfaDevice>("mfa-device");

/** That the deletion of a service's role was asked for; its name is the task's id. */
export const deletionTasks = itemsOf<Item>("deletion-task");
