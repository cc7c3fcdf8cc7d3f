// Extracts the service models from the official clients into models/: one file a service and an index.
// Nothing of the clients is loaded at run time; these files are what the wire reads.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { extractService } from "./lib/model.mjs";
import { installedVersion, root } from "./lib/run.mjs";

/** Changes with the form of the files, so that older ones are made anew. */
const FORMAT = 1;

/** Our service id and the client's name where they differ. */
const CLIENTS = {
  kms: "kms",
  iam: "iam",
  sts: "sts",
  s3: "s3",
  "s3-control": "s3-control",
  cloudtrail: "cloudtrail",
  organizations: "organizations",
  secretsmanager: "secrets-manager",
  ssm: "ssm",
  dynamodb: "dynamodb",
  ec2: "ec2",
  ebs: "ebs",
  efs: "efs",
  rds: "rds",
  redshift: "redshift",
  "redshift-data": "redshift-data",
  elasticache: "elasticache",
  lambda: "lambda",
  backup: "backup",
  glacier: "glacier",
  storagegateway: "storage-gateway",
};

export function extractModels() {
  // Loading twenty clients on Node 20 prints twenty times that they will want a newer Node one day.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const folder = join(root, "models");
  mkdirSync(folder, { recursive: true });
  const known = readIndex(join(folder, "index.json"));
  const services = Object.entries(CLIENTS).map(([id, client]) => freshEntry(folder, known, id, client));
  const index = JSON.stringify({ format: FORMAT, services });
  if (JSON.stringify(known) !== index) writeFileSync(join(folder, "index.json"), index);
}

function freshEntry(folder, known, id, client) {
  const name = `@aws-sdk/client-${client}`;
  const source = `${name}@${installedVersion(name)}`;
  const file = join(folder, `${id}.json`);
  const entry = known?.format === FORMAT ? known.services.find((service) => service.id === id) : undefined;
  if (entry?.source === source && existsSync(file)) return entry;
  const { head, body } = extractService(
    createRequire(join(root, "package.json")),
    join(root, "node_modules", name),
    id,
  );
  writeFileSync(file, JSON.stringify(body));
  return { ...head, source };
}

function readIndex(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

if (import.meta.url === `file://${process.argv[1]}`) extractModels();
