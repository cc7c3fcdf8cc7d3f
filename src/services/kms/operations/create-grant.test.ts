import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, deny, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
  kms.principals.set(ALICE, { kind: "found", uniqueId: "AIDAALICEAAAAAAAAAAAA" });
  kms.principals.set(BOB, { kind: "found", uniqueId: "AIDABOBAAAAAAAAAAAAAA" });
});
after(() => kms.close());

const ALICE = "arn:aws:iam::111122223333:user/alice";
const BOB = "arn:aws:iam::111122223333:user/bob";
const Plaintext = Buffer.from("x");

const grant = (KeyId: string, more: object = {}, parts?: Parameters<typeof kms.call>[2]) =>
  kms.call("CreateGrant", { KeyId, GranteePrincipal: ALICE, Operations: ["Encrypt"], ...more }, parts);
const refusedGrant = async (more: object) =>
  kms.refused("CreateGrant", { KeyId: await kms.keyId(), GranteePrincipal: ALICE, Operations: ["Encrypt"], ...more });

test("the grantee may at once what the grant says, nobody else, and nothing else", async () => {
  const KeyId = await kms.keyId();
  assert.match(await kms.refused("Encrypt", { KeyId, Plaintext }, as("alice")), /^AccessDeniedException/);
  const { GrantId, GrantToken } = await grant(KeyId);
  assert.match(GrantId, /^[0-9a-f]{64}$/);
  await kms.call("Encrypt", { KeyId, Plaintext }, as("alice"));
  await kms.call("Encrypt", { KeyId, Plaintext, GrantTokens: [GrantToken] }, as("alice"));
  assert.match(await kms.refused("Encrypt", { KeyId, Plaintext }, as("bob")), /^AccessDeniedException/);
  assert.match(
    await kms.refused("Encrypt", { KeyId, Plaintext, GrantTokens: [GrantToken] }, as("bob")),
    /^AccessDenied/,
  );
  assert.match(await kms.refused("DescribeKey", { KeyId }, as("alice")), /^AccessDeniedException/);
  assert.match(
    await kms.refused("Encrypt", { KeyId, Plaintext }, as("alice", deny("kms:Encrypt"))),
    /with an explicit deny/,
  );
});

test("constraints on the context are kept to", async () => {
  const [exact, subset] = [await kms.keyId(), await kms.keyId()];
  await grant(exact, { Constraints: { EncryptionContextEquals: { Team: "a" } } });
  await grant(subset, { Constraints: { EncryptionContextSubset: { Team: "a" } } });
  const sealed = (KeyId: string, EncryptionContext?: object) =>
    kms.call("Encrypt", { KeyId, Plaintext, EncryptionContext }, as("alice"));
  const refused = (KeyId: string, EncryptionContext?: object) =>
    kms.refused("Encrypt", { KeyId, Plaintext, EncryptionContext }, as("alice"));
  await sealed(exact, { Team: "a" });
  await sealed(subset, { Team: "a", more: "b" });
  assert.match(await refused(exact, { Team: "a", more: "b" }), /^AccessDeniedException/);
  for (const context of [undefined, {}, { Team: "A" }, { more: "b" }]) {
    assert.match(await refused(exact, context), /^AccessDeniedException/);
    assert.match(await refused(subset, context), /^AccessDeniedException/);
  }
});

test("a source constraint matches that source of a service, and never a call that a user makes", async () => {
  const KeyId = await kms.keyId();
  const SourceArn = "arn:aws:s3:us-east-1:111122223333:bucket";
  await grant(KeyId, { Constraints: { SourceArn } });
  assert.match(await kms.refused("Encrypt", { KeyId, Plaintext }, as("alice")), /^AccessDeniedException/);
  // The source is the word of a service, which calls as itself.
  const logs = "logs.us-east-1.amazonaws.com";
  const service = { GranteePrincipal: undefined, GranteeServicePrincipal: logs, RetiringPrincipal: BOB };
  await grant(KeyId, { ...service, Constraints: { SourceArn } });
  const { caller } = as("unused");
  assert.ok(caller);
  const principal = { kind: "service", arn: "", account: "", service: logs } as const;
  const from = (sourceArn: string) => ({ caller: { ...caller, principal, values: new Map() }, sourceArn });
  await kms.call("Encrypt", { KeyId: arnOf(KeyId), Plaintext }, from(SourceArn));
  assert.match(
    await kms.refused("Encrypt", { KeyId: arnOf(KeyId), Plaintext }, from(`${SourceArn}2`)),
    /^AccessDenied/,
  );
});

