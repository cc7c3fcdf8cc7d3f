import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SealingKey } from "../crypto/index.js";
import { openSlotLog } from "./slot-log.js";
import { idsInSlots, testKey, testRecord } from "./testing.js";

// A child of the tests, on a disk of one megabyte: fills it, records until it is refused, makes room and goes on.
const folder = process.argv[2] ?? "";
const say = (line: string) => process.stdout.write(`${line}\n`);
const filler = join(folder, "filler");
const log = await openSlotLog({ folder, slot: "w0", key: SealingKey.of(testKey()) });

async function record(id: string): Promise<boolean> {
  try {
    await log.append(JSON.stringify(testRecord(id)));
    say(id);
    return true;
  } catch (thrown) {
    say(`! ${thrown instanceof Error ? thrown.name : "?"}`);
    return false;
  }
}

const { bavail, bsize } = statfsSync(folder);
writeFileSync(filler, Buffer.alloc((bavail - 4) * bsize));
for (let n = 0; await record(`before-${n}`); n += 1);
await record("refused-too");
rmSync(filler);
for (let n = 0; n < 3; n += 1) await record(`after-${n}`);
await log.close();
say(`? ${idsInSlots(folder).join(" ")}`);
