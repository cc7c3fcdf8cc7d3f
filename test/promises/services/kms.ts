import { randomBytes } from "node:crypto";
import * as sdk from "@aws-sdk/client-kms";
import { wrapForImport } from "../../../src/crypto/testing.js";
import { awsOperations } from "../aws-operations.js";
import type { KeyUse, Register, ServiceRow, Stage } from "../row.js";
import { inputsOfAllKinds, plantInAllKinds } from "./kms-kinds.js";

const Plaintext = Buffer.from("plaintext");

export const accountPolicy = (account: string, Sid: string, ...actions: string[]) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid,
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: actions.length === 0 ? "kms:*" : actions,
        Resource: "*",
      },
    ],
  });

export async function newKey({ root }: Stage, input: sdk.CreateKeyCommandInput = {}): Promise<string> {
  return (await root.kms.send(new sdk.CreateKeyCommand(input))).KeyMetadata?.Arn ?? "";
}

/** Of a key manager that nobody runs. */
const EXTERNAL_STORE = {
  CustomKeyStoreType: "EXTERNAL_KEY_STORE",
  XksProxyUriEndpoint: "https://xks.invalid",
  XksProxyUriPath: "/kms/xks/v1",
  XksProxyConnectivity: "PUBLIC_ENDPOINT",
  XksProxyAuthenticationCredential: { AccessKeyId: "A".repeat(20), RawSecretAccessKey: "a".repeat(43) },
};

/** Material that comes from outside must stay inside: neither it nor its token is to be found anywhere. */
async function importCanary(stage: Stage, description: string, plant: (material: Buffer) => void): Promise<void> {
  const { kms } = stage.root;
  const KeyId = await newKey(stage, { Origin: "EXTERNAL" });
  const WrappingAlgorithm = "RSA_AES_KEY_WRAP_SHA_256";
  const asked = { KeyId, WrappingAlgorithm, WrappingKeySpec: "RSA_2048" } as const;
  const { ImportToken, PublicKey } = await kms.send(new sdk.GetParametersForImportCommand(asked));
  const material = randomBytes(32);
  plant(material);
  await kms.send(
    new sdk.ImportKeyMaterialCommand({
      KeyId,
      ImportToken,
      EncryptedKeyMaterial: wrapForImport(PublicKey ?? new Uint8Array(), WrappingAlgorithm, material),
      ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
      KeyMaterialDescription: description,
    }),
  );
}

