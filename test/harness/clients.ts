import { spawn } from "node:child_process";
import { Agent } from "node:https";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { OrganizationsClient } from "@aws-sdk/client-organizations";
import { S3Client } from "@aws-sdk/client-s3";
import { S3ControlClient } from "@aws-sdk/client-s3-control";
import { STSClient } from "@aws-sdk/client-sts";
import type { HttpRequest } from "@smithy/types";
import { loopbackAgent } from "./loopback.js";
import { type Credentials, cleanEnvironment, type Server } from "./server.js";

export interface ClientOptions {
  readonly credentials?: Credentials;
  readonly region?: string;
  /** Of a server whose clock was moved: signatures carry its time. */
  readonly clockOffsetMs?: number;
  /** Requests go out as anyone could send them. */
  readonly unsigned?: boolean;
  /** PEM of the authority that a server's own certificate is from. */
  readonly ca?: string;
}

/** What any official JavaScript client on this server is made with. */
export function configOf(server: Server, options: ClientOptions = {}) {
  return {
    endpoint: server.endpoint,
    region: options.region ?? "us-east-1",
    credentials: options.credentials ?? server.credentials,
    maxAttempts: 1,
    systemClockOffset: options.clockOffsetMs ?? 0,
    ...(options.ca === undefined
      ? {}
      : { requestHandler: { httpsAgent: new Agent({ ca: options.ca, keepAlive: true }) } }),
    ...(options.unsigned ? { signer: { sign: async (request: HttpRequest) => request } } : {}),
  };
}

/** Official JavaScript clients on this server, as the root user unless told otherwise. They do not retry. */
export function clientsOf(server: Server, options: ClientOptions = {}) {
  const config = configOf(server, options);
  return {
    kms: new KMSClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    // It puts the account before the host, which makes no URL of an address.
    s3control: new S3ControlClient({
      ...config,
      endpoint: server.endpoint.replace("127.0.0.1", "localhost"),
      requestHandler: { httpAgent: loopbackAgent() },
    }),
    iam: new IAMClient(config),
    sts: new STSClient(config),
    cloudtrail: new CloudTrailClient(config),
    organizations: new OrganizationsClient(config),
  };
}

export type Clients = ReturnType<typeof clientsOf>;

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly folder?: string;
}

/** Runs a program to its end. A code other than 0 is a result, not an error. */
export function runProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...cleanEnvironment(), ...options.environment },
      cwd: options.folder,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (piece: Buffer) => stdout.push(piece));
    child.stderr.on("data", (piece: Buffer) => stderr.push(piece));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
    child.stdin.on("error", () => {}); // a program that does not read its input may be gone already
    child.stdin.end(options.input ?? "");
  });
}

/** What points the AWS CLI, boto3 and Terraform at the server. */
export function awsEnvironment(server: Server, credentials: Credentials = server.credentials): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_PAGER: "",
    AWS_MAX_ATTEMPTS: "1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

export const hasProgram = async (name: string): Promise<boolean> =>
  (await runProgram("sh", ["-c", `command -v ${name}`]).catch(() => ({ code: 1 }))).code === 0;

/** `aws …` with JSON output. */
export function aws(
  server: Server,
  args: readonly string[],
  options: RunOptions & { credentials?: Credentials } = {},
): Promise<Finished> {
  const environment = { ...awsEnvironment(server, options.credentials), ...options.environment };
  return runProgram("aws", ["--output", "json", ...args], { ...options, environment });
}
