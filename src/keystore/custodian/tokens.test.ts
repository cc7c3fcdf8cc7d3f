import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock, utf8 } from "../../base/index.js";
import { newSecret } from "../../crypto/index.js";
import type { Tokens } from "../pkcs11/port.js";
import { TokenError, type TokenReason } from "../pkcs11/token-error.js";
import { SealableKeyStore } from "../sealable-key-store.js";
import { temporaryFolder } from "../testing.js";
import { connectCustodian } from "./client.js";
import { TOKEN_REASONS } from "./protocol.js";
import { serveCustodian } from "./server.js";
import { custodianSocketPath } from "./socket-path.js";

const USE = { cluster: "cluster-2222222222a", pin: utf8("a pin") };

/** A custodian with these tokens, as a worker sees them. */
async function through(tokens: Tokens | undefined, body: (seen: Tokens) => Promise<void>): Promise<void> {
  const [folder, token, clock] = [temporaryFolder(), newSecret(), new ManualClock()];
  const socketPath = custodianSocketPath(folder.path);
  const keyStore = new SealableKeyStore();
  const server = await serveCustodian({ keyStore, socketPath, token, clock, ...(tokens && { tokens }) });
  const client = connectCustodian({ socketPath, token, clock });
  await body(client.tokens);
  client.close();
  await server.close();
  folder.remove();
}

/** Answers with what it was asked, so that a field in the wrong place shows. */
function echo(said: unknown[]): Tokens {
  const hear = (...words: unknown[]) => void said.push(JSON.parse(JSON.stringify(words)));
  return {
    connect: async (use) => hear("connect", use),
    createKey: async (use, label) => `${hear("createKey", use, label) ?? ""}a key`,
    seal: async (use, key, plaintext, aad) => hear("seal", use, key, plaintext, aad) ?? Buffer.from("sealed"),
    open: async (use, key, sealed, aad) => hear("open", use, key, sealed, aad) ?? Buffer.from("opened"),
    destroyKey: async (use, key) => hear("destroyKey", use, key),
    random: async (use, count) => hear("random", use, count) ?? Buffer.alloc(count, 7),
  };
}

test("a worker's call reaches the token whole, and so does the answer", async () => {
  const [said, expected]: [unknown[], unknown[]] = [[], []];
  await through(echo(said), async (tokens) => {
    await tokens.connect(USE);
    assert.equal(await tokens.createKey(USE, "label é"), "a key");
    assert.deepEqual(await tokens.seal(USE, "k", utf8("text"), utf8("aad")), Buffer.from("sealed"));
    assert.deepEqual(await tokens.open(USE, "k", utf8("blob"), utf8("")), Buffer.from("opened"));
    await tokens.destroyKey(USE, "k");
    assert.deepEqual(await tokens.random(USE, 300), Buffer.alloc(300, 7));
    const right = echo(expected);
    await right.connect(USE);
    await right.createKey(USE, "label é");
    await right.seal(USE, "k", utf8("text"), utf8("aad"));
    await right.open(USE, "k", utf8("blob"), utf8(""));
    await right.destroyKey(USE, "k");
    await right.random(USE, 300);
    assert.deepEqual(said, expected);
  });
});

test("every failure of a token reaches the worker by its name", async () => {
  for (const reason of Object.keys(TOKEN_REASONS) as TokenReason[]) {
    const failing: Tokens = {
      ...echo([]),
      connect: async () => {
        throw new TokenError(reason, "for the log alone");
      },
    };
    await through(failing, (tokens) => assert.rejects(tokens.connect(USE), { name: "TokenError", reason, detail: "" }));
  }
});

test("a server without tokens has none", () =>
  through(undefined, (tokens) => assert.rejects(tokens.random(USE, 8), { name: "TokenError", reason: "no-cluster" })));
