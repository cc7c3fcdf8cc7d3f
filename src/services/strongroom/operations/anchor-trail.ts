import { TrailDamaged } from "../../../audit/index.js";
import { AwsError } from "../../../base/index.js";
import { ownOperation } from "../../../kit/index.js";
import { houseCheck, refuseGuests } from "../owner.js";
import type { StrongroomPorts } from "../ports.js";

/** The heads of all of the trail's chains, signed: what its owner keeps elsewhere. */
export const anchorTrail = ownOperation("AnchorTrail", {
  readOnly: true,
  parse: () => ({}),
  checks: (ctx) => [houseCheck(ctx, "AnchorTrail")],
  run: async (ctx, _input, _ok, ports: StrongroomPorts) => {
    await refuseGuests(ctx, ports);
    try {
      const { ledger } = ports;
      return { anchor: await ledger.anchor(ctx.time), slots: await ledger.slots() };
    } catch (thrown) {
      if (thrown instanceof TrailDamaged)
        throw new AwsError("TrailDamagedException", thrown.message, { cause: thrown });
      throw thrown;
    }
  },
});
