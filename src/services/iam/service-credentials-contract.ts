import { ADA } from "./ssh-keys-contract.js";
import type { IamBench } from "./testing.js";

export const CODE_COMMIT = "codecommit.amazonaws.com";
export const BEDROCK = "bedrock.amazonaws.com";
export const ABSENT = "ACCA".padEnd(21, "A");

/** A credential of Ada's, with its secret. */
export async function newCredential(iam: IamBench, ServiceName = CODE_COMMIT, more: object = {}) {
  const made = await iam.call("CreateServiceSpecificCredential", { ...ADA, ServiceName, ...more });
  const shown = made.ServiceSpecificCredential;
  return { id: shown?.ServiceSpecificCredentialId ?? "", shown };
}

export const listed = async (iam: IamBench, input: object = ADA) =>
  (await iam.call("ListServiceSpecificCredentials", input)).ServiceSpecificCredentials ?? [];
