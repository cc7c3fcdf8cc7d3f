import { refuseUnlessRotationKnown, visibleRotation, wrongOrigin } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { anyKey, askKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:GetKeyRotationStatus";

export const getKeyRotationStatus = operation("GetKeyRotationStatus", {
  target: (ctx, input, kms) => anyKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (_ctx, _input, ok) => {
    const { key } = ok.target;
    // Keys of other specs never rotate, which is an answer: Terraform asks it of every key it makes.
    if (key.spec !== "SYMMETRIC_DEFAULT") return { KeyId: key.arn, KeyRotationEnabled: false };
    refuseUnlessRotationKnown(key);
    // The published table still says unsupported for imported keys that wait for material (kms 15-9).
    if (key.state === "PendingImport") throw wrongOrigin(key);
    const rotation = visibleRotation(key);
    if (rotation === undefined) return { KeyId: key.arn, KeyRotationEnabled: false };
    return {
      KeyId: key.arn,
      KeyRotationEnabled: true,
      RotationPeriodInDays: rotation.periodDays,
      NextRotationDate: rotation.nextAt,
    };
  },
  audit: ASKED,
});
