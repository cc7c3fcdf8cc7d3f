import { join } from "node:path";
import { testFolder } from "../../store/testing.js";
import { openLedger, verifyLedger } from "../ledger/index.js";
import { segmentNumbers } from "../segments.js";
import { openTestTrail, type TestTrail, testKey, testRecord } from "../testing.js";

export const DAY = (day: number) => `2026-11-${String(day).padStart(2, "0")}T00:00:00Z`;

/** Thirty records over thirty days, some in a frame together, in segments of a few each; all indexed. */
export async function month(run: (trail: TestTrail, folder: string) => Promise<void>, padding = 0): Promise<void> {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path, { segmentBytes: 4000 + 6 * padding });
  for (let day = 1; day <= 30; day += 2) {
    const records = [day, day + 1].map((each) =>
      testRecord(`d${each}`, { eventTime: DAY(each), requestParameters: { padding: noise(each, padding) } }),
    );
    await Promise.all(records.slice(0, 1 + (day % 4 === 1 ? 1 : 0)).map((record) => trail.audit.record(record)));
    if (day % 4 !== 1) await trail.audit.record(records[1] ?? testRecord("none"));
  }
  trail.clock.advance(20 * 86_400_000);
  await trail.audit.catchUp();
  await run(trail, join(folder.path, "audit"));
  await trail.close();
  folder.remove();
}

/** Digits that do not shrink to nothing; the same ones each time. */
function noise(seed: number, length: number): string {
  let [text, state] = ["", seed + 1];
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state.toString(36);
  }
  return text.slice(0, length);
}

/** Packs all that may be packed. Gives the numbers of the segments. */
export async function packAll({ audit, clock }: TestTrail, before: Date = clock.now()): Promise<number[]> {
  const packed: number[] = [];
  for (let one = await audit.packNext(before); one; one = await audit.packNext(before)) packed.push(one.segment);
  return packed;
}

/** All but the two newest. */
export const packable = (folder: string) => segmentNumbers(folder, "w0").slice(0, -2);

const HERE = { account: "111122223333", region: "us-east-1", limit: 50 };

/** What a look-up shows. */
export const idsOf = async ({ audit }: TestTrail) => (await audit.lookup(HERE)).items.map(({ eventID }) => eventID);

export const findingsIn = async (folder: string) =>
  (await verifyLedger(openLedger(folder, testKey()))).flatMap(({ findings }) => findings);
