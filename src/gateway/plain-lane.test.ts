import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import { ManualClock } from "../base/index.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import { openListener } from "./listener.js";
import { PlainHeads, parsePlainHead } from "./plain-request.js";

/** Says which lane a request came by and what the house saw of it. */
const listener = openListener((request, response) => void tell(request, response), new ManualClock());
const port = await listener.listen(0, "127.0.0.1");
after(() => listener.close());

async function tell(request: HttpRequest, response: HttpResponse): Promise<void> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of request.iterator()) pieces.push(piece as Buffer); // no encoding is set
  } catch {
    return void response.destroy();
  }
  const { method, url, headers, rawHeaders } = request;
  const lane = "whole" in request ? "plain" : "node";
  const body = Buffer.concat(pieces).toString("latin1");
  const text = JSON.stringify({ lane, method, url, headers: { ...headers }, rawHeaders, body });
  if (url === "/chunks") {
    response.writeHead(200, { "content-type": "text/plain" });
    for (const piece of ["one", "two"]) response.write(Buffer.from(piece));
    return void response.end(Buffer.from("three"));
  }
  if (url === "/none") {
    response.writeHead(204, {});
    return void response.end();
  }
  if (url === "/bad-header") {
    response.writeHead(200, { "x-value": "a\r\nx-more: b" });
    assert.throws(() => response.end());
    return void response.destroy();
  }
  response.writeHead(200, { "content-type": "application/json", "content-length": String(text.length) });
  response.end(Buffer.from(text));
}

