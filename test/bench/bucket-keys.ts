import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { callHouse } from "../harness/house-api.js";
import { startServer } from "../harness/server.js";
import type { Table } from "./report.js";

const OBJECTS = 1000;
const IN_FLIGHT = 16;

/** What bucket keys save: KMS's own count of its calls, from the cost report, for as many puts and gets of one caller. */
export async function benchBucketKeys(): Promise<Table> {
  const server = await startServer({ workers: 1 });
  try {
    const config = { endpoint: server.endpoint, region: "us-east-1", credentials: server.credentials };
    const [kms, s3] = [new KMSClient(config), new S3Client({ ...config, forcePathStyle: true })];
    await s3.send(new CreateBucketCommand({ Bucket: "bench" }));
    const rows: string[][] = [];
    for (const BucketKeyEnabled of [false, true]) {
      const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
      const sealed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyId, BucketKeyEnabled } as const;
      const place = (at: number) => ({ Bucket: "bench", Key: `${BucketKeyEnabled}/${at}` });
      const counted = async (each: (at: number) => Promise<unknown>) => {
        const before = await callsOf(KeyId);
        await inTurns(each);
        return (await callsOf(KeyId)) - before;
      };
      const puts = await counted((at) => s3.send(new PutObjectCommand({ ...place(at), ...sealed, Body: "x" })));
      const gets = await counted(async (at) => {
        const { Body } = await s3.send(new GetObjectCommand(place(at)));
        return Body?.transformToByteArray();
      });
      rows.push([BucketKeyEnabled ? "with a bucket key" : "without", String(puts), String(gets)]);
    }
    return {
      title: `KMS calls for ${OBJECTS} objects of one caller`,
      columns: ["SSE-KMS", `${OBJECTS} PutObject`, `${OBJECTS} GetObject`],
      rows,
    };
  } finally {
    await server.stop();
  }

  async function callsOf(KeyId: string): Promise<number> {
    const report = await callHouse(server, server.credentials, "GetCostReport", {});
    const keys = report["keys"] as readonly { keyArn: string; requests: number }[]; // what the operation answers
    return keys.find(({ keyArn }) => keyArn === KeyId)?.requests ?? 0;
  }
}

async function inTurns(each: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < OBJECTS) await each(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}
