import { type Item, itemsOf } from "./directory/items.js";
import type { Tag } from "./directory.js";

/** A container for one role, which belongs to it as `ownerId`. */
export interface InstanceProfile extends Item {
  readonly id: string;
  readonly createdMs: number;
  readonly tags: readonly Tag[];
}

export const instanceProfiles = itemsOf<InstanceProfile>("instance-profile");