test("with a name the same request gives the same grant and another token; both tokens are good", async () => {
  const KeyId = await kms.keyId();
  const [one, two] = [await grant(KeyId, { Name: "n" }), await grant(KeyId, { Name: "n" })];
  assert.equal(one.GrantId, two.GrantId);
  assert.notEqual(one.GrantToken, two.GrantToken);
  for (const { GrantToken } of [one, two]) {
    await kms.call("Encrypt", { KeyId, Plaintext, GrantTokens: [GrantToken] }, as("alice"));
  }
  assert.notEqual((await grant(KeyId, { Name: "n", Operations: ["Decrypt"] })).GrantId, one.GrantId);
  assert.notEqual((await grant(KeyId)).GrantId, (await grant(KeyId)).GrantId);
});

test("tokens of nobody, of another key and of a revoked grant are refused", async () => {
  const [KeyId, other] = [await kms.keyId(), await kms.keyId()];
  const { GrantToken, GrantId } = await grant(KeyId);
  const refused = (id: string, token: string) =>
    kms.refused("Encrypt", { KeyId: id, Plaintext, GrantTokens: [token] }, as("alice"));
  assert.match(await refused(KeyId, "nonsense"), /^InvalidGrantTokenException/);
  assert.match(await refused(KeyId, `${GrantToken.slice(0, -1)}_`), /^InvalidGrantTokenException/);
  assert.match(await refused(other, GrantToken), /^InvalidGrantTokenException/);
  await kms.call("RevokeGrant", { KeyId, GrantId });
  assert.match(await refused(KeyId, GrantToken), /^InvalidGrantTokenException/);
});

test("who was allowed by a grant gives on no more than that grant", async () => {
  const KeyId = await kms.keyId();
  const Constraints = { EncryptionContextSubset: { team: "a" } };
  await grant(KeyId, { Operations: ["CreateGrant", "Encrypt"], Constraints });
  const child = { GranteePrincipal: BOB, Operations: ["Encrypt"], Constraints };
  const alice = as("alice");
  await grant(KeyId, child, alice);
  const tooWide = async (more: object) => {
    const input = { KeyId, ...child, ...more };
    assert.match(await kms.refused("CreateGrant", input, alice), /^AccessDeniedException/);
  };
  await tooWide({ Operations: ["Encrypt", "Decrypt"] });
  await tooWide({ Constraints: undefined });
  await tooWide({ Constraints: { EncryptionContextSubset: { team: "b" } } });
});

test("requests that contradict themselves or name nobody are refused", async () => {
  const service = { GranteePrincipal: undefined, GranteeServicePrincipal: "logs.us-east-1.amazonaws.com" };
  assert.match(await refusedGrant({ GranteePrincipal: undefined }), /^ValidationException/);
  assert.match(await refusedGrant({ GranteeServicePrincipal: "logs.us-east-1.amazonaws.com" }), /^ValidationException/);
  assert.match(await refusedGrant(service), /^ValidationException: A GranteeServicePrincipal requires/);
  assert.match(await refusedGrant({ GranteePrincipal: "alice" }), /^InvalidArnException/);
  assert.match(
    await refusedGrant({ GranteePrincipal: "arn:aws:iam::111122223333:user/nobody" }),
    /^InvalidArnException/,
  );
  assert.match(await refusedGrant({ Operations: ["Sign"] }), /^ValidationException: Operation Sign is not valid/);
  await grant(await kms.keyId(), { GranteePrincipal: "arn:aws:iam::444455556666:user/whoever" });
});

test("a policy may bound what is granted, and a dry run grants nothing", async () => {
  const KeyId = await kms.keyId();
  const condition = { "ForAllValues:StringEquals": { "kms:GrantOperations": ["Encrypt"] } };
  const bounded = as("ops", allow("kms:CreateGrant", "*", { Condition: condition }));
  await grant(KeyId, {}, bounded);
  const wide = { KeyId, GranteePrincipal: ALICE, Operations: ["Encrypt", "Decrypt"] };
  assert.match(await kms.refused("CreateGrant", wide, bounded), /^AccessDeniedException/);
  assert.match(await kms.refused("CreateGrant", { ...wide, DryRun: true }), /^DryRunOperationException/);
  assert.equal((await kms.call("ListGrants", { KeyId })).Grants.length, 1);
});

