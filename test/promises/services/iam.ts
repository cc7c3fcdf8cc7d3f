import { generateKeyPairSync } from "node:crypto";
import * as sdk from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { testIdp } from "../../../src/identity/saml/testing.js";
import { clientsOf } from "../../harness/clients.js";
import { selfSigned } from "../../xks/certificate.js";
import { awsOperations } from "../aws-operations.js";
import type { Register, ServiceRow, Stage } from "../row.js";

const document = (Sid: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid, Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }],
  });

const newRsaKey = () =>
  generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }).toString();

export const trustOf = (account: string, more: object = {}) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole", ...more },
    ],
  });

export const iam: ServiceRow = {
  id: "iam",

  async plantCanaries({ root, account }, canaries) {
    const text = (field: string) => canaries.text(`iam ${field}`);
    const tags = (of: string) => [{ Key: text(`${of} tag key`), Value: text(`${of} tag value`) }];
    const [UserName, GroupName, RoleName] = [text("user name"), text("group name"), text("role name")];
    await root.iam.send(new sdk.CreateUserCommand({ UserName, Path: `/${text("user path")}/`, Tags: tags("user") }));
    await root.iam.send(new sdk.TagUserCommand({ UserName, Tags: tags("late user") }));
    const { AccessKey } = await root.iam.send(new sdk.CreateAccessKeyCommand({ UserName }));
    canaries.secret("iam secret access key", AccessKey?.SecretAccessKey);
    const { VirtualMFADevice } = await root.iam.send(
      new sdk.CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: text("device name"), Tags: tags("device") }),
    );
    canaries.secret("iam device seed", VirtualMFADevice?.Base32StringSeed);
    const Password = `Aa1-${text("password")}`;
    canaries.secret("iam password", Password);
    await root.iam.send(new sdk.CreateLoginProfileCommand({ UserName, Password }));
    await root.iam.send(new sdk.CreateGroupCommand({ GroupName, Path: `/${text("group path")}/` }));
    await root.iam.send(new sdk.AddUserToGroupCommand({ UserName, GroupName }));
    await root.iam.send(
      new sdk.CreateRoleCommand({
        RoleName,
        Path: `/${text("role path")}/`,
        Description: text("role description"),
        Tags: tags("role"),
        AssumeRolePolicyDocument: trustOf(account, {
          Sid: text("trust Sid"),
          Condition: { StringEquals: { "sts:ExternalId": text("trust condition") } },
        }),
      }),
    );
    await root.iam.send(
      new sdk.CreateOpenIDConnectProviderCommand({
        Url: `https://${text("provider host")}.example.com`,
        ClientIDList: [text("client id")],
        Tags: tags("provider"),
      }),
    );
    await root.iam.send(
      new sdk.CreateSAMLProviderCommand({
        Name: text("saml provider name"),
        SAMLMetadataDocument: (await testIdp("ec", `https://${text("saml entity")}.example.com`)).metadata(),
        Tags: tags("saml provider"),
      }),
    );
    const inline = (of: string) => ({
      PolicyName: text(`${of} policy name`),
      PolicyDocument: document(text(`${of} Sid`)),
    });
    await root.iam.send(new sdk.PutUserPolicyCommand({ UserName, ...inline("user") }));
    await root.iam.send(new sdk.PutGroupPolicyCommand({ GroupName, ...inline("group") }));
    await root.iam.send(new sdk.PutRolePolicyCommand({ RoleName, ...inline("role") }));
    const { Policy } = await root.iam.send(
      new sdk.CreatePolicyCommand({
        ...inline("managed"),
        Path: `/${text("policy path")}/`,
        Description: text("policy description"),
        Tags: tags("policy"),
      }),
    );
    const PolicyArn = Policy?.Arn;
    await root.iam.send(
      new sdk.CreatePolicyVersionCommand({
        PolicyArn,
        PolicyDocument: document(text("version Sid")),
        SetAsDefault: true,
      }),
    );
    await root.iam.send(
      new sdk.CreateInstanceProfileCommand({
        InstanceProfileName: text("instance profile name"),
        Path: `/${text("instance profile path")}/`,
        Tags: tags("instance profile"),
      }),
    );
    const { ServiceSpecificCredential } = await root.iam.send(
      new sdk.CreateServiceSpecificCredentialCommand({ UserName, ServiceName: "codecommit.amazonaws.com" }),
    );
    canaries.secret("iam service password", ServiceSpecificCredential?.ServicePassword);
    const { cert, key } = await selfSigned("site.example.com");
    canaries.secret("iam server certificate's key", key.split("\n")[1]);
    await root.iam.send(
      new sdk.UploadServerCertificateCommand({
        ServerCertificateName: text("certificate name"),
        Path: `/${text("certificate path")}/`,
        CertificateBody: cert,
        PrivateKey: key,
        Tags: tags("certificate"),
      }),
    );
    await root.iam.send(new sdk.CreateAccountAliasCommand({ AccountAlias: text("account alias") }));
    await root.iam.send(new sdk.GetUserCommand({ UserName: text("missing user") })).catch(() => {});
    await root.iam
      .send(new sdk.PutUserPolicyCommand({ UserName, PolicyName: "p", PolicyDocument: `{"${text("bad document")}` }))
      .catch(() => {});
  },

  operations: awsOperations("iam", sdk, (clients) => clients.iam, {
    needNoPermission: {},
    async inputs({ root, account }) {
      const [UserName, GroupName, RoleName] = ["victim", "victims", "victim-role"];
      const Tags = [{ Key: "a", Value: "b" }];
      await root.iam.send(new sdk.CreateUserCommand({ UserName, Tags }));
      await root.iam.send(new sdk.CreateGroupCommand({ GroupName }));
      await root.iam.send(new sdk.AddUserToGroupCommand({ UserName, GroupName }));
      await root.iam.send(new sdk.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustOf(account), Tags }));
      const own = { PolicyName: "own", PolicyDocument: document("Own") };
      await root.iam.send(new sdk.PutUserPolicyCommand({ UserName, ...own }));
      await root.iam.send(new sdk.PutGroupPolicyCommand({ GroupName, ...own }));
      await root.iam.send(new sdk.PutRolePolicyCommand({ RoleName, ...own }));
      const { Policy } = await root.iam.send(new sdk.CreatePolicyCommand({ ...own, PolicyName: "managed", Tags }));
      const PolicyArn = Policy?.Arn ?? "";
      await root.iam.send(new sdk.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: document("Second") }));
      await root.iam.send(new sdk.AttachUserPolicyCommand({ UserName, PolicyArn }));
      await root.iam.send(new sdk.AttachGroupPolicyCommand({ GroupName, PolicyArn }));
      await root.iam.send(new sdk.AttachRolePolicyCommand({ RoleName, PolicyArn }));
      const { AccessKey } = await root.iam.send(new sdk.CreateAccessKeyCommand({ UserName }));
      const PolicySourceArn = `arn:aws:iam::${account}:user/${UserName}`;
      const SerialNumber = `arn:aws:iam::${account}:mfa/victim-device`;
      await root.iam.send(new sdk.CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "victim-device", Tags }));
      const service = await root.iam.send(
        new sdk.CreateServiceLinkedRoleCommand({ AWSServiceName: "ecs.amazonaws.com" }),
      );
      const { DeletionTaskId } = await root.iam.send(
        new sdk.DeleteServiceLinkedRoleCommand({ RoleName: service.Role?.RoleName }),
      );
      const InstanceProfileName = "victim-profile";
      await root.iam.send(new sdk.CreateInstanceProfileCommand({ InstanceProfileName, Tags }));
      await root.iam.send(new sdk.CreateAccountAliasCommand({ AccountAlias: "victim-account" }));
      const provider = await root.iam.send(
        new sdk.CreateOpenIDConnectProviderCommand({ Url: "https://id.example.com", ClientIDList: ["app"], Tags }),
      );
      const SAMLMetadataDocument = (await testIdp()).metadata();
      const saml = await root.iam.send(
        new sdk.CreateSAMLProviderCommand({ Name: "victim", SAMLMetadataDocument, Tags }),
      );
      const { cert, key } = await selfSigned("victim.example.com");
      const certificate = { CertificateBody: cert, PrivateKey: key };
      const ServerCertificateName = "victim-site";
      await root.iam.send(new sdk.UploadServerCertificateCommand({ ServerCertificateName, ...certificate, Tags }));
      const signing = await root.iam.send(new sdk.UploadSigningCertificateCommand({ UserName, CertificateBody: cert }));
      const SSHPublicKeyBody = newRsaKey();
      const ssh = await root.iam.send(new sdk.UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody }));
      const ServiceName = "codecommit.amazonaws.com";
      const credential = await root.iam.send(new sdk.CreateServiceSpecificCredentialCommand({ UserName, ServiceName }));
      await root.iam.send(new sdk.GenerateCredentialReportCommand());
      const { JobId } = await root.iam.send(
        new sdk.GenerateServiceLastAccessedDetailsCommand({ Arn: PolicySourceArn }),
      );
      const ofUser = { UserName };
      return {
        members: {
          ...certificate,
          ServerCertificateName,
          CertificateId: signing.Certificate?.CertificateId,
          SSHPublicKeyId: ssh.SSHPublicKey?.SSHPublicKeyId,
          SSHPublicKeyBody: newRsaKey(),
          ServiceName,
          ServiceSpecificCredentialId: credential.ServiceSpecificCredential?.ServiceSpecificCredentialId,
          UserName,
          GroupName,
          RoleName,
          InstanceProfileName,
          SerialNumber,
          AuthenticationCode1: "000000",
          AuthenticationCode2: "000000",
          PolicyArn,
          PolicyName: "own",
          PolicyDocument: own.PolicyDocument,
          AssumeRolePolicyDocument: trustOf(account),
          VersionId: "v2",
          AccessKeyId: AccessKey?.AccessKeyId,
          Status: "Inactive",
          AccountAlias: "victim-account",
          PermissionsBoundary: "arn:aws:iam::aws:policy/ReadOnlyAccess",
          Tags,
          TagKeys: ["a"],
          OpenIDConnectProviderArn: provider.OpenIDConnectProviderArn,
          ThumbprintList: ["a".repeat(40)],
          ClientID: "app",
          SAMLProviderArn: saml.SAMLProviderArn,
          SAMLMetadataDocument,
        },
        optional: { PermissionsBoundary: "arn:aws:iam::aws:policy/AmazonS3FullAccess" },
        operations: {
          CreateOpenIDConnectProvider: { Url: "https://fresh.example.com" },
          CreateSAMLProvider: { Name: "fresh" },
          CreateUser: { UserName: "fresh" },
          CreateGroup: { GroupName: "fresh" },
          CreateRole: { RoleName: "fresh" },
          CreatePolicy: { PolicyName: "fresh" },
          CreateInstanceProfile: { InstanceProfileName: "fresh" },
          CreateAccessKey: { UserName },
          CreateAccountAlias: { AccountAlias: "fresh-account" },
          ListAccessKeys: { UserName },
          CreateLoginProfile: { UserName, Password: "Victim-password-1" },
          UpdateLoginProfile: { Password: "Victim-password-2" },
          GetLoginProfile: { UserName },
          DeleteLoginProfile: { UserName },
          ChangePassword: { OldPassword: "Victim-password-1", NewPassword: "Victim-password-2" },
          CreateVirtualMFADevice: { VirtualMFADeviceName: "fresh" },
          EnableMFADevice: { UserName },
          ResyncMFADevice: { UserName },
          DeactivateMFADevice: { UserName },
          CreateServiceLinkedRole: { AWSServiceName: "autoscaling.amazonaws.com" },
          GetServiceLinkedRoleDeletionStatus: { DeletionTaskId },
          SimulateCustomPolicy: { PolicyInputList: [own.PolicyDocument], ActionNames: ["s3:GetObject"] },
          SimulatePrincipalPolicy: { PolicySourceArn, ActionNames: ["s3:GetObject"] },
          GetContextKeysForCustomPolicy: { PolicyInputList: [own.PolicyDocument] },
          GetContextKeysForPrincipalPolicy: { PolicySourceArn },
          GetUser: { UserName },
          SetDefaultPolicyVersion: { VersionId: "v1" },
          UpdateAccessKey: { UserName },
          DeleteAccessKey: { UserName },
          GenerateServiceLastAccessedDetails: { Arn: PolicySourceArn },
          GetServiceLastAccessedDetails: { JobId },
          GetServiceLastAccessedDetailsWithEntities: { JobId, ServiceNamespace: "s3" },
          ListPoliciesGrantingServiceAccess: { Arn: PolicySourceArn, ServiceNamespaces: ["s3"] },
          UploadSigningCertificate: ofUser,
          UpdateSigningCertificate: ofUser,
          DeleteSigningCertificate: ofUser,
          ListSigningCertificates: ofUser,
          ListSSHPublicKeys: ofUser,
          ListServiceSpecificCredentials: ofUser,
          ResetServiceSpecificCredential: ofUser,
          UpdateServiceSpecificCredential: ofUser,
          DeleteServiceSpecificCredential: ofUser,
          UploadServerCertificate: { ServerCertificateName: "fresh-site" },
        },
      };
    },
  }),

  async registers({ root }) {
    const UserName = "registers";
    await root.iam.send(new sdk.CreateUserCommand({ UserName }));
    return [policied(UserName), tagged(UserName), created(), keyed(UserName)];
  },

  keyUses: [],
};

