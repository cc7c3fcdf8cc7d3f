import { globalArn } from "../../../base/index.js";
import { deletionTasks } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { operation } from "../ports.js";

export const getServiceLinkedRoleDeletionStatus = operation("GetServiceLinkedRoleDeletionStatus", {
  checks: (ctx, input) => {
    const role = input.DeletionTaskId.replace(/^task\//, "").replace(/\/[^/]*$/, "");
    const arn = globalArn("iam", ctx.caller.account, `role/${role}`);
    return [checkOn(ctx, "iam:GetServiceLinkedRoleDeletionStatus", arn)];
  },
  run: async (ctx, input, _ok, { database }) => {
    const task = await database.read((tx) => deletionTasks.find(tx, ctx.caller.account, input.DeletionTaskId));
    if (task === undefined) throw noSuchEntity(`Deletion task ${input.DeletionTaskId} cannot be found.`);
    return { Status: "SUCCEEDED" as const };
  },
});
