import { ownOperation } from "../../../kit/index.js";
import { houseCheck, refuseGuests } from "../owner.js";
import type { ScrubPorts } from "../ports.js";

/** How far the scrubber is, and what was found damaged: bucket and key of each, so it is the owner's alone. */
export const getScrubReport = ownOperation("GetScrubReport", {
  readOnly: true,
  parse: () => ({}),
  checks: (ctx) => [houseCheck(ctx, "GetScrubReport")],
  run: async (ctx, _input, _ok, ports: ScrubPorts) => {
    await refuseGuests(ctx, ports);
    return ports.scrub.report();
  },
});