function policied(UserName: string): Register {
  const PolicyName = "register";
  return {
    name: "iam inline policy",
    isTold: true,
    write: async ({ root }, value) => {
      await root.iam.send(new sdk.PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: document(value) }));
    },
    read: async ({ root }) => {
      const policy = await root.iam.send(new sdk.GetUserPolicyCommand({ UserName, PolicyName }));
      return JSON.parse(decodeURIComponent(policy.PolicyDocument ?? "")).Statement[0].Sid;
    },
  };
}

function tagged(UserName: string): Register {
  return {
    name: "iam user tag",
    write: async ({ root }, Value) => {
      await root.iam.send(new sdk.TagUserCommand({ UserName, Tags: [{ Key: "register", Value }] }));
    },
    read: async ({ root }) => (await root.iam.send(new sdk.ListUserTagsCommand({ UserName }))).Tags?.[0]?.Value,
  };
}

/** The newest user stands, and the one before it, which was deleted, does not. */
function created(): Register {
  const Path = "/created/";
  return {
    name: "iam new user",
    isTold: true,
    write: async ({ root }, value) => {
      const before = await usersAt({ root }, Path);
      await root.iam.send(new sdk.CreateUserCommand({ UserName: value, Path }));
      for (const UserName of before) await root.iam.send(new sdk.DeleteUserCommand({ UserName }));
    },
    read: async (stage) => (await usersAt(stage, Path)).sort().at(-1),
  };
}

