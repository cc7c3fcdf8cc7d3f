import { globalArn } from "../../../base/index.js";
import { newSecret } from "../../../crypto/index.js";
import { base32, mfaDevices, type VirtualMfaDevice } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { exceeds } from "../errors.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { parseTags, requestTagValues, someTags } from "../tags.js";

/** RFC 4226 asks for 160 bits at least; AWS gives 320. */
const SEED_BYTES = 40;

/** The seed is in this answer alone: it is never shown again, and never recorded. */
export const createVirtualMFADevice = operation("CreateVirtualMFADevice", {
  checks: (ctx, input) => {
    const arn = globalArn("iam", ctx.caller.account, `mfa${input.Path ?? "/"}${input.VirtualMFADeviceName}`);
    const values = requestTagValues(input.Tags);
    const check = checkOn(ctx, "iam:CreateVirtualMFADevice", arn, values);
    return values.length === 0 ? [check] : [check, checkOn(ctx, "iam:TagMFADevice", arn, values)];
  },
  run: (ctx, input, _ok, { database }) => {
    const { account } = ctx.caller;
    const { VirtualMFADeviceName: name, Path: path = "/" } = input;
    const tags = parseTags(input.Tags, "keep-case");
    return ctx.commit(database, async (tx) => {
      const most = QUOTAS.VirtualMFADevicesPerAccount;
      if ((await mfaDevices.count(tx, account)) >= most) throw exceeds("VirtualMFADevicesPerAccount", most);
      const secret = newSecret(SEED_BYTES);
      const [seed, shown] = secret.use((bytes) => [bytes.toString("base64"), base32(bytes)] as const);
      secret.wipe();
      const serial = globalArn("iam", account, `mfa${path}${name}`);
      const device: VirtualMfaDevice = {
        account,
        name,
        path,
        ownerId: "",
        serial,
        seed,
        enabledMs: 0,
        offset: 0,
        lastStep: 0,
        tags,
      };
      await unlessTaken("MFADevice entity at the same path and name already exists.", mfaDevices.insert(tx, device));
      return {
        VirtualMFADevice: { SerialNumber: serial, Base32StringSeed: Buffer.from(shown), ...someTags(tags) },
      };
    });
  },
  audit: {
    response: ({ VirtualMFADevice }) => ({ virtualMFADevice: { serialNumber: VirtualMFADevice?.SerialNumber } }),
  },
});
