import { table } from "../../base/index.js";

/** AWS's numbers; accounts are what its largest customers may have, not the ten that a new one starts with. */
export const QUOTAS = table({
  accounts: 10_000,
  units: 1_000,
  /** Units below one another under the root. */
  unitDepth: 5,
  policiesOfType: 1_000,
  tags: 50,
  invitationDays: 15,
  /** How long an answered invitation is still listed. */
  handshakeDays: 30,
});

/** Of each kind of policy: how long a document, and how many on one target. */
export const POLICY_QUOTAS = {
  SERVICE_CONTROL_POLICY: { contentChars: 10_240, attached: 10 },
  RESOURCE_CONTROL_POLICY: { contentChars: 5_120, attached: 5 },
} as const;
