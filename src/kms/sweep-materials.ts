import { DAY_MS, HOUR_MS } from "../base/index.js";
import type { Material } from "../keystore/index.js";
import type { Kms, KmsWorker } from "./kms.js";
import { isNamed } from "./store/index.js";

/** Long, because a folder whose databases were put back from different copies shows itself within a day. */
const GRACE_MS = DAY_MS;

/**
 * Destroys material that no key names: made just before a crash, or brought by an import that was refused in its last
 * step. Material counts as unnamed only when it was so at every look for a whole day, so nothing that is
 * being made is in danger. A restart begins the day anew.
 */
export function sweepWorker(kms: () => Kms): KmsWorker {
  let unnamed = new Map<string, Date>();
  return {
    name: "kms-material-sweep",
    everyMs: HOUR_MS,
    run: async (now) => {
      const still = new Map<string, Date>();
      for await (const material of unnamedMaterials(kms())) {
        const name = `${material.id}/${material.owner.region}`;
        const since = unnamed.get(name) ?? now;
        if (now.getTime() - since.getTime() >= GRACE_MS) await kms().keyStore.destroy(material);
        else still.set(name, since);
      }
      unnamed = still;
    },
  };
}

async function* unnamedMaterials(kms: Kms): AsyncGenerator<Material> {
  let page = await kms.keyStore.listMaterials();
  while (page.length > 0) {
    const listed = page;
    const named = await kms.database.read((tx) => Promise.all(listed.map((material) => isNamed(tx, material))));
    yield* listed.filter((_, at) => named[at] === false);
    page = await kms.keyStore.listMaterials(listed.at(-1));
  }
}
