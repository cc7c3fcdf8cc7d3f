import { openDiskBlobs } from "./disk-blobs.js";

// A child of the tests, on a disk of three megabytes: says what it saw.
const say = (line: string) => process.stdout.write(`${line}\n`);
const blobs = await openDiskBlobs(process.argv[2] ?? "");
const piece = Buffer.alloc(256 * 1024, 1);

const kept = await blobs.create();
await kept.write(piece);
await kept.commit();
say("kept");

const tooBig = await blobs.create();
try {
  for (let n = 0; n < 20; n += 1) await tooBig.write(piece);
} catch (thrown) {
  say(thrown instanceof Error ? thrown.name : "?");
}
await tooBig.abort();

const reader = await blobs.open(kept.name);
const into = Buffer.alloc(reader.bytes);
await reader.read(0, into);
say(into.equals(piece) ? "still there" : "lost");

const next = await blobs.create();
await next.write(piece);
await next.commit();
say("room again");
