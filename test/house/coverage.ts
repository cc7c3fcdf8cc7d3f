import type { Service } from "../../src/kit/index.js";
import { cloudTrailService } from "../../src/services/cloudtrail/service.js";
import { iamService } from "../../src/services/iam/service.js";
import { kmsService } from "../../src/services/kms/service.js";
import { organizationsService } from "../../src/services/organizations/service.js";
import { openS3 } from "../../src/services/s3/index.js";
import { s3ControlService } from "../../src/services/s3-control/service.js";
import { stsService } from "../../src/services/sts/service.js";
import type { Wire } from "../../src/wire/index.js";

/** Operations that do a part of what AWS's do, and which part is missing. All others that are there are whole. */
const PARTIAL: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  kms: {
    ConnectCustomKeyStore: "CloudHSM clusters are tokens that the settings name",
    CreateCustomKeyStore: "CloudHSM clusters are tokens that the settings name",
    Decrypt: "attested recipients are refused",
    DeriveSharedSecret: "attested recipients are refused",
    GenerateDataKey: "attested recipients are refused",
    GenerateDataKeyPair: "attested recipients are refused",
    GenerateRandom: "attested recipients are refused",
  },
  iam: {
    CreateSAMLProvider: "without private keys for encrypted assertions",
    CreateServiceLinkedRole: "services of a table; without the policies that they bring",
    CreateVirtualMFADevice: "the seed; no picture of it (QR code)",
    GenerateServiceLastAccessedDetails: "by service, not by action; the services that are written here",
    ListPolicies: "a choice of AWS managed policies",
    UpdateSAMLProvider: "without private keys for encrypted assertions",
  },
  sts: {
    AssumeRoleWithSAML: "signed assertions in the clear; encrypted ones are refused",
  },
  s3: {
    CopyObject: "SSE-S3 and SSE-KMS",
    CreateMultipartUpload: "SSE-S3 and SSE-KMS",
    GetObject: "SSE-S3 and SSE-KMS",
    PutObject: "SSE-S3 and SSE-KMS",
  },
  organizations: {
    CreateAccount: "made in the call; its root has no key",
    EnablePolicyType: "service control and resource control policies",
    InviteAccountToOrganization: "accounts of this house",
    ListAWSServiceAccessForOrganization: "there is none",
  },
  cloudtrail: {
    CreateTrail: "no SNS, CloudWatch Logs or organizations",
    GetInsightSelectors: "there are none",
    LookupEvents: "management events; no insights",
    PutEventSelectors: "no network activity events",
    PutInsightSelectors: "none can be turned on",
    UpdateTrail: "no SNS, CloudWatch Logs or organizations",
  },
};

/**
 * The services that are written. Ports are looked at when an operation runs, never when it is bound: so a stand-in
 * that has nothing is enough to list them.
 */
export function writtenServices(): Service[] {
  const nothing = new Proxy({}, { get: () => undefined }) as never; // never looked into, see above
  return [
    kmsService({ kms: nothing }),
    iamService(nothing),
    stsService(nothing),
    openS3(nothing),
    s3ControlService(nothing),
    cloudTrailService(nothing),
    organizationsService(nothing),
  ];
}

/** docs/services/coverage.md, from the services themselves and the official models. */
export function coverage(wire: Wire): string {
  const written = new Map(writtenServices().map((service) => [service.id, service]));
  const sections = wire.services.map((id) =>
    section(id, [...wire.service(id).operations.keys()].sort(), written.get(id)),
  );
  return `# Coverage

Generated from the services and the official models; \`npm test\` holds it true. **Real**: the operation does what AWS's does.
**Partial**: it does a part, named here, and refuses the rest. **Absent**: it answers \`NotImplemented\` in its protocol.

| service | real | partial | absent |
|---|---|---|---|
${sections.map((each) => each.row).join("\n")}
${sections.map((each) => each.detail).join("")}`;
}

function section(id: string, names: readonly string[], service: Service | undefined) {
  const partial = PARTIAL[id] ?? {};
  const there = names.filter((name) => service?.operations.has(name));
  const real = there.filter((name) => partial[name] === undefined);
  const some = there.filter((name) => partial[name] !== undefined);
  const absent = names.filter((name) => !there.includes(name));
  const row = `| ${id} | ${real.length} | ${some.length} | ${absent.length} |`;
  if (there.length === 0) return { row, detail: "" };
  const parts = [
    `\n## ${id}\n`,
    `**Real**: ${real.join(", ")}.\n`,
    ...(some.length === 0 ? [] : [`**Partial**:\n${some.map((name) => `- ${name}: ${partial[name]}`).join("\n")}\n`]),
    `**Absent**: ${absent.join(", ") || "none"}.\n`,
  ];
  return { row, detail: parts.join("\n") };
}
