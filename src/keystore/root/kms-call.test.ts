import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ManualClock } from "../../base/index.js";
import { type KmsSignable, kmsCaller } from "./kms-call.js";
import type { CallKms, KmsPlace } from "./kms-root.js";
import type { RootReason } from "./root-error.js";

const clock = new ManualClock();
const refuses = (call: Promise<unknown>, reason: RootReason, words: RegExp) =>
  assert.rejects(call, (thrown: Error & { reason?: string }) => thrown.reason === reason && words.test(thrown.message));

/** A caller and the place of a server that answers so. */
async function against(
  answer: RequestListener,
  body: (call: CallKms, place: KmsPlace, signed: KmsSignable[]) => Promise<void>,
): Promise<void> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const signed: KmsSignable[] = [];
  const sign = (request: KmsSignable) => {
    signed.push(request);
    return { ...request.headers, authorization: "signed" };
  };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's address
  try {
    await body(kmsCaller({ sign, clock }), { endpoint, region: "eu-west-1" }, signed);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const saying = (status: number, text: string): RequestListener => {
  return (_request, response) => response.writeHead(status).end(text);
};

test("a call is one signed request of KMS's JSON protocol", async () => {
  const seen: string[] = [];
  const server: RequestListener = async (request, response) => {
    const { "x-amz-target": target, "content-type": type, authorization } = request.headers;
    let text = "";
    for await (const piece of request) text += piece;
    seen.push(`${request.method} ${request.url} ${target} ${type} ${authorization} ${text}`);
    response.end('{"KeyId":"k","Plaintext":"AAAA"}');
  };
  await against(server, async (call, place, signed) => {
    assert.deepEqual(await call(place, "Decrypt", { CiphertextBlob: "eA==" }), { KeyId: "k", Plaintext: "AAAA" });
    assert.equal(signed[0]?.region, "eu-west-1");
    assert.equal(signed[0]?.headers["host"], new URL(place.endpoint).host);
  });
  const expected = 'POST / TrentService.Decrypt application/x-amz-json-1.1 signed {"CiphertextBlob":"eA=="}';
  assert.deepEqual(seen, [expected]);
});

test("refusals are told from absence, and wrong ciphertext from both", async () => {
  const cases: readonly (readonly [number, string, RootReason, RegExp])[] = [
    [400, '{"__type":"AccessDeniedException"}', "kms-refused", /AccessDeniedException/],
    [400, '{"__type":"com.amazonaws.kms#DisabledException"}', "kms-refused", /\(DisabledException\)/],
    [400, '{"__type":"InvalidCiphertextException"}', "damaged", /InvalidCiphertext/],
    [400, '{"__type":"IncorrectKeyException"}', "damaged", /IncorrectKey/],
    [400, '{"__type":"ThrottlingException"}', "kms-unreachable", /Throttling/],
    [400, '{"__type":"<b>\\u0007"}', "kms-refused", /\(status 400\)/],
    [503, '{"__type":"ServiceUnavailable"}', "kms-unreachable", /ServiceUnavailable/],
    [502, "<html>", "kms-unreachable", /status 502/],
    [200, "<html>", "kms-unreachable", /status 200/],
    [200, "1", "kms-unreachable", /status 200/],
    [200, `{"a":"${"x".repeat(70_000)}"}`, "kms-unreachable", /too long/],
  ];
  for (const [status, text, reason, words] of cases) {
    await against(saying(status, text), (call, place) => refuses(call(place, "Decrypt", {}), reason, words));
  }
});

test("who does not answer, or is not there, is unreachable", async () => {
  let heard = () => {};
  const asked = new Promise<void>((resolve) => {
    heard = resolve;
  });
  await against(
    () => heard(),
    async (call, place) => {
      const refused = refuses(call(place, "Decrypt", {}), "kms-unreachable", /in time/);
      await asked;
      clock.advance(10_000);
      await refused;
    },
  );
  const call = kmsCaller({ sign: ({ headers }) => ({ ...headers }), clock });
  await refuses(
    call({ endpoint: "http://127.0.0.1:1", region: "us-east-1" }, "Decrypt", {}),
    "kms-unreachable",
    /REFUSED/,
  );
});
