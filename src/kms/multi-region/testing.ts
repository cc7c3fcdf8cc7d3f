import assert from "node:assert/strict";
import type { Region } from "../../base/index.js";
import { createKey, newKeyRef, parseKeyRequest } from "../create-key.js";
import { materialFor, namesIn, open, seal } from "../data-key.js";
import type { Key, KeyRef } from "../key.js";
import { checkPolicy, defaultPolicy } from "../key-policy.js";
import { ACCOUNT, REGION, type TestKms, userCall } from "../testing.js";
import { sibling } from "./family.js";
import { replicateKey } from "./replicate.js";
import { otherRegionEvent } from "./trail.js";

export const WEST = "eu-west-1" as Region; // a Region's name

/** What tests of multi-Region keys do over and over, without the wire. */
export function families(house: TestKms) {
  const { kms, database } = house;
  const policy = () => checkPolicy(defaultPolicy(ACCOUNT, REGION), kms.resolvePrincipal);
  const load = async (ref: KeyRef) => (await kms.keys.byRef(ref)) ?? assert.fail("the key is there");

  return {
    load,
    async primary(): Promise<Key> {
      const made = {
        ref: newKeyRef(kms, ACCOUNT, REGION, true),
        request: parseKeyRequest({ multiRegion: true }),
        description: "",
        tags: [],
      };
      return createKey(kms, made, await policy(), (unit) => database.write(unit));
    },

    /** The call's half alone: the replica is Creating, as after a crash. */
    async beginReplica(primary: Key, region: Region = WEST): Promise<Key> {
      const event = (key: Key) =>
        otherRegionEvent(
          userCall(),
          key,
          { eventName: "CreateKey", requestParameters: {}, responseElements: {} },
          "event",
        );
      const made = { region, description: "", tags: [], policy: await policy() };
      return replicateKey(kms, primary, made, event, (unit) => database.write(unit));
    },

    /** Seals in one Region and opens in the other, both ways. */
    async openEachOther(a: KeyRef, b: KeyRef): Promise<void> {
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        const blob = await seal(kms.keyStore, await load(from), Buffer.from("x"), undefined);
        const material = materialFor(await load(to), namesIn(blob));
        assert.equal(material.owner.region, to.region);
        assert.equal((await open(kms.keyStore, material, blob, undefined)).toString(), "x");
      }
    },

    async runWorkers(): Promise<void> {
      for (const worker of kms.workers) await worker.run(house.clock.now());
    },

    state: async (ref: KeyRef) => (await kms.keys.byRef(ref))?.key.state,
    inWest: (key: KeyRef) => sibling(key, WEST),
  };
}
