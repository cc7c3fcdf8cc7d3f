import { onAccount } from "../entities.js";
import { operation } from "../ports.js";

/** There is no operation here that makes one, so the list is empty. */
export const listVirtualMFADevices = operation("ListVirtualMFADevices", {
  checks: onAccount("iam:ListVirtualMFADevices"),
  run: async () => ({ VirtualMFADevices: [], IsTruncated: false }),
});
