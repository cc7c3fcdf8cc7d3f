import type { Region } from "../../../base/index.js";
import {
  beginNewPrimary,
  finishNow,
  type KeyRef,
  keyArn,
  type LoadedKey,
  otherRegionEvent,
  parseRegion,
  refuseNewPrimary,
  refuseSameRegion,
  sibling,
} from "../../../kms/index.js";
import { ASKED_AND_KEY, concerning, parameters } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:UpdatePrimaryRegion";

interface Target {
  readonly primary: LoadedKey;
  readonly region: Region;
  /** The related key in that Region, if there is one. */
  readonly next: LoadedKey | undefined;
}

export const updatePrimaryRegion = operation("UpdatePrimaryRegion", {
  target: async (ctx, input, kms): Promise<Target> => {
    const region = parseRegion(input.PrimaryRegion, ctx.region);
    const primary = await ownKey(kms, ctx, input.KeyId, action);
    return { primary, region, next: await kms.keys.byRef(sibling(primary.key, region)) };
  },
  /** Both keys' policies must let the caller do it (kms 1.5.1). */
  checks: async (ctx, _input, { primary, region, next }, kms) => {
    const question = { action, values: new Map([["kms:primaryregion", region]]) };
    const asked = await askKey(kms, ctx, primary, question);
    if (next === undefined) return asked;
    const there = await askKey(kms, ctx, next, question);
    return [...asked, ...there.map((check) => ({ ...check, region }))];
  },
  run: async (ctx, input, ok, kms) => {
    const { key } = ok.target.primary;
    const { region } = ok.target;
    const replica = sibling(key, region);
    refuseNewPrimary(key);
    refuseSameRegion(key, region);
    const event = otherRegionEvent(ctx, replica, movedHere(input, replica), kms.ids.uuid());
    await ctx.commit(kms.database, (tx) => beginNewPrimary(tx, key, region, event));
    await finishNow(kms, replica);
    return concerning(key);
  },
  audit: ASKED_AND_KEY,
});

/** The same call as the new primary's Region sees it. */
const movedHere = (input: object, replica: KeyRef) => ({
  eventName: "UpdatePrimaryRegion",
  requestParameters: parameters(input),
  responseElements: { keyId: keyArn(replica) },
});
