import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateGrantCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import type { Credentials } from "../harness/server.js";
import { type LoadResult, runLoad } from "./load.js";
import { type BenchServer, startBenchServer } from "./peers.js";
import { ms, ratio, type Table } from "./report.js";
import { signedRequest } from "./sign.js";

const SECONDS = Number(process.env["STRONGROOM_BENCH_SECONDS"] ?? 5);
const GRANTS_A_KEY = 10;
const AT_ONCE = 32;
/** How many pairs of a key and one of its grantees are used in turn. */
const PAIRS = 2000;

interface Size {
  readonly keys: number;
  readonly people: number;
}

const SMALL: Size = { keys: 10, people: 10 };
const LARGE: Size = {
  keys: Number(process.env["STRONGROOM_BENCH_KEYS"] ?? 10_000),
  people: Number(process.env["STRONGROOM_BENCH_PEOPLE"] ?? 1_000),
};

interface Person {
  readonly arn: string;
  readonly credentials: Credentials;
}

interface Filled extends BenchServer {
  /** Signed requests: each by a person, for a key that a grant opens to them. */
  readonly requests: readonly (readonly Buffer[])[];
}

/** What many keys, grants and people cost a single use: users without policies, let in by grants. */
export async function benchKmsScale(): Promise<Table> {
  const rows: string[][] = [];
  const [small, large] = [await filled(SMALL), await filled(LARGE)];
  try {
    for (const connections of [1, 16]) {
      // In turn, so that a drift of the machine meets both alike.
      const runs = { small: [] as LoadResult[], large: [] as LoadResult[] };
      for (let round = 0; round < 3; round++) {
        runs.small.push(await use(small, connections));
        runs.large.push(await use(large, connections));
      }
      const [few, many] = [medianOf(runs.small), medianOf(runs.large)];
      rows.push([String(connections), ms(few), ms(many), ratio(many, few)]);
    }
  } finally {
    await small.stop();
    await large.stop();
  }
  const title = `KMS with ${LARGE.keys} keys, ${LARGE.keys * GRANTS_A_KEY} grants and ${LARGE.people} users, against ${SMALL.keys} keys`;
  return { title, columns: ["in flight", `median, ${SMALL.keys} keys`, `median, ${LARGE.keys} keys`, "ratio"], rows };
}

const medianOf = (runs: readonly LoadResult[]) =>
  runs.map((run) => run.medianMs).sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0;

const use = ({ port, requests }: Filled, connections: number) =>
  runLoad({ port, requests, connections, seconds: SECONDS, warmupSeconds: SECONDS });

async function filled(size: Size): Promise<Filled> {
  const server = await startBenchServer();
  const config = {
    endpoint: `http://127.0.0.1:${server.port}`,
    region: "us-east-1",
    credentials: server.credentials,
  };
  const [kms, iam] = [new KMSClient(config), new IAMClient(config)];
  const people = await many(size.people, (index) => newPerson(iam, index));
  const keys = await many(size.keys, async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    return KeyMetadata?.Arn ?? "";
  });
  await many(size.keys * GRANTS_A_KEY, (index) => grant(kms, people, keys, index));
  kms.destroy();
  iam.destroy();
  const pairs = Math.min(PAIRS, size.keys * GRANTS_A_KEY);
  const step = Math.floor((size.keys * GRANTS_A_KEY) / pairs);
  const requests = await many(pairs, async (index) => {
    const [key, person] = pairOf(people, keys, index * step);
    return [Buffer.concat(await signed(server.port, key, person.credentials))];
  });
  return { ...server, requests };
}

/** The key and the grantee of that grant. */
function pairOf(people: readonly Person[], keys: readonly string[], index: number): [string, Person] {
  const at = Math.floor(index / GRANTS_A_KEY);
  const person = people[(at * 7 + index) % people.length];
  if (person === undefined) throw new Error("there are people");
  return [keys[at] ?? "", person];
}

async function newPerson(iam: IAMClient, index: number): Promise<Person> {
  const UserName = `user-${index}`;
  const { User } = await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  return { arn: User?.Arn ?? "", credentials };
}

async function grant(kms: KMSClient, people: readonly Person[], keys: readonly string[], index: number): Promise<void> {
  const [KeyId, { arn: GranteePrincipal }] = pairOf(people, keys, index);
  await kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ["GenerateDataKey", "Decrypt"] }));
}

const signed = (port: number, KeyId: string, credentials: Credentials) =>
  signedRequest(
    {
      method: "POST",
      path: "/",
      service: "kms",
      headers: { "x-amz-target": "TrentService.GenerateDataKey", "content-type": "application/x-amz-json-1.1" },
      body: Buffer.from(JSON.stringify({ KeyId, KeySpec: "AES_256" })),
    },
    port,
    credentials,
  );

/** `make` for 0 to count - 1, several at once, in order. */
async function many<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) made[index] = await make(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return made;
}
