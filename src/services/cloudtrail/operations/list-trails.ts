import { makeMarker, parseMarker } from "../../../base/index.js";
import { errors } from "../errors.js";
import { anywhere } from "../on-trail.js";
import { operation } from "../operation.js";
import { trailsOf } from "../store.js";
import { arnOf } from "../trail.js";

const PAGE = 100;
const SCOPE = "ListTrails";

/** The account's trails of all Regions, each once. */
export const listTrails = operation("ListTrails", {
  checks: (ctx) => anywhere(ctx, "ListTrails"),
  run: async (ctx, input, _ok, { database }) => {
    const from = input.NextToken === undefined ? 0 : Number(parseMarker(SCOPE, input.NextToken) ?? Number.NaN);
    if (!Number.isInteger(from)) throw errors.token();
    const trails = await database.read((tx) => trailsOf(tx, ctx.caller.account));
    return {
      Trails: trails
        .slice(from, from + PAGE)
        .map((trail) => ({ TrailARN: arnOf(trail), Name: trail.name, HomeRegion: trail.region })),
      ...(trails.length > from + PAGE ? { NextToken: makeMarker(SCOPE, String(from + PAGE)) } : {}),
    };
  },
});
