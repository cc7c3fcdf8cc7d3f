import { changeKey, checkWindow, QUOTAS, scheduleDeletion } from "../../../kms/index.js";
import { ASKED, trailDate } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";
import { trailingDays } from "../trailing-days.js";

const action = "kms:ScheduleKeyDeletion";
const daysOf = (input: { PendingWindowInDays?: number | undefined }) =>
  input.PendingWindowInDays ?? QUOTAS.defaultWindowDays;

export const scheduleKeyDeletion = operation("ScheduleKeyDeletion", {
  target: (ctx, input, kms) => {
    checkWindow(daysOf(input));
    return ownKey(kms, ctx, input.KeyId, action);
  },
  checks: async (ctx, input, loaded, kms) => {
    const window = ["kms:schedulekeydeletionpendingwindowindays", String(daysOf(input))] as const;
    const values = new Map([window, await trailingDays(kms, loaded.key, ctx.clock.now())]);
    return askKey(kms, ctx, loaded, { action, values });
  },
  run: async (ctx, input, ok, kms) => {
    const days = daysOf(input);
    const key = await ctx.commit(kms.database, (tx) =>
      changeKey(tx, ok.target.key, (current) => scheduleDeletion(current, days, ctx.clock.now())),
    );
    // A primary that waits for its replicas has no date yet (kms X-3).
    const date = key.state === "PendingDeletion" ? { DeletionDate: key.deletionAt } : {};
    return { KeyId: key.arn, ...date, KeyState: key.state, PendingWindowInDays: days };
  },
  audit: {
    ...ASKED,
    response: ({ KeyId, KeyState, DeletionDate, PendingWindowInDays }) => ({
      keyId: KeyId,
      keyState: KeyState,
      ...(DeletionDate === undefined
        ? { pendingWindowInDays: PendingWindowInDays }
        : { deletionDate: trailDate(DeletionDate) }),
    }),
  },
});