export const kms: ServiceRow = {
  id: "kms",

  async plantCanaries(stage, canaries) {
    const { root, account } = stage;
    const text = (field: string) => canaries.text(`kms ${field}`);
    const KeyId = await newKey(stage, {
      Description: text("description"),
      Tags: [{ TagKey: text("tag key"), TagValue: text("tag value") }],
      Policy: accountPolicy(account, text("first Sid")),
    });
    await root.kms.send(new sdk.UpdateKeyDescriptionCommand({ KeyId, Description: text("second description") }));
    await root.kms.send(
      new sdk.TagResourceCommand({ KeyId, Tags: [{ TagKey: text("late tag key"), TagValue: text("late tag value") }] }),
    );
    await root.kms.send(new sdk.PutKeyPolicyCommand({ KeyId, Policy: accountPolicy(account, text("second Sid")) }));
    const AliasName = `alias/${text("alias")}`;
    await root.kms.send(new sdk.CreateAliasCommand({ AliasName, TargetKeyId: KeyId }));
    const grant = await root.kms.send(
      new sdk.CreateGrantCommand({
        KeyId,
        GranteePrincipal: `arn:aws:iam::${account}:root`,
        Operations: ["Decrypt"],
        Name: text("grant name"),
        Constraints: { EncryptionContextSubset: { [text("constraint key")]: text("constraint value") } },
      }),
    );
    canaries.secret("kms grant token", grant.GrantToken);
    const EncryptionContext = { [text("context key")]: text("context value") };
    const plaintext = canaries.body("kms plaintext", 2000);
    const sealed = await root.kms.send(
      new sdk.EncryptCommand({ KeyId: AliasName, Plaintext: plaintext, EncryptionContext }),
    );
    await root.kms.send(new sdk.DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext }));
    await root.kms.send(
      new sdk.ReEncryptCommand({
        CiphertextBlob: sealed.CiphertextBlob,
        SourceEncryptionContext: EncryptionContext,
        DestinationKeyId: KeyId,
        DestinationEncryptionContext: { [text("new context key")]: text("new context value") },
      }),
    );
    const made = await root.kms.send(
      new sdk.GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext: { k: text("data key context") } }),
    );
    canaries.secret("kms data key", made.Plaintext);
    await importCanary(stage, canaries.text("kms material description"), (material) =>
      canaries.secret("kms imported material", material),
    );
    canaries.secret(
      "kms random",
      (await root.kms.send(new sdk.GenerateRandomCommand({ NumberOfBytes: 32 }))).Plaintext,
    );
    await root.kms.send(new sdk.DescribeKeyCommand({ KeyId: `alias/${text("missing alias")}` })).catch(() => {});
    await plantInAllKinds(stage, canaries);
  },

  operations: awsOperations("kms", sdk, (clients) => clients.kms, {
    needNoPermission: {},
    async inputs(stage) {
      const { root, account } = stage;
      const KeyId = await newKey(stage, { Tags: [{ TagKey: "a", TagValue: "b" }] });
      const related = await newKey(stage, { MultiRegion: true });
      await root.kms.send(new sdk.ReplicateKeyCommand({ KeyId: related, ReplicaRegion: "eu-west-1" }));
      const sealed = await root.kms.send(new sdk.EncryptCommand({ KeyId, Plaintext }));
      const principal = `arn:aws:iam::${account}:root`;
      const grant = await root.kms.send(
        new sdk.CreateGrantCommand({ KeyId, GranteePrincipal: principal, Operations: ["Decrypt"] }),
      );
      await root.kms.send(new sdk.CreateAliasCommand({ AliasName: "alias/there", TargetKeyId: KeyId }));
      return {
        members: {
          KeyId,
          TargetKeyId: KeyId,
          DestinationKeyId: KeyId,
          Plaintext,
          GrantId: grant.GrantId,
          AliasName: "alias/there",
          Policy: accountPolicy(account, "Changed"),
          PolicyName: "default",
          Operations: ["Decrypt"],
          Tags: [{ TagKey: "a", TagValue: "b" }],
        },
        optional: { EncryptionContext: { a: "b" }, SourceEncryptionContext: { a: "b" }, Description: "more" },
        operations: {
          ...(await inputsOfAllKinds(stage)),
          CreateGrant: { GranteePrincipal: principal },
          CreateCustomKeyStore: EXTERNAL_STORE,
          Decrypt: { CiphertextBlob: sealed.CiphertextBlob },
          ListRetirableGrants: { RetiringPrincipal: principal },
          ReEncrypt: { CiphertextBlob: sealed.CiphertextBlob },
          CreateAlias: { AliasName: "alias/new" },
          GenerateDataKey: { KeySpec: "AES_256" },
          GenerateDataKeyWithoutPlaintext: { KeySpec: "AES_256" },
          GetParametersForImport: { WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" },
          ImportKeyMaterial: { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" },
          GenerateRandom: { NumberOfBytes: 16 },
          RetireGrant: { KeyId, GrantId: grant.GrantId },
          ReplicateKey: { KeyId: related, ReplicaRegion: "sa-east-1" },
          UpdatePrimaryRegion: { KeyId: related, PrimaryRegion: "eu-west-1" },
        },
      };
    },
  }),

  async registers(stage) {
    const KeyId = await newKey(stage, { Description: "registers" });
    return [described(KeyId), tagged(KeyId), policied(KeyId), created(), sealed(KeyId)];
  },

  keyUses: [
    keyUse("Encrypt", async (_stage, KeyId) => ({
      use: ({ kms }) => kms.send(new sdk.EncryptCommand({ KeyId, Plaintext })),
    })),
    keyUse("GenerateDataKey", async (_stage, KeyId) => ({
      use: ({ kms }) => kms.send(new sdk.GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" })),
    })),
    keyUse("GenerateDataKeyPair", async (_stage, KeyId) => ({
      use: ({ kms }) => kms.send(new sdk.GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: "ECC_NIST_P256" })),
    })),
    keyUse("Decrypt", async ({ root }, KeyId) => {
      const { CiphertextBlob } = await root.kms.send(new sdk.EncryptCommand({ KeyId, Plaintext }));
      return { use: ({ kms }) => kms.send(new sdk.DecryptCommand({ CiphertextBlob })) };
    }),
    keyUse("ReEncrypt", async ({ root }, KeyId) => {
      const { CiphertextBlob } = await root.kms.send(new sdk.EncryptCommand({ KeyId, Plaintext }));
      return { use: ({ kms }) => kms.send(new sdk.ReEncryptCommand({ CiphertextBlob, DestinationKeyId: KeyId })) };
    }),
  ],
};

