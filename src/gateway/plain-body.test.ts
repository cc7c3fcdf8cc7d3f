import assert from "node:assert/strict";
import { connect, Socket } from "node:net";
import { after, test } from "node:test";
import { ManualClock } from "../base/index.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import { openListener } from "./listener.js";
import { PlainUpload } from "./plain-body.js";

/** Told of the requests: what they are, the sizes of their pieces, and how they ended. */
const seen: { lane: string; url: string; pieces: number[]; body: Buffer; end: string }[] = [];
/** Lets a request be answered before its body is read, or have it read later. */
let before: (request: HttpRequest, response: HttpResponse) => Promise<boolean> = async () => false;
const listener = openListener((...came) => void answer(...came), new ManualClock());
const port = await listener.listen(0, "127.0.0.1");
after(() => listener.close());

async function answer(request: HttpRequest, response: HttpResponse, expectsContinue: boolean): Promise<void> {
  const lane = request instanceof PlainUpload ? "upload" : "whole" in request ? "plain" : "node";
  const told = { lane, url: request.url ?? "", pieces: [] as number[], body: Buffer.alloc(0), end: "open" };
  seen.push(told);
  if (await before(request, response)) return;
  if (expectsContinue) response.writeContinue();
  const pieces: Buffer[] = [];
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) pieces.push(piece as Buffer); // no encoding is set
    told.end = "whole";
  } catch {
    told.end = "cut";
  }
  told.pieces = pieces.map((piece) => piece.length);
  told.body = Buffer.concat(pieces);
  response.writeHead(200, { "content-length": "2", ...(request.complete ? {} : { connection: "close" }) });
  response.end("ok");
}

const KIB = 1024;
const bodyOf = (bytes: number) =>
  Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 8)) & 255));
const head = (url: string, bytes: number) => `PUT ${url} HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`;
const put = (url: string, body: Buffer) => Buffer.concat([Buffer.from(head(url, body.length)), body]);

/** Says the pieces, each after the turns that bring it on its way; resolves with all that comes back. */
function talk(pieces: readonly Buffer[], answers: number, then: (socket: Socket) => void = () => {}): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, async () => {
      for (const piece of pieces) {
        socket.write(piece);
        for (let turns = 0; turns < 10; turns += 1) await new Promise((next) => setImmediate(next));
      }
      then(socket);
    });
    socket.setEncoding("latin1");
    socket.on("data", (piece) => {
      text += piece;
      if (text.split("HTTP/1.1 ").length > answers && text.endsWith("ok")) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("end", () => socket.destroy());
    socket.on("close", () => resolve(text));
  });
}

async function told(pieces: readonly Buffer[], answers = 1, then?: (socket: Socket) => void) {
  seen.length = 0;
  const text = await talk(pieces, answers, then);
  return { text, requests: [...seen] };
}

test("a long body flows over the lane in few large pieces, every byte of it and no other", async () => {
  for (const bytes of [65 * KIB, 256 * KIB, 256 * KIB + 1, 1024 * KIB]) {
    const body = bodyOf(bytes);
    const whole = put("/long", body);
    const cuts = [40, 70, 5000, 70_000, whole.length - 1];
    const pieces = cuts.map((cut, nth) => whole.subarray(cuts[nth - 1] ?? 0, cut)).concat(whole.subarray(-1));
    const [request] = (await told(pieces)).requests;
    assert.equal(request?.lane, "upload");
    assert.ok(request.body.equals(body), `${bytes} bytes`);
    assert.deepEqual(
      request.pieces.map((piece) => piece % (64 * KIB)).slice(0, -1),
      request.pieces.slice(1).map(() => 0),
    );
    assert.equal(request.pieces.length, Math.ceil(bytes / (256 * KIB)));
  }
});

test("the connection stays on the lane, whatever comes with the end of a body", async () => {
  // The shorter one may come in one read with all that follows.
  for (const longBytes of [300 * KIB, 70 * KIB]) {
    const [long, short] = [bodyOf(longBytes), bodyOf(10)];
    const all = Buffer.concat([put("/1", long), put("/2", short), put("/3", long), put("/4", short)]);
    const { requests } = await told([all.subarray(0, 100_000), all.subarray(100_000)], 4);
    assert.deepEqual(
      requests.map(({ lane, url, end }) => [lane, url, end]),
      [
        ["upload", "/1", "whole"],
        ["plain", "/2", "whole"],
        ["upload", "/3", "whole"],
        ["plain", "/4", "whole"],
      ],
    );
    for (const { body, url } of requests) assert.ok(body.equals(url === "/1" || url === "/3" ? long : short), url);
  }
});