async function usersAt({ root }: Pick<Stage, "root">, PathPrefix: string): Promise<string[]> {
  const { Users } = await root.iam.send(new sdk.ListUsersCommand({ PathPrefix }));
  return (Users ?? []).map((user) => user.UserName ?? "");
}

/** An access key that was given out signs. */
function keyed(UserName: string): Register {
  let last: { value: string; accessKeyId: string; secretAccessKey: string } | undefined;
  return {
    name: "iam access key",
    write: async ({ root }, value) => {
      const { AccessKeyMetadata } = await root.iam.send(new sdk.ListAccessKeysCommand({ UserName }));
      for (const { AccessKeyId } of (AccessKeyMetadata ?? []).filter((key) => key.AccessKeyId !== last?.accessKeyId)) {
        await root.iam.send(new sdk.DeleteAccessKeyCommand({ UserName, AccessKeyId }));
      }
      const { AccessKey } = await root.iam.send(new sdk.CreateAccessKeyCommand({ UserName }));
      const old = last?.accessKeyId;
      const [accessKeyId = "", secretAccessKey = ""] = [AccessKey?.AccessKeyId, AccessKey?.SecretAccessKey];
      last = { value, accessKeyId, secretAccessKey };
      if (old !== undefined) await root.iam.send(new sdk.DeleteAccessKeyCommand({ UserName, AccessKeyId: old }));
    },
    read: async ({ server }) => {
      if (last === undefined) return undefined;
      const identity = await clientsOf(server, { credentials: last }).sts.send(new GetCallerIdentityCommand({}));
      return identity.Arn?.endsWith(`/${UserName}`) ? last.value : "another user's";
    },
  };
}
