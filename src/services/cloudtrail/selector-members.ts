import { DEFAULT_SELECTORS } from "./selectors.js";
import { arnOf, type Trail } from "./trail.js";

/** As Put and Get answer; Get shows what a trail logs that was told nothing. */
export function selectorMembers(trail: Trail, withDefault: boolean) {
  const { selectors = withDefault ? DEFAULT_SELECTORS : undefined, advanced } = trail;
  const copied = <T>(values: readonly T[]) => values.map((value) => structuredClone(value));
  return {
    TrailARN: arnOf(trail),
    ...(advanced === undefined ? {} : { AdvancedEventSelectors: copied(advanced) as never[] }), // readonly, and else the same
    ...(advanced !== undefined || selectors === undefined ? {} : { EventSelectors: copied(selectors) as never[] }), // likewise
  };
}
