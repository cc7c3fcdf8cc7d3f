import { AwsError } from "../../base/index.js";
import type { Role } from "../../identity/index.js";

/** Where the roles lie that belong to services. */
export const SERVICE_ROLE_PATH = "/aws-service-role/";

/** A service's role is changed by its service alone. */
export function refuseProtected(role: Pick<Role, "name" | "path">): void {
  if (!role.path.startsWith(SERVICE_ROLE_PATH)) return;
  throw new AwsError(
    "UnmodifiableEntity",
    `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
    { status: 400 },
  );
}