/** All that comes back until the peer closes, or until `enough` says so. */
function talk(pieces: readonly string[], enough: (text: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => void say(socket, pieces));
    socket.setEncoding("latin1");
    socket.on("data", (piece) => {
      text += piece;
      if (enough(text)) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
}

/** Each piece in a packet of its own, as far as turns of the event loop can make it so. */
async function say(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece, "latin1");
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Told {
  readonly lane: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

const answersIn = (text: string) => text.match(/HTTP\/1\.1 \d{3}/g)?.length ?? 0;
const toldIn = (text: string): Told[] =>
  [...text.matchAll(/^\{"lane".*\}/gm)].map(([json]) => JSON.parse(json) as Told);

async function one(...pieces: string[]): Promise<Told> {
  const told = toldIn(await talk(pieces, (text) => text.endsWith("}")))[0];
  assert.ok(told);
  return told;
}

const POST = "POST /x?y=%20 HTTP/1.1\r\nHost: a\r\nX-Two-Words:  b c \r\nContent-Length: 3\r\n\r\nabc";

test("a plain request is answered on the lane, and told as node:http tells it", async () => {
  const plain = await one(POST);
  const node = await one(POST.replace("\r\n\r\n", "\r\nTE: trailers\r\n\r\n"));
  assert.equal(plain.lane, "plain");
  assert.equal(node.lane, "node");
  const { te, ...headers } = node.headers;
  assert.deepEqual({ ...plain, lane: "node" }, { ...node, headers, rawHeaders: node.rawHeaders.slice(0, -2) });
  assert.equal(te, "trailers");
});

test("heads and bodies in pieces make the same request", async () => {
  assert.equal((await one(POST.slice(0, 9), POST.slice(9, 60), POST.slice(60))).body, "abc");
  assert.equal((await one(POST.slice(0, -2), POST.slice(-2))).lane, "plain");
});

test("a request in very many pieces is left to node:http", async () => {
  assert.equal((await one(...POST.split(/(?<=.)/s))).lane, "node");
});

test("requests that are sent ahead are answered in order", async () => {
  const urls = ["/1", "/2", "/3"];
  const text = urls.map((url) => POST.replace("/x", url)).join("");
  const answer = await talk([text], (seen) => answersIn(seen) === 3 && seen.endsWith("}"));
  assert.deepEqual(
    toldIn(answer).map(({ url }) => url.slice(0, 2)),
    urls,
  );
});

test("a connection that leaves the lane loses nothing that was sent", async () => {
  const chunked = "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  const answer = await talk([POST + chunked + POST], (seen) => answersIn(seen) === 3 && seen.endsWith("}"));
  assert.deepEqual(
    toldIn(answer).map(({ lane }) => lane),
    ["plain", "node", "node"],
  );
  assert.deepEqual(
    toldIn(answer).map(({ body }) => body),
    ["abc", "abc", "abc"],
  );
});

/** What could be read in two ways: node:http alone judges it. The status is node:http's. */
const JUDGED: Readonly<Record<string, readonly [request: string, status: string]>> = {
  "both lengths": ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", "400"],
  "two lengths": ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "400"],
  "a length with a sign": ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", "400"],
  "a length that is none": ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", "400"],
  "no host": ["GET / HTTP/1.1\r\nX: y\r\n\r\n", "400"],
  "no header": ["GET / HTTP/1.1\r\n\r\n", "400"],
  "a space before the colon": ["GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"],
  "a name with a control character": ["GET / HTTP/1.1\r\nHost: a\r\nX\x01: y\r\n\r\n", "400"],
  "a value with a bare carriage return": ["GET / HTTP/1.1\r\nHost: a\r\nX: y\rZ: z\r\n\r\n", "400"],
  "a value with a zero byte": ["GET / HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n", "400"],
  "a line without a colon": ["GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "400"],
  "a space in the target": ["GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "400"],
  "an unknown version": ["GET / HTTP/3.7\r\nHost: a\r\n\r\n", "400"],
  "a word that is no method": ["GOT / HTTP/1.1\r\nHost: a\r\n\r\n", "400"],
  "a chunked body of nonsense": ["POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"],
  "a coding behind chunked": ["POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", "400"],
};

for (const [what, [request, status]] of Object.entries(JUDGED)) {
  test(`${what} is refused, and the connection ends`, async () => {
    const answer = await talk([request]);
    assert.equal(answer.slice(9, 12), status);
    assert.equal(answersIn(answer), 1);
  });
}

test("what is allowed and not plain is answered by node:http", async () => {
  const odd = [
    "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nX: 2\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX_Y: 1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nConstructor: 1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n__proto__: 1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: \xe9\r\n\r\n",
    "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n",
    "DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
    `GET /${"x".repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  ];
  for (const request of odd) assert.equal((await one(request)).lane, "node", request.slice(0, 80));
});

test("a plain head is of the ordinary characters only", () => {
  const head = (line: string) => parsePlainHead(`GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n`);
  assert.ok(head("X: y"));
  for (let code = 0; code < 256; code += 1) {
    const isVisible = (code >= 0x20 && code < 0x7f) || code === 9;
    assert.equal(head(`X: a${String.fromCharCode(code)}b`) !== undefined, isVisible, `value ${code}`);
    const isName = /[A-Za-z0-9-]/.test(String.fromCharCode(code));
    if (code !== 0x3a) assert.equal(head(`X${String.fromCharCode(code)}: b`) !== undefined, isName, `name ${code}`);
  }
  assert.equal(head(" folded: y"), undefined);
  assert.equal(head("Content-Length: 1"), undefined);
  assert.equal(parsePlainHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999\r\n"), undefined);
  assert.equal(parsePlainHead("POST / HTTP/1.1\nHost: a\r\n"), undefined);
});

test("a head like the one before is read as it would be alone", () => {
  const first = "POST /x HTTP/1.1\r\nHost: a\r\nX-Time: 1\r\nConnection: keep-alive\r\nContent-Length: 3\r\n";
  const again = (head: string) => {
    const heads = new PlainHeads();
    heads.read(first);
    return [heads.read(head), heads.read(first)];
  };
  const changed = [
    "X-Time: 22",
    "X-Time:",
    "X-Time:  2\t ",
    "x-time: 1",
    "X-Time2: 1",
    "X-Tim: 1",
    "X-Time: 1\r\nX-Time: 1",
    "",
  ];
  const others = [
    ...changed.map((line) => first.replace("X-Time: 1", line)),
    ...["4", "03", "", "-1", "9999999", "3, 3"].map((value) => first.replace(": 3", `: ${value}`)),
    ...["close", "Keep-Alive", "upgrade"].map((value) => first.replace("keep-alive", value)),
    ...["POST /y", "GET /x", "PUT /x", "GOT /x"].map((line) => first.replace("POST /x", line)),
    first.replace("Host: a\r\n", ""),
    `${first}Host: b\r\n`,
    `${first}TE: trailers\r\n`,
    first.slice(0, -2),
    first.slice(0, -9),
    "",
  ];
  for (const head of [first, ...others])
    assert.deepEqual(again(head), [parsePlainHead(head), parsePlainHead(first)], head);
  for (let at = 0; at < first.length; at += 1) {
    for (const code of [0, 9, 10, 13, 32, 58, 65, 97, 127, 233]) {
      const head = first.slice(0, at) + String.fromCharCode(code) + first.slice(at + 1);
      assert.deepEqual(again(head), [parsePlainHead(head), parsePlainHead(first)], `${code} at ${at}`);
    }
  }
});

test("a body of unknown length goes out in chunks, and one that may not be stays out", async () => {
  const get = (url: string) => `GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const chunks = await talk([get("/chunks")], (text) => text.endsWith("0\r\n\r\n"));
  assert.match(
    chunks,
    /^content-type: text.plain\r\n[\s\S]*Transfer-Encoding: chunked\r\n(?:.+\r\n)*\r\n3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n$/m,
  );
  const none = await talk([get("/none") + get("/x")], (text) => answersIn(text) === 2 && text.endsWith("}"));
  assert.match(none, /^HTTP\/1\.1 204 No Content\r\n(?!.*Length)[\s\S]*?\r\n\r\nHTTP\/1\.1 200/);
  const head = await talk([get("/x").replace("GET", "HEAD") + get("/y")], (text) => text.endsWith("}"));
  assert.equal(toldIn(head).length, 1);
  assert.equal(toldIn(head)[0]?.url, "/y");
});

test("a header of two lines is not sent", async () => {
  assert.equal(await talk(["GET /bad-header HTTP/1.1\r\nHost: a\r\n\r\n"]), "");
});

test("a client that ends its side is answered first", async () => {
  const answer = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => socket.end(POST));
    socket.on("data", (piece) => {
      text += piece;
    });
    socket.on("end", () => resolve(text));
  });
  assert.equal(toldIn(answer)[0]?.lane, "plain");
});

test("closing ends idle connections and lets a running answer out", async () => {
  let answerNow: (() => void) | undefined;
  const own = openListener((_, response) => {
    answerNow = () => void response.end("late");
  }, new ManualClock());
  const ownPort = await own.listen(0, "127.0.0.1");
  const open = () => {
    const socket = connect(ownPort, "127.0.0.1");
    const seen = { text: "" };
    socket.on("data", (piece) => {
      seen.text += piece;
    });
    return { socket, seen, closed: new Promise((resolve) => socket.on("close", resolve)) };
  };
  const [idle, busy] = [open(), open()];
  await new Promise((resolve) => idle.socket.on("connect", resolve));
  busy.socket.write(POST);
  for (let turns = 0; turns < 1000 && answerNow === undefined; turns += 1)
    await new Promise((resolve) => setImmediate(resolve));
  const closed = own.close();
  await idle.closed;
  assert.equal(busy.seen.text, "");
  answerNow?.();
  await Promise.all([busy.closed, closed]);
  assert.match(busy.seen.text, /late$/);
});

test("a client that neither sends nor reads is let go: soon in a request, later between two, last while it is answered", async () => {
  const clock = new ManualClock();
  const late: (() => void)[] = [];
  const own = openListener((request, response) => {
    if (request.url === "/late") late.push(() => void response.end("late"));
    else response.end("now");
  }, clock);
  const ownPort = await own.listen(0, "127.0.0.1");
  /** What the client saw, in order: its answer, and the end. */
  const open = async (sends: string) => {
    const seen: string[] = [];
    const socket = connect(ownPort, "127.0.0.1", () => socket.write(sends));
    socket.setEncoding("latin1").on("data", (text: string) => seen.push(text.slice(-4).trim()));
    socket.on("close", () => seen.push("closed")).on("error", () => {});
    await once(socket, "connect");
    return { seen, socket };
  };
  const get = (url: string) => `GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const [silent, half, idle, busy] = [
    await open(""),
    await open(POST.slice(0, -1)),
    await open(get("/")),
    await open(get("/late")),
  ];
  while (idle.seen.length + late.length < 2) await nextTurn();
  /** What each of them saw by now: requests that are answered afterwards came after all that. */
  const all = async () => {
    for (const other of [await open(get("/")), await open(get("/"))]) {
      while (other.seen.length === 0) await nextTurn();
      other.socket.destroy();
    }
    return [silent, half, idle, busy].map(({ seen }) => seen.join(" "));
  };
  clock.advance(15_000);
  assert.deepEqual(await all(), ["", "", "now", ""]);
  clock.advance(5000);
  assert.deepEqual(await all(), ["closed", "", "now", ""]);
  clock.advance(5000);
  assert.deepEqual(await all(), ["closed", "closed", "now", ""]);
  clock.advance(40_000);
  assert.deepEqual(await all(), ["closed", "closed", "now", ""]);
  clock.advance(5000);
  assert.deepEqual(await all(), ["closed", "closed", "now closed", ""]);
  clock.advance(230_000);
  late[0]?.();
  assert.deepEqual(await all(), ["closed", "closed", "now closed", "late"]);
  clock.advance(65_000);
  assert.deepEqual(await all(), ["closed", "closed", "now closed", "late"]);
  clock.advance(5000);
  assert.deepEqual(await all(), ["closed", "closed", "now closed", "late closed"]);
  const stuck = await open(get("/late"));
  while (late.length < 2) await nextTurn();
  clock.advance(300_000);
  await all();
  assert.deepEqual(stuck.seen, []);
  clock.advance(5000);
  await all();
  assert.deepEqual(stuck.seen, ["closed"]);
  await own.close();
});

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
