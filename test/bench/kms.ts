import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { CreateKeyCommand, type CreateKeyCommandInput, EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import type { Credentials } from "../harness/server.js";
import { type Load, type LoadResult, runLoad } from "./load.js";
import { type BenchServer, type Peer, SERVER_CORE, startBenchServer, startEcho, startMoto } from "./peers.js";
import { ms, rate, ratio, type Table } from "./report.js";
import { type Prepared, signedRequest } from "./sign.js";
import { steadyInTurn } from "./steady.js";

const SECONDS = Number(process.env["STRONGROOM_BENCH_SECONDS"] ?? 5);
const ROUNDS = 9;
const ROUND_SECONDS = SECONDS / 5;
/** Enough that one half is served while the other waits for its flush. */
const CONNECTIONS = 64;
const MOTO_CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** Signed, kept alive, on one core, audit durable: beside the bare echo, the bare primitive and the emulator. */
export async function benchKms(): Promise<Table> {
  const [strongroom, echo, moto] = [await startBenchServer(), await startEcho(), await startMoto()];
  const rows: string[][] = [];
  const primitives = bareRates();
  try {
    const ours = await operationsOn(strongroom.port, strongroom.credentials);
    const theirs = moto && (await operationsOn(moto.port, MOTO_CREDENTIALS));
    for (const name of Object.keys(ours)) {
      const request = ours[name] as Prepared; // its own key
      const served = [strongroom, echo].map(async ({ port, pid }) => ({
        load: await loadOf(port, request, strongroom.credentials, CONNECTIONS),
        pid,
      }));
      const [full, limit] = await steadyInTurn(await Promise.all(served), ROUNDS);
      if (full === undefined || limit === undefined) throw new Error("two loads have two results");
      const alone = await load(strongroom.port, request, strongroom.credentials, 1);
      const peer = moto && theirs?.[name] && (await load(moto.port, theirs[name], MOTO_CREDENTIALS, 4));
      rows.push([
        name,
        rate(full.perSecond),
        rate(limit.perSecond),
        ratio(full.perSecond, limit.perSecond),
        ratio(full.perCoreSecond ?? 0, limit.perCoreSecond),
        ratio(full.perSecond, primitives.get(name)),
        peer ? rate(peer.perSecond) : "–",
        ratio(full.perSecond, peer?.perSecond),
        ms(alone.medianMs),
        ms(full.p99Ms),
      ]);
    }
  } finally {
    await stopAll([strongroom, echo, moto]);
  }
  const columns = [
    "operation",
    "strongroom /s",
    "echo /s",
    "of echo",
    "per core-second",
    "of primitive",
    "moto /s",
    "of moto",
    "median alone",
    `p99 at ${CONNECTIONS}`,
  ];
  return { title: "KMS on one core, signed, audit durable", columns, rows };
}

/** The same primitives in one process on the servers' core: what no server can beat. */
function bareRates(): ReadonlyMap<string, number> {
  const script = join(import.meta.dirname, "primitives.js");
  const told = execFileSync("taskset", ["-c", SERVER_CORE, process.execPath, script], { encoding: "utf8" });
  const lines = told.trim().split("\n");
  return new Map(lines.map((line) => line.split("\t")).map(([name = "", rate]) => [name, Number(rate)]));
}

async function operationsOn(port: number, credentials: Credentials): Promise<Record<string, Prepared>> {
  const kms = new KMSClient({ endpoint: `http://127.0.0.1:${port}`, region: "us-east-1", credentials });
  const newKey = async (input: CreateKeyCommandInput) =>
    (await kms.send(new CreateKeyCommand(input))).KeyMetadata?.KeyId;
  const KeyId = await newKey({});
  const p256 = await newKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  const rsa = await newKey({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
  const hmac = await newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(64, 1) }));
  kms.destroy();
  const blob = Buffer.from(CiphertextBlob ?? []).toString("base64");
  const message = Buffer.alloc(64, 1).toString("base64");
  const call = (operation: string, input: object): Prepared => ({
    method: "POST",
    path: "/",
    service: "kms",
    headers: { "x-amz-target": `TrentService.${operation}`, "content-type": "application/x-amz-json-1.1" },
    body: Buffer.from(JSON.stringify(input)),
  });
  return {
    GenerateDataKey: call("GenerateDataKey", { KeyId, KeySpec: "AES_256" }),
    Encrypt: call("Encrypt", { KeyId, Plaintext: message }),
    Decrypt: call("Decrypt", { CiphertextBlob: blob }),
    GenerateMac: call("GenerateMac", { KeyId: hmac, Message: message, MacAlgorithm: "HMAC_SHA_256" }),
    "Sign P-256": call("Sign", { KeyId: p256, Message: message, SigningAlgorithm: "ECDSA_SHA_256" }),
    "Sign RSA-2048": call("Sign", { KeyId: rsa, Message: message, SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_256" }),
  };
}

async function loadOf(port: number, request: Prepared, credentials: Credentials, connections: number): Promise<Load> {
  const requests = [[Buffer.concat(await signedRequest(request, port, credentials))]];
  return { port, requests, connections, seconds: ROUND_SECONDS };
}

async function load(...of: Parameters<typeof loadOf>): Promise<LoadResult> {
  return runLoad({ ...(await loadOf(...of)), seconds: SECONDS, warmupSeconds: Math.min(2, SECONDS) });
}

async function stopAll(peers: readonly (Peer | BenchServer | undefined)[]): Promise<void> {
  for (const peer of peers) await peer?.stop();
}
