import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, request as post } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Exchange } from "./exchange.js";
import { send } from "./respond.js";

const PIECE_BYTES = 64 * 1024;
const MIB = 1024 * 1024;

/** A server that answers with a body of that many bytes, and what it has been asked for so far. */
async function serving(bytes: number) {
  const state = { given: 0, isLetGo: false, failure: undefined as unknown };
  async function* body() {
    try {
      for (; state.given < bytes; state.given += PIECE_BYTES) yield Buffer.alloc(PIECE_BYTES, 7);
    } finally {
      state.isLetGo = true;
    }
  }
  const server = createServer((request, response) => {
    const headers = { "content-length": String(bytes) };
    const exchange = { request, response } as unknown as Exchange; // all that sending looks at
    send(exchange, { status: 200, headers, body: body() })?.catch((thrown) => {
      state.failure = thrown;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const [answer] = (await once(get({ port, host: "127.0.0.1", agent: false }), "response")) as [IncomingMessage];
  return { state, answer, server };
}

/** Turns of the event loop until that holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

test("a streamed body arrives whole, far beyond what waits at once", async () => {
  const { state, answer, server } = await serving(16 * MIB);
  let read = 0;
  for await (const piece of answer) read += (piece as Buffer).length; // no encoding is set
  assert.equal(read, 16 * MIB);
  assert.ok(state.isLetGo);
  server.close();
});

test("a client that does not read holds the body back, and one that goes away lets go of it", async () => {
  const { state, answer, server } = await serving(1024 * MIB);
  answer.pause();
  let turns = 0;
  await until(() => ++turns > 2000);
  assert.ok(state.given < 64 * MIB, `${state.given} bytes were taken for a client that does not read`);
  answer.destroy();
  await until(() => state.isLetGo);
  assert.ok(state.given < 64 * MIB);
  assert.equal(state.failure, undefined);
  server.close();
});

test("a body that was given up in the middle is read to its end, and the refusal reaches the client", async () => {
  const server = createServer(async (request, response) => {
    await request.iterator({ destroyOnReturn: false }).next();
    const exchange = { request, response } as unknown as Exchange; // all that sending looks at
    await send(exchange, { status: 403, headers: {}, body: null });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const sent = post({ port, host: "127.0.0.1", agent: false, method: "POST" });
  sent.end(Buffer.alloc(4 * MIB));
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  assert.equal(answer.statusCode, 403);
  answer.destroy();
  server.close();
});

/** A server that answers once with these headers, and what became of it. */
async function answeringOnce(headers: Record<string, string>) {
  let failure: unknown;
  const server = createServer(async (request, response) => {
    const exchange = { request, response } as unknown as Exchange; // all that sending looks at
    try {
      await send(exchange, { status: 200, headers: { "content-length": "2", ...headers }, body: Buffer.from("ok") });
    } catch (thrown) {
      failure = thrown;
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const asked = get({ port, host: "127.0.0.1", agent: false });
  const [got] = await Promise.race([once(asked, "response"), once(asked, "error")]).catch((thrown) => [thrown]);
  server.close();
  return { got, failure };
}

test("a content-disposition goes out as the bytes that came in", async () => {
  for (const value of ['attachment; filename="\u00e2\u0082\u00ac"', "\u00e4", "\u00c3\u00a4", "plain"]) {
    const { got, failure } = await answeringOnce({ "content-disposition": value });
    assert.equal(failure, undefined);
    assert.equal(got.headers["content-disposition"], value);
    got.destroy();
  }
});

test("a head that cannot be written cuts the connection", async () => {
  const { got, failure } = await answeringOnce({ "x-amz-meta-name": "\u20ac" });
  assert.equal(got.code, "ECONNRESET");
  assert.match(String(failure), /Invalid character/);
});