test("a role that was made anew under the same name inherits no grant", async () => {
  const KeyId = await kms.keyId();
  kms.principals.set(BOB, { kind: "found", uniqueId: "AIDATHEBOBBEFORETHIS0" });
  await grant(KeyId, { GranteePrincipal: BOB });
  assert.match(await kms.refused("Encrypt", { KeyId, Plaintext }, as("bob")), /^AccessDeniedException/);
});

test("the record shows grant and key and never the token", async () => {
  const KeyId = await kms.keyId();
  const Constraints = { EncryptionContextSubset: { Team: "a" } };
  const input = { KeyId, GranteePrincipal: ALICE, Operations: ["Encrypt"], Constraints };
  const { request, response } = await kms.recorded("CreateGrant", input);
  assert.deepEqual(Object(request?.["constraints"]), { encryptionContextSubset: { Team: "a" } });
  assert.deepEqual(Object.keys(response ?? {}), ["keyId", "grantId"]);
  assert.equal(response?.["keyId"], arnOf(KeyId));
});

test("an empty constraint beside another one is none: Terraform sends both", async () => {
  const KeyId = await kms.keyId();
  const Constraints = { EncryptionContextEquals: {}, EncryptionContextSubset: { team: "a" } };
  const { GrantId } = await grant(KeyId, { Constraints });
  const { Grants } = await kms.call("ListGrants", { KeyId, GrantId });
  assert.deepEqual(Grants[0]?.Constraints, { EncryptionContextSubset: { team: "a" } });
  assert.match(
    await refusedGrant({ Constraints: { EncryptionContextEquals: { a: "b" }, EncryptionContextSubset: { a: "b" } } }),
    /exclude each other/,
  );
});

const GRANT_OPERATIONS =
  "Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext ReEncryptFrom ReEncryptTo Sign Verify GetPublicKey GenerateMac VerifyMac DeriveSharedSecret Encapsulate Decapsulate CreateGrant RetireGrant DescribeKey";
const DATA_KEYS =
  "GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext";
const CIPHERS = "Decrypt Encrypt ReEncryptFrom ReEncryptTo";

test("the operations of a grant suit the key: one by one, for each kind of key", async () => {
  const kinds = [
    [{}, `${CIPHERS} ${DATA_KEYS}`],
    [{ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" }, `${CIPHERS} GetPublicKey`],
    [{ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }, "Sign Verify GetPublicKey"],
    [{ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" }, "DeriveSharedSecret GetPublicKey"],
    [{ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }, "GenerateMac VerifyMac"],
    [{ KeySpec: "ML_KEM_512", KeyUsage: "ENCAPSULATE_DECAPSULATE" }, "Encapsulate Decapsulate GetPublicKey"],
  ] as const;
  for (const [key, own] of kinds) {
    const KeyId = await kms.keyId(key);
    const fit = [...own.split(" "), "CreateGrant", "RetireGrant", "DescribeKey"];
    await grant(KeyId, { Operations: fit });
    for (const operation of GRANT_OPERATIONS.split(" ").filter((name) => !fit.includes(name))) {
      const input = { KeyId, GranteePrincipal: ALICE, Operations: ["DescribeKey", operation] };
      assert.match(await kms.refused("CreateGrant", input), /^ValidationException: Operation /, operation);
    }
  }
});

test("only symmetric encryption keys have a context that a grant could ask for; a source they all have", async () => {
  const KeyId = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  const input = { KeyId, GranteePrincipal: ALICE, Operations: ["Sign"] };
  for (const name of ["EncryptionContextEquals", "EncryptionContextSubset"]) {
    const Constraints = { [name]: { a: "1" } };
    assert.match(await kms.refused("CreateGrant", { ...input, Constraints }), /^ValidationException/);
  }
  const SourceArn = "arn:aws:s3:us-east-1:111122223333:bucket";
  await kms.call("CreateGrant", { ...input, Constraints: { SourceArn } });
});