/** The service's permissions are the key's own here: the test decides about them. */
function keyUse(name: string, prepare: KeyUse["prepare"]): KeyUse {
  return { name: `kms ${name}`, actions: [], prepare };
}

function described(KeyId: string): Register {
  return {
    name: "kms key description",
    isTold: true,
    write: async ({ root }, Description) => {
      await root.kms.send(new sdk.UpdateKeyDescriptionCommand({ KeyId, Description }));
    },
    read: async ({ root }) => (await root.kms.send(new sdk.DescribeKeyCommand({ KeyId }))).KeyMetadata?.Description,
  };
}

function tagged(KeyId: string): Register {
  return {
    name: "kms key tag",
    write: async ({ root }, TagValue) => {
      await root.kms.send(new sdk.TagResourceCommand({ KeyId, Tags: [{ TagKey: "register", TagValue }] }));
    },
    read: async ({ root }) => (await root.kms.send(new sdk.ListResourceTagsCommand({ KeyId }))).Tags?.[0]?.TagValue,
  };
}

function policied(KeyId: string): Register {
  return {
    name: "kms key policy",
    isTold: true,
    write: async ({ root, account }, Sid) => {
      await root.kms.send(new sdk.PutKeyPolicyCommand({ KeyId, Policy: accountPolicy(account, Sid) }));
    },
    read: async ({ root }) => {
      const { Policy } = await root.kms.send(new sdk.GetKeyPolicyCommand({ KeyId }));
      return JSON.parse(Policy ?? "{}").Statement[0].Sid;
    },
  };
}

/** A new key for each value, with an alias that moves to it: material and metadata lie in two databases. */
function created(): Register {
  let last: { KeyId: string; blob: Uint8Array | undefined } | undefined;
  return {
    name: "kms new key",
    write: async (stage, Description) => {
      const KeyId = await newKey(stage, { Description });
      const context = { made: Description };
      const { CiphertextBlob } = await stage.root.kms.send(
        new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.from(Description), EncryptionContext: context }),
      );
      last = { KeyId, blob: CiphertextBlob };
    },
    read: async ({ root }) => {
      if (last === undefined) return undefined;
      const { KeyMetadata } = await root.kms.send(new sdk.DescribeKeyCommand({ KeyId: last.KeyId }));
      const opened = await root.kms.send(
        new sdk.DecryptCommand({
          CiphertextBlob: last.blob,
          EncryptionContext: { made: KeyMetadata?.Description ?? "" },
        }),
      );
      return Buffer.from(opened.Plaintext ?? []).toString();
    },
  };
}

/** A ciphertext outlives every restart and every rotation. */
function sealed(KeyId: string): Register {
  let blob: Uint8Array | undefined;
  return {
    name: "kms ciphertext",
    write: async ({ root }, value) => {
      const made = await root.kms.send(new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.from(value) }));
      blob = made.CiphertextBlob;
    },
    read: async ({ root }) => {
      if (blob === undefined) return undefined;
      const opened = await root.kms.send(new sdk.DecryptCommand({ CiphertextBlob: blob }));
      return Buffer.from(opened.Plaintext ?? []).toString();
    },
  };
}
