import { AwsError } from "../../../base/index.js";
import { ownOperation } from "../../../kit/index.js";
import { houseCheck, refuseGuests } from "../owner.js";
import type { ScrubPorts } from "../ports.js";

/** Has everything that is stored read through from the beginning, at the pace that is set. */
export const startScrub = ownOperation("StartScrub", {
  readOnly: false,
  parse: () => ({}),
  checks: (ctx) => [houseCheck(ctx, "StartScrub")],
  run: async (ctx, _input, _ok, ports: ScrubPorts) => {
    await refuseGuests(ctx, ports);
    const isOn = await ports.scrub.request(ctx.clock.now());
    if (!isOn) throw new AwsError("ValidationException", "Scrubbing is switched off on this server (--scrub).");
    return ports.scrub.report();
  },
});
