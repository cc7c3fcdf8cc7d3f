import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { after, test } from "node:test";
import { readingIntoLent } from "./lent-reads.js";

const seen: { piece: Buffer; text: string }[] = [];
let opened: Socket | undefined;
const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (born) => {
  opened = readingIntoLent(born, (piece) => {
    seen.push({ piece, text: piece.toString("latin1") });
    socketOf().write(piece.toString("latin1").toUpperCase());
    return true;
  });
  opened.on("end", () => opened?.end());
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
after(() => server.close());

const socketOf = (): Socket => {
  assert.ok(opened);
  return opened;
};

function open(): Socket {
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return connect(address.port, "127.0.0.1");
}

test("all that connections send is read, in order, into the same memory", async () => {
  for (const words of [
    ["one", "two"],
    ["three", "four"],
  ]) {
    const client = open();
    for (const word of words) {
      client.write(word);
      const [answer] = await once(client, "data");
      assert.equal(String(answer), word.toUpperCase());
    }
    client.end();
    await once(client, "close");
  }
  assert.deepEqual(
    seen.map(({ text }) => text),
    ["one", "two", "three", "four"],
  );
  assert.equal(new Set(seen.map(({ piece }) => piece.buffer)).size, 1, "this Node does not lend its handle");
});

test("the server waits for such a connection, and no longer than it lasts", async () => {
  const client = open();
  client.write("x");
  await once(client, "data");
  const count = () => new Promise<number>((resolve) => server.getConnections((_, many) => resolve(many)));
  assert.equal(await count(), 1);
  const ended = once(socketOf(), "close");
  client.destroy();
  await ended;
  while ((await count()) > 0) await new Promise((resolve) => setImmediate(resolve));
});

test("a socket without a handle to give up is read as it is", async () => {
  const plain = new PassThrough();
  const pieces: string[] = [];
  const same: unknown = readingIntoLent(plain as unknown as Socket, (piece) => pieces.push(String(piece)) > 0); // what is used of one
  assert.equal(same, plain);
  plain.write("a");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(pieces, ["a"]);
});
