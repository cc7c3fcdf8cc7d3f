import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { LIMITS, ManualClock } from "../base/index.js";
import { caFile, localCertificate } from "./certificates.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import { openListener } from "./listener.js";

const folder = mkdtempSync(join(tmpdir(), "strongroom-tls-"));
after(() => rmSync(folder, { recursive: true }));

const tls = await localCertificate(
  folder,
  new ManualClock(Date.parse(new Date(performance.timeOrigin).toISOString())),
  randomBytes,
);
const listener = openListener((request, response) => void count(request, response), new ManualClock(), tls);
const port = await listener.listen(0, "127.0.0.1");
after(() => listener.close());

async function count(request: HttpRequest, response: HttpResponse): Promise<void> {
  let total = 0;
  for await (const piece of request.iterator()) total += (piece as Buffer).length; // no encoding is set
  response.end(`${"encrypted" in request.socket} ${total}`);
}

const body = Buffer.alloc(300_000, 7);

function post(send: typeof httpRequest, options: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = send({ host: "127.0.0.1", port, method: "POST", agent: false, ...options }, (response) => {
      let text = "";
      response.on("data", (piece) => {
        text += piece;
      });
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
    request.end(body);
  });
}

test("HTTP and HTTPS answer on one port", async () => {
  assert.equal(await post(httpRequest, {}), "false 300000");
  assert.equal(await post(httpsRequest, { ca: readFileSync(caFile(folder)) }), "true 300000");
});

test("a client that does not know the CA refuses the certificate", async () => {
  await assert.rejects(post(httpsRequest, {}), /self-signed|unable to/);
});

test("neither HTTP nor TLS is answered with an error and the server lives", async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("\0\0\0\0rubbish\r\n\r\n"));
    let text = "";
    socket.on("data", (piece) => {
      text += piece;
    });
    socket.on("close", () => resolve(text));
  });
  assert.match(answer, /^HTTP\/1.1 400/);
  assert.equal(await post(httpRequest, {}), "false 300000");
});

test("headers beyond the limit are told so, and the connection ends", async () => {
  const answer = await new Promise<string>((resolve) => {
    const head = `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(LIMITS.headerBytes)}\r\n\r\n`;
    const socket = connect(port, "127.0.0.1", () => socket.write(head));
    let text = "";
    socket.on("data", (piece) => {
      text += piece;
    });
    socket.on("close", () => resolve(text));
  });
  assert.match(answer, /^HTTP\/1.1 431 /);
});

test("idle connections, TLS or not, keep no listener from closing", async () => {
  const other = openListener((request, response) => void count(request, response), new ManualClock(), tls);
  const otherPort = await other.listen(0, "127.0.0.1");
  const ca = readFileSync(caFile(folder));
  const agents = [new Agent({ keepAlive: true }), new TlsAgent({ keepAlive: true })] as const;
  assert.equal(await post(httpRequest, { port: otherPort, agent: agents[0] }), "false 300000");
  assert.equal(await post(httpsRequest, { port: otherPort, agent: agents[1], ca }), "true 300000");
  await other.close();
  for (const agent of agents) agent.destroy();
});
