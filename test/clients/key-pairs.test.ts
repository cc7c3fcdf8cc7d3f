import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CreateKeyCommand, DecapsulateCommand, GetPublicKeyCommand } from "@aws-sdk/client-kms";
import { awsEnvironment, clientsOf, runProgram } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const has = async (command: string, ...args: string[]) =>
  (await runProgram(command, args).catch(() => ({ code: 1 }))).code === 0;
const hasPython = await has("python3", "-c", "import boto3, cryptography");
const hasOpenssl = await has("openssl", "version");
const hasCli = await has("aws", "--version");

const folder = newFolder("key-pairs");
let server: Server;
before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

test("python's cryptography verifies, encrypts and agrees with keys of this KMS", {
  skip: hasPython ? false : "python3 with boto3 and cryptography is not installed",
}, async (t) => {
  const script = join(process.cwd(), "test", "clients", "key_pairs.py");
  const done = await runProgram("python3", [script], { environment: awsEnvironment(server) });
  assert.equal(done.code, 0, done.stderr);
  for (const line of done.stdout.trim().split("\n")) t.diagnostic(line);
  const [, ok, parts] = /^ok: (\d+) of (\d+) parts/m.exec(done.stdout) ?? [];
  assert.equal(ok, parts);
  assert.ok(Number(ok) >= 7);
});

const ENCAPSULATE = `
import sys
from cryptography.hazmat.primitives.serialization import load_der_public_key
secret, ciphertext = load_der_public_key(bytes.fromhex(sys.stdin.read())).encapsulate()
print(secret.hex(), ciphertext.hex())
`;
const hasMlKem = await has("python3", "-c", "from cryptography.hazmat.primitives.asymmetric import mlkem");

test("what python encapsulates to an ML-KEM key of this KMS, Decapsulate opens", {
  skip: hasMlKem ? false : "python3 with a cryptography package that knows ML-KEM is not installed",
}, async () => {
  const { kms } = clientsOf(server);
  for (const KeySpec of ["ML_KEM_768", "ML_KEM_1024"] as const) {
    const made = await kms.send(new CreateKeyCommand({ KeySpec, KeyUsage: "ENCAPSULATE_DECAPSULATE" }));
    const KeyId = made.KeyMetadata?.KeyId;
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId }));
    const input = Buffer.from(PublicKey ?? []).toString("hex");
    const done = await runProgram("python3", ["-c", ENCAPSULATE], { input });
    assert.equal(done.code, 0, done.stderr);
    const [secret = "", ciphertext = ""] = done.stdout.trim().split(" ");
    const SharedSecretCiphertextBlob = Buffer.from(ciphertext, "hex");
    const opening = { KeyId, EncapsulationAlgorithm: "ML_KEM", SharedSecretCiphertextBlob } as const;
    const { SharedSecret } = await kms.send(new DecapsulateCommand(opening));
    assert.equal(Buffer.from(SharedSecret ?? []).toString("hex"), secret);
  }
});

test("the AWS CLI signs, OpenSSL verifies; OpenSSL encrypts, the AWS CLI decrypts", {
  skip: hasCli && hasOpenssl ? false : "the AWS CLI and OpenSSL are not both installed",
}, async () => {
  const run = async (command: string, ...args: string[]): Promise<string> => {
    const done = await runProgram(command, args, { folder, environment: awsEnvironment(server) });
    assert.equal(done.code, 0, `${command} ${args.join(" ")}: ${done.stderr}`);
    return done.stdout;
  };
  const aws = async (...args: string[]) => JSON.parse(await run("aws", "kms", ...args, "--output", "json"));
  const bytesTo = (name: string, base64: string) => writeFileSync(join(folder, name), Buffer.from(base64, "base64"));
  const newKey = async (spec: string, usage: string): Promise<string> =>
    (await aws("create-key", "--key-spec", spec, "--key-usage", usage)).KeyMetadata.KeyId;
  writeFileSync(join(folder, "message"), "what is signed");

  const signer = await newKey("RSA_2048", "SIGN_VERIFY");
  const signing = ["--key-id", signer, "--message", "fileb://message", "--signing-algorithm", "RSASSA_PSS_SHA_384"];
  const { Signature } = await aws("sign", ...signing);
  bytesTo("signature", Signature);
  bytesTo("public.der", (await aws("get-public-key", "--key-id", signer)).PublicKey);
  await run("openssl", "rsa", "-pubin", "-inform", "DER", "-in", "public.der", "-out", "public.pem");
  const pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"];
  const verified = await run(
    "openssl",
    "dgst",
    "-sha384",
    ...pss,
    "-verify",
    "public.pem",
    "-signature",
    "signature",
    "message",
  );
  assert.match(verified, /Verified OK/);
  assert.equal((await aws("verify", ...signing, "--signature", "fileb://signature")).SignatureValid, true);
  writeFileSync(join(folder, "message"), "something else");
  const refused = await runProgram("aws", ["kms", "verify", ...signing, "--signature", "fileb://signature"], {
    folder,
    environment: awsEnvironment(server),
  });
  assert.match(refused.stderr, /KMSInvalidSignatureException/);

  const cipher = await newKey("RSA_2048", "ENCRYPT_DECRYPT");
  bytesTo("cipher.der", (await aws("get-public-key", "--key-id", cipher)).PublicKey);
  const oaep = [
    "-pkeyopt",
    "rsa_padding_mode:oaep",
    "-pkeyopt",
    "rsa_oaep_md:sha256",
    "-pkeyopt",
    "rsa_mgf1_md:sha256",
  ];
  const to = ["-pubin", "-keyform", "DER", "-inkey", "cipher.der"];
  await run("openssl", "pkeyutl", "-encrypt", ...to, ...oaep, "-in", "message", "-out", "sealed");
  const opening = [
    "--key-id",
    cipher,
    "--ciphertext-blob",
    "fileb://sealed",
    "--encryption-algorithm",
    "RSAES_OAEP_SHA_256",
  ];
  const { Plaintext } = await aws("decrypt", ...opening);
  assert.equal(Buffer.from(Plaintext, "base64").toString(), "something else");
});
