import { accountsStore } from "./directory/accounts-store.js";
import { groupsStore } from "./directory/groups-store.js";
import { holdersStore } from "./directory/holders-store.js";
import { policiesStore } from "./directory/policies-store.js";
import { rolesStore } from "./directory/roles-store.js";
import { usersStore } from "./directory/users-store.js";
import type { Directory } from "./directory.js";

/** The directory in SQL. It has no state: what it knows is in the transaction that it is given. */
export const directory: Directory = {
  ...accountsStore,
  ...usersStore,
  ...rolesStore,
  ...groupsStore,
  ...policiesStore,
  ...holdersStore,
};
