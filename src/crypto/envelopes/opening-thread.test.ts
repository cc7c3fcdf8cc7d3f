import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, test } from "node:test";
import { utf8 } from "../../base/index.js";
import { newKey } from "../key.js";
import { OpeningThread, type SharedBytes } from "./opening-thread.js";
import { SEALED_SEGMENT_BYTES, SEGMENT_BYTES, STREAM_HEADER_BYTES } from "./segment-layout.js";
import { SegmentSealer } from "./segment-sealer.js";

const OWNER = utf8("owner");
const SERVING = `import { serveOpening } from "${new URL("./serve-opening.js", import.meta.url)}"; serveOpening();`;
const thread = new OpeningThread(new URL(`data:text/javascript,${encodeURIComponent(SERVING)}`));
after(() => thread.close());

const KEY = newKey();

function sealed(plaintext: Buffer): { header: Buffer; body: SharedBytes } {
  const sealer = new SegmentSealer(KEY, OWNER);
  const stream = Buffer.concat([...sealer.push(plaintext), ...sealer.end()]);
  const body = Buffer.from(new SharedArrayBuffer(stream.length - STREAM_HEADER_BYTES));
  stream.copy(body, 0, STREAM_HEADER_BYTES);
  return { header: stream.subarray(0, STREAM_HEADER_BYTES), body };
}

const PLAINTEXT = randomBytes(5 * SEGMENT_BYTES + 77);

test("runs open on the thread as they do beside it", async () => {
  const { header, body } = sealed(PLAINTEXT);
  const opener = thread.opener(KEY, OWNER, header, PLAINTEXT.length);
  const [first, rest] = [body.subarray(0, 2 * SEALED_SEGMENT_BYTES), body.subarray(2 * SEALED_SEGMENT_BYTES)];
  const opened = await Promise.all([opener.openRun(0, first), opener.openRun(2, rest)]);
  assert.equal(thread.isIdle, false);
  opener.close();
  assert.equal(thread.isIdle, true);
  assert.deepEqual(Buffer.concat(opened.flat()), PLAINTEXT);
});

test("many streams at once each get their own bytes", async () => {
  const texts = Array.from({ length: 20 }, (_, index) => randomBytes(SEGMENT_BYTES + index));
  const opened = await Promise.all(
    texts.map(async (text) => {
      const { header, body } = sealed(text);
      const opener = thread.opener(KEY, OWNER, header, text.length);
      const segments = await opener.openRun(0, body);
      opener.close();
      return Buffer.concat(segments);
    }),
  );
  assert.deepEqual(opened, texts);
});

test("a changed byte, another place, another owner and another length are broken seals, and the thread lives on", async () => {
  const { header, body } = sealed(PLAINTEXT);
  const opener = thread.opener(KEY, OWNER, header, PLAINTEXT.length);
  const one = body.subarray(0, SEALED_SEGMENT_BYTES);
  const broken = { name: "BrokenSeal" };
  await assert.rejects(opener.openRun(1, one), broken);
  await assert.rejects(thread.opener(KEY, utf8("another"), header, PLAINTEXT.length).openRun(0, one), broken);
  await assert.rejects(thread.opener(KEY, OWNER, header, 100).openRun(0, one), broken);
  one[1000]! ^= 1;
  await assert.rejects(opener.openRun(0, one), broken);
  one[1000]! ^= 1;
  assert.deepEqual((await opener.openRun(0, one))[0], PLAINTEXT.subarray(0, SEGMENT_BYTES));
});

test("a header that is none is a broken seal before anything is read", () => {
  assert.throws(() => thread.opener(KEY, OWNER, Buffer.alloc(STREAM_HEADER_BYTES), 100), { name: "BrokenSeal" });
});

test("runs of a thread that ended fail, and the next stream has a new one", async () => {
  const { header, body } = sealed(PLAINTEXT);
  const opener = thread.opener(KEY, OWNER, header, PLAINTEXT.length);
  await thread.close();
  await assert.rejects(opener.openRun(0, body), /has ended/);
  const segments = await thread.opener(KEY, OWNER, header, PLAINTEXT.length).openRun(0, body);
  assert.deepEqual(Buffer.concat(segments), PLAINTEXT);
});
