import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { awsEnvironment, type Finished, hasProgram, runProgram } from "./clients.js";
import type { Server } from "./server.js";

/** A folder with a Terraform configuration that talks to this server. */
export interface Workspace {
  run(...args: string[]): Promise<Finished>;
}

const PROVIDER_VERSION = "5.100.0";

const PROVIDER = (endpoint: string) => `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "${PROVIDER_VERSION}" }
  }
}
provider "aws" {
  region                      = "us-east-1"
  s3_use_path_style           = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {
    cloudtrail = "${endpoint}"
    iam = "${endpoint}"
    kms = "${endpoint}"
    organizations = "${endpoint}"
    s3  = "${endpoint}"
    s3control = "${endpoint}"
    sts = "${endpoint}"
  }
}
`;

export async function workspace(server: Server, folder: string, configuration: string): Promise<Workspace> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "main.tf"), PROVIDER(server.endpoint) + configuration);
  const run = (...args: string[]) =>
    runProgram("terraform", [args[0] ?? "version", "-no-color", ...args.slice(1)], {
      folder,
      environment: {
        ...awsEnvironment(server),
        TF_IN_AUTOMATION: "1",
        // S3 Control is asked at `account.127.0.0.1`, which no resolver knows; loopback itself goes past any proxy.
        HTTP_PROXY: server.endpoint,
        CHECKPOINT_DISABLE: "1",
        TF_CLI_CONFIG_FILE: "/dev/null",
        // Each step starts the provider anew, and a quarter of its processor time is collecting what it made at its start.
        GOGC: "400",
      },
    });
  const plugins = providerFolder();
  const made = await run("init", "-input=false", ...(plugins === undefined ? [] : [`-plugin-dir=${plugins}`]));
  if (made.code !== 0) throw new Error(`terraform init: ${made.stderr}`);
  return { run };
}

/** Why Terraform cannot be shown here, or undefined when it can. */
export async function missingTerraform(): Promise<string | undefined> {
  if (!(await hasProgram("terraform"))) return "terraform is not installed";
  return providerFolder() === undefined ? `the AWS provider ${PROVIDER_VERSION} is not installed offline` : undefined;
}

/** A local mirror of providers, in one of the places where people and machines keep them. */
function providerFolder(): string | undefined {
  const shared = [
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    join(homedir(), ".terraform.d", "plugins"),
  ];
  const optional = existsSync("/opt") ? readdirSync("/opt").map((name) => join("/opt", name)) : [];
  return [...shared, ...optional].find((folder) =>
    existsSync(join(folder, "registry.terraform.io/hashicorp/aws", PROVIDER_VERSION)),
  );
}
