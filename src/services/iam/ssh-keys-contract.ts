import { createPublicKey } from "node:crypto";
import { ARN, guarded, type IamBench } from "./testing.js";

/** An RSA key that nobody has the other half of: its modulus is any number of this many bits. */
export function madeKey(seed: number, bits = 2048) {
  const modulus = Buffer.alloc(bits / 8, seed);
  modulus[0] = 0xc0;
  modulus[modulus.length - 1] = 0x01;
  return createPublicKey({ key: { kty: "RSA", n: modulus.toString("base64url"), e: "AQAB" }, format: "jwk" });
}

export const pemOf = (seed: number, bits?: number) =>
  madeKey(seed, bits).export({ type: "spki", format: "pem" }).toString();

export const ADA = { UserName: "ada" };
export const ADA_ARN = `${ARN}user/ada`;
export const makeAda = (iam: IamBench) => iam.call("CreateUser", ADA);

/** Ada with a key; gives its id. */
export async function adaWithKey(iam: IamBench): Promise<string> {
  await makeAda(iam);
  const { SSHPublicKey } = await iam.call("UploadSSHPublicKey", { ...ADA, SSHPublicKeyBody: pemOf(1) });
  return SSHPublicKey?.SSHPublicKeyId ?? "";
}

/** Every operation on one key first asks for permission on its user. The name stands for any that has a UserName. */
export const guardedOnAda = (name: string, input: object) =>
  guarded(name as "GetUser", { ...ADA, ...input }, ADA_ARN, makeAda);
