import type { Credential } from "./sigv4.js";
import { type Deviation, keyMetadata, type Members, someCredential } from "./stub-kms.js";

// What a proxy has to refuse.

export const minutesFromNow = (count: number): Date => new Date(Date.now() + count * 60_000);

/** Requests that KMS did not make, or not now. */
export const unauthentic = (credential: Credential): Readonly<Record<string, Deviation>> => ({
  "another secret": { credential: { ...credential, secret: someCredential().secret } },
  "an unknown access key": { credential: someCredential() },
  "an unknown access key with the right secret": { credential: { ...someCredential(), secret: credential.secret } },
  "the service kms": { service: "kms" },
  "a clock six minutes ahead": { date: minutesFromNow(6) },
  "a clock six minutes behind": { date: minutesFromNow(-6) },
  "a year ago": { date: minutesFromNow(-525_600) },
  "the host not signed": { signedHeaders: ["x-amz-date"] },
  "the date not signed": { signedHeaders: ["host"] },
  "nothing signed that counts": { signedHeaders: ["content-type"] },
  "no authorization": { headers: { authorization: undefined } },
  "an empty authorization": { headers: { authorization: "" } },
  "another scheme": { headers: { authorization: "Bearer abc" } },
  "no date": { headers: { "x-amz-date": undefined } },
  "another date": { headers: { "x-amz-date": "20200101T000000Z" } },
  "another host": { headers: { host: "elsewhere.example.com" } },
  "another body than was signed": { sentText: '{"requestMetadata":{}}' },
});

type Case = readonly [api: "encrypt" | "decrypt", what: string, members: Members];

const NO_BASE64 = ["", "*", "AAA", "AAAA=", "A A=", "_-==", "AAAA\n", "é", 5, null, {}, [], true];
const zeros = (bytes: number): string => Buffer.alloc(bytes).toString("base64");

/** Members that no right request has, made from those of right ones. */
export function invalidMembers(encrypt: Members, decrypt: Members): readonly Case[] {
  const both = (what: string, change: Members): Case[] => [
    ["encrypt", what, { ...encrypt, ...change }],
    ["decrypt", what, { ...decrypt, ...change }],
  ];
  const parts = ["ciphertext", "initializationVector", "authenticationTag"];
  // An empty plaintext or ciphertext is base64 of nothing: the API does not say what to do with it.
  const wrong = (name: string) => NO_BASE64.filter((value) => value !== "" || !/text$/.test(name));
  return [
    ...both("no request metadata", { requestMetadata: undefined }),
    ...both("request metadata that is a text", { requestMetadata: "x" }),
    ...both("request metadata that is a list", { requestMetadata: [] }),
    ...both("too much additional data", { additionalAuthenticatedData: zeros(8193) }),
    ...both("additional data that is no base64", { additionalAuthenticatedData: "*" }),
    ...[undefined, "AES_CBC", "aes_gcm", "AES_GCM_SIV", "", 5, null].flatMap((encryptionAlgorithm) =>
      both(`the algorithm ${encryptionAlgorithm}`, { encryptionAlgorithm }),
    ),
    ...["awsPrincipalArn", "kmsKeyArn", "kmsOperation", "kmsRequestId"].flatMap((name) =>
      [undefined, 5, ["x"], {}].flatMap((value) =>
        both(`${name} ${value}`, { requestMetadata: { ...keyMetadata("Encrypt"), [name]: value } }),
      ),
    ),
    ["encrypt", "no plaintext", { ...encrypt, plaintext: undefined }],
    ...wrong("plaintext").map((value): Case => ["encrypt", `plaintext ${value}`, { ...encrypt, plaintext: value }]),
    ["decrypt", "metadata of 21 bytes", { ...decrypt, ciphertextMetadata: zeros(21) }],
    ...parts.map((name): Case => ["decrypt", `no ${name}`, { ...decrypt, [name]: undefined }]),
    ...parts.flatMap((name) =>
      wrong(name).map((value): Case => ["decrypt", `${name} ${value}`, { ...decrypt, [name]: value }]),
    ),
    ...[0, 8, 11, 13, 15, 17, 32].flatMap((bytes): Case[] => [
      ["decrypt", `an initialization vector of ${bytes} bytes`, { ...decrypt, initializationVector: zeros(bytes) }],
    ]),
    ...[0, 4, 8, 12, 15, 17, 32].flatMap((bytes): Case[] => [
      ["decrypt", `a tag of ${bytes} bytes`, { ...decrypt, authenticationTag: zeros(bytes) }],
    ]),
  ];
}
