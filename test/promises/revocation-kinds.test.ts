/**
 * Promise I4 for key pairs and HMAC keys: half of their operations need no secret and happen in the workers, from the
 * public key that each of them keeps. A switch stops those at the next call too, on every connection.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as kms from "@aws-sdk/client-kms";
import { type Clients, clientsOf } from "../harness/clients.js";
import { newUser, type Person } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import type { Stage } from "./row.js";
import { accountPolicy, newKey } from "./services/kms.js";
import { PEER } from "./services/kms-kinds.js";
import { errorOfCall, stageOf } from "./stage.js";

const CONNECTIONS = 8;
const Message = Buffer.from("message");

/** Every use of one kind of key; the first call makes what the second one opens or checks. */
interface Kind {
  readonly key: kms.CreateKeyCommandInput;
  readonly operations: readonly kms.GrantOperation[];
  prepare(root: Clients, KeyId: string): Promise<readonly ((clients: Clients) => Promise<unknown>)[]>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  "a signing key": {
    key: { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" },
    operations: ["Sign", "Verify", "GetPublicKey"],
    async prepare(root, KeyId) {
      const signing = { KeyId, Message, SigningAlgorithm: "ECDSA_SHA_256" } as const;
      const { Signature } = await root.kms.send(new kms.SignCommand(signing));
      return [
        (clients) => clients.kms.send(new kms.SignCommand(signing)),
        (clients) => clients.kms.send(new kms.VerifyCommand({ ...signing, Signature })),
      ];
    },
  },
  "an RSA encryption key": {
    key: { KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" },
    operations: ["Encrypt", "Decrypt"],
    async prepare(root, KeyId) {
      const rsa = { KeyId, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" } as const;
      const { CiphertextBlob } = await root.kms.send(new kms.EncryptCommand({ ...rsa, Plaintext: Message }));
      return [
        (clients) => clients.kms.send(new kms.EncryptCommand({ ...rsa, Plaintext: Message })),
        (clients) => clients.kms.send(new kms.DecryptCommand({ ...rsa, CiphertextBlob })),
      ];
    },
  },
  "an HMAC key": {
    key: { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
    operations: ["GenerateMac", "VerifyMac"],
    async prepare(root, KeyId) {
      const tagging = { KeyId, Message, MacAlgorithm: "HMAC_SHA_256" } as const;
      const { Mac } = await root.kms.send(new kms.GenerateMacCommand(tagging));
      return [
        (clients) => clients.kms.send(new kms.GenerateMacCommand(tagging)),
        (clients) => clients.kms.send(new kms.VerifyMacCommand({ ...tagging, Mac })),
      ];
    },
  },
  "an agreement key": {
    key: { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" },
    operations: ["DeriveSharedSecret"],
    async prepare(_root, KeyId) {
      const agreed = { KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey: PEER } as const;
      return [(clients) => clients.kms.send(new kms.DeriveSharedSecretCommand(agreed))];
    },
  },
  "an ML-KEM key": {
    key: { KeySpec: "ML_KEM_512", KeyUsage: "ENCAPSULATE_DECAPSULATE" },
    operations: ["Encapsulate", "Decapsulate"],
    async prepare(root, KeyId) {
      const kem = { KeyId, EncapsulationAlgorithm: "ML_KEM" } as const;
      const { SharedSecretCiphertextBlob } = await root.kms.send(new kms.EncapsulateCommand(kem));
      return [
        (clients) => clients.kms.send(new kms.EncapsulateCommand(kem)),
        (clients) => clients.kms.send(new kms.DecapsulateCommand({ ...kem, SharedSecretCiphertextBlob })),
      ];
    },
  },
};

const folder = newFolder("i4-kinds");
let server: Server;
let stage: Stage;
before(async () => {
  server = await startServer({ dataFolder: join(folder, "data"), workers: 2 });
  stage = await stageOf(server);
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** Takes the key away from whoever was granted its use. */
type Switch = (KeyId: string, GrantId: string | undefined) => Promise<unknown>;

const SWITCHES: Readonly<Record<string, Switch>> = {
  RevokeGrant: (KeyId, GrantId) => stage.root.kms.send(new kms.RevokeGrantCommand({ KeyId, GrantId })),
  PutKeyPolicy: (KeyId) => {
    const denial = { Effect: "Deny", Principal: "*", Action: USES, Resource: "*" };
    const policy = JSON.parse(accountPolicy(stage.account, "Account"));
    policy.Statement.push(denial);
    return stage.root.kms.send(new kms.PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify(policy) }));
  },
  DisableKey: (KeyId) => stage.root.kms.send(new kms.DisableKeyCommand({ KeyId })),
  ScheduleKeyDeletion: (KeyId) => stage.root.kms.send(new kms.ScheduleKeyDeletionCommand({ KeyId })),
};
const USES = Object.values(KINDS).flatMap(({ operations }) => operations.map((name) => `kms:${name}`));
const REFUSED = /^(AccessDeniedException|DisabledException|KMSInvalidStateException)$/;

for (const [what, kind] of Object.entries(KINDS)) {
  test(`${Object.keys(SWITCHES).join(", ")}: each stops every use of ${what} on every connection`, async () => {
    const user = await newUser(server, stage.root, what.replaceAll(/\W/g, "-"));
    for (const [name, turnOff] of Object.entries(SWITCHES)) {
      const KeyId = await newKey(stage, kind.key);
      const uses = await kind.prepare(stage.root, KeyId);
      const grant = { KeyId, GranteePrincipal: user.arn, Operations: [...kind.operations] };
      const { GrantId } = await stage.root.kms.send(new kms.CreateGrantCommand(grant));
      const connections = Array.from({ length: CONNECTIONS }, () => connectionOf(user));
      const tried = () => Promise.all(connections.flatMap((each) => uses.map((use) => errorOfCall(use(each)))));
      assert.deepEqual(new Set(await tried()), new Set([undefined]), `${what} worked before ${name}`);
      await turnOff(KeyId, GrantId);
      for (const error of await tried()) assert.match(error?.name ?? "none", REFUSED, `${what} after ${name}`);
    }
  });
}

const connectionOf = ({ credentials }: Person) => clientsOf(server, { credentials });
