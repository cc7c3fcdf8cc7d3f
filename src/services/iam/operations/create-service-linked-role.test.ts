import assert from "node:assert/strict";
import { test } from "node:test";
import { ARN, fails, guarded, openIam, policyText } from "../testing.js";

const AWSServiceName = "autoscaling.amazonaws.com";
const NAME = "AWSServiceRoleForAutoScaling";

guarded("CreateServiceLinkedRole", { AWSServiceName }, `${ARN}role/aws-service-role/${AWSServiceName}/${NAME}`);

test("CreateServiceLinkedRole makes the service's role, once without a suffix", async (t) => {
  const iam = await openIam(t);
  const { Role } = await iam.call("CreateServiceLinkedRole", { AWSServiceName });
  assert.equal(Role?.Arn, `${ARN}role/aws-service-role/${AWSServiceName}/${NAME}`);
  await assert.rejects(
    iam.call("CreateServiceLinkedRole", { AWSServiceName }),
    fails("InvalidInput", `Service role name ${NAME} has been taken in this account, please try a different suffix.`),
  );
  const other = await iam.call("CreateServiceLinkedRole", { AWSServiceName, CustomSuffix: "two" });
  assert.equal(other.Role?.RoleName, `${NAME}_two`);
  await assert.rejects(iam.call("CreateServiceLinkedRole", { AWSServiceName: "nobody.invalid" }), {
    code: "InvalidInput",
  });
});

test("a service's role is nobody's to change", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateServiceLinkedRole", { AWSServiceName });
  const [RoleName, PolicyDocument] = [NAME, policyText("s3:*")];
  const refused = fails(
    "UnmodifiableEntity",
    `Cannot perform the operation on the protected role '${NAME}' - this role is only modifiable by AWS`,
  );
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await assert.rejects(iam.call("PutRolePolicy", { RoleName, PolicyName: "p", PolicyDocument }), refused);
  await assert.rejects(iam.call("AttachRolePolicy", { RoleName, PolicyArn }), refused);
  await assert.rejects(iam.call("UpdateAssumeRolePolicy", { RoleName, PolicyDocument }), refused);
  await assert.rejects(iam.call("PutRolePermissionsBoundary", { RoleName, PermissionsBoundary: PolicyArn }), refused);
  await assert.rejects(iam.call("DeleteRole", { RoleName }), refused);
});