test("what is read into a body's room is there at once, and no room is left where no byte of it can come", () => {
  const socket = Object.assign(new Socket(), { isPaused: () => false });
  const asked = { method: "PUT", url: "/", headers: {}, text: "", bodyBytes: 300 * KIB, expectsContinue: false };
  const upload = new PlainUpload(asked, socket);
  const body = bodyOf(300 * KIB);
  const read = (from: number, to: number) => {
    const { room } = upload;
    assert.ok(room);
    body.copy(room, 0, from, to);
    assert.equal(upload.receive(room.subarray(0, to - from)).length, 0);
    return room;
  };
  const first = read(0, 100 * KIB);
  assert.equal(first.length, 256 * KIB);
  assert.equal(upload.receive(body.subarray(100 * KIB, 101 * KIB)).length, 0);
  assert.equal(read(101 * KIB, 256 * KIB).length, 155 * KIB);
  const last = read(256 * KIB, 299 * KIB);
  assert.equal(last.length, 44 * KIB);
  assert.notEqual(last.buffer, first.buffer, "the first piece is its taker's");
  assert.equal(String(upload.receive(Buffer.concat([body.subarray(299 * KIB), Buffer.from("next")]))), "next");
  assert.deepEqual([upload.complete, upload.room], [true, undefined]);
  assert.ok(upload.read().equals(body));
  const cut = new PlainUpload(asked, socket);
  cut.cut();
  assert.equal(cut.room, undefined);
});

test("a body that ends too early is an error, whether the client waits for the answer or not", async () => {
  const part = put("/cut", bodyOf(200 * KIB)).subarray(0, 100 * KIB);
  const waiting = await told([part], 1, (socket) => socket.end());
  assert.equal(waiting.requests[0]?.end, "cut");
  assert.match(waiting.text, /^HTTP\/1\.1 200 .*connection: close/is);
  const ended = new Promise<void>((resolve) => {
    before = async (request) => {
      await new Promise<void>((closed) => request.socket.once("close", closed));
      resolve();
      return false;
    };
  });
  await told([part], 1, (socket) => socket.resetAndDestroy());
  await ended;
  for (let turns = 0; turns < 10; turns += 1) await new Promise((next) => setImmediate(next));
  before = async () => false;
  assert.equal(seen[0]?.end, "cut");
});

test("what nobody reads is not taken from the client without end", async () => {
  let waiting: { request: HttpRequest; response: HttpResponse } | undefined;
  before = async (request, response) => {
    waiting = { request, response };
    return true;
  };
  const most = 64 * KIB * KIB;
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(head("/unread", most));
  const chunk = Buffer.alloc(1024 * KIB);
  while (socket.writableLength < 8 * chunk.length && socket.bytesWritten < most) {
    socket.write(chunk);
    for (let turns = 0; turns < 50; turns += 1) await new Promise((next) => setImmediate(next));
  }
  before = async () => false;
  assert.ok(waiting);
  const { request } = waiting;
  assert.ok(request instanceof PlainUpload);
  assert.ok(request.readableLength <= 512 * KIB, `${request.readableLength} bytes wait`);
  assert.ok(request.socket.bytesRead < most / 2);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  waiting.response.writeHead(403, { "content-length": "0", connection: "close" });
  waiting.response.end();
  await closed;
});

test("a request that follows one whose body nobody read is not looked at", async () => {
  before = async (request, response) => {
    response.writeHead(403, { "content-length": "2", connection: "close" });
    response.end("ok");
    return request.url === "/refused";
  };
  const refused = put("/refused", bodyOf(100 * KIB));
  const rest = Buffer.concat([refused.subarray(90 * KIB), put("/next", bodyOf(1))]);
  const { requests } = await told([refused.subarray(0, 90 * KIB), rest]);
  before = async () => false;
  assert.deepEqual(
    requests.map(({ url }) => url),
    ["/refused"],
  );
});

const waiting = (url: string, bytes: number, expect = "100-continue") =>
  Buffer.from(head(url, bytes).replace("\r\n\r\n", `\r\nExpect: ${expect}\r\n\r\n`));

/** Says a head, its body once it is told to go on, and the last once that was answered. */
function talkWaiting(url: string, body: Buffer, last: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => void socket.write(waiting(url, body.length)));
    socket.setEncoding("latin1");
    socket.on("data", (piece) => {
      text += piece;
      if (text === "HTTP/1.1 100 Continue\r\n\r\n") socket.write(body);
      else if (text.endsWith("ok") && text.split("200 OK").length === 2) socket.write(last);
      else if (text.endsWith("ok")) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
}

test("a client that waits to be told to go on is told, and stays on the lane", async () => {
  for (const bytes of [10, 300 * KIB]) {
    seen.length = 0;
    const body = bodyOf(bytes);
    await talkWaiting("/waiting", body, put("/after", bodyOf(10)));
    assert.deepEqual(
      seen.map(({ lane, url, end }) => [lane, url, end]),
      [
        ["upload", "/waiting", "whole"],
        ["plain", "/after", "whole"],
      ],
    );
    assert.ok(seen[0]?.body.equals(body));
  }
});

test("a client that waits and is refused is not told to go on, and its connection ends", async () => {
  before = async (_request, response) => {
    response.writeHead(403, { "content-length": "2", connection: "close" });
    response.end("no");
    return true;
  };
  const { text, requests } = await told([waiting("/refused", 10)]);
  before = async () => false;
  assert.match(text, /^HTTP\/1\.1 403 /);
  assert.equal(requests.length, 1);
});

test("whoever expects anything else, or has no body to wait with, is left to node:http", async () => {
  // Its answer has no body, and its connection would be kept for a minute.
  const other = await told([waiting("/other", 10, "200-ok")], 1, (socket) => socket.end());
  assert.match(other.text, /^HTTP\/1\.1 417 /);
  const none = await told([waiting("/none", 0)]);
  assert.equal(none.requests[0]?.lane, "node");
});
