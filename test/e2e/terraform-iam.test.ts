import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { ListPoliciesCommand, ListPolicyVersionsCommand } from "@aws-sdk/client-iam";
import { testIdp } from "../../src/identity/saml/testing.js";
import { clientsOf } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { missingTerraform, workspace } from "../harness/terraform.js";
import { selfSigned } from "../xks/certificate.js";

// The resources and data sources of Terraform's aws_iam family that have something to do here.

/** The provider waits for the real service's delays, resource by resource. */
const AT_ONCE = "-parallelism=40";

const CONFIGURATION = `
variable "certificate" { type = string }
variable "private_key" { type = string }
variable "ssh_key" { type = string }
variable "metadata" { type = string }

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["*"]
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["true"]
    }
  }
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_user" "ada" {
  name                 = "ada"
  path                 = "/team/"
  permissions_boundary = aws_iam_policy.limit.arn
  tags                 = { team = "blue" }
}
resource "aws_iam_user" "bob" { name = "bob" }
resource "aws_iam_group" "team" {
  name = "team"
  path = "/team/"
}
resource "aws_iam_group_membership" "team" {
  name  = "team"
  group = aws_iam_group.team.name
  users = [aws_iam_user.ada.name]
}
resource "aws_iam_user_group_membership" "bob" {
  user   = aws_iam_user.bob.name
  groups = [aws_iam_group.other.name]
}
resource "aws_iam_group" "other" { name = "other" }
resource "aws_iam_group_policy" "team" {
  group  = aws_iam_group.team.name
  policy = data.aws_iam_policy_document.read.json
}
resource "aws_iam_group_policy_attachment" "team" {
  group      = aws_iam_group.team.name
  policy_arn = aws_iam_policy.read.arn
}
resource "aws_iam_user_policy" "ada" {
  name   = "own"
  user   = aws_iam_user.ada.name
  policy = data.aws_iam_policy_document.read.json
}
resource "aws_iam_user_policy_attachment" "ada" {
  user       = aws_iam_user.ada.name
  policy_arn = aws_iam_policy.read.arn
}
resource "aws_iam_user_policy_attachment" "bob" {
  user       = aws_iam_user.bob.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}
resource "aws_iam_user_policies_exclusive" "bob" {
  user_name    = aws_iam_user.bob.name
  policy_names = []
}
resource "aws_iam_user_policy_attachments_exclusive" "bob" {
  user_name   = aws_iam_user.bob.name
  policy_arns = [aws_iam_user_policy_attachment.bob.policy_arn]
}

resource "aws_iam_policy" "limit" {
  name   = "limit"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
variable "action" { default = "s3:GetObject" }
resource "aws_iam_policy" "read" {
  name        = "read"
  path        = "/team/"
  description = "reads"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = var.action, Resource = "*" }] })
  tags        = { team = "blue" }
}

resource "aws_iam_role" "deploy" {
  name                 = "deploy"
  path                 = "/team/"
  description          = "deploys"
  max_session_duration = 7200
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.limit.arn
  tags                 = { team = "blue" }
}
resource "aws_iam_role_policy" "deploy" {
  name   = "own"
  role   = aws_iam_role.deploy.id
  policy = data.aws_iam_policy_document.read.json
}
resource "aws_iam_role_policy_attachment" "deploy" {
  role       = aws_iam_role.deploy.name
  policy_arn = aws_iam_policy.read.arn
}
resource "aws_iam_role_policies_exclusive" "deploy" {
  role_name    = aws_iam_role.deploy.name
  policy_names = [aws_iam_role_policy.deploy.name]
}
resource "aws_iam_instance_profile" "web" {
  name = "web"
  path = "/team/"
  role = aws_iam_role.deploy.name
  tags = { team = "blue" }
}
resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "blue"
}

resource "aws_iam_access_key" "ada" {
  user   = aws_iam_user.ada.name
  status = "Inactive"
}
resource "aws_iam_user_login_profile" "ada" {
  user            = aws_iam_user.ada.name
  password_length = 24
  depends_on      = [aws_iam_account_password_policy.all]
}
resource "aws_iam_user_ssh_key" "ada" {
  username   = aws_iam_user.ada.name
  encoding   = "PEM"
  public_key = var.ssh_key
}
resource "aws_iam_signing_certificate" "ada" {
  user_name        = aws_iam_user.ada.name
  certificate_body = var.certificate
}
resource "aws_iam_service_specific_credential" "ada" {
  service_name = "codecommit.amazonaws.com"
  user_name    = aws_iam_user.ada.name
}
resource "aws_iam_virtual_mfa_device" "phone" {
  virtual_mfa_device_name = "phone"
  path                    = "/team/"
  tags                    = { team = "blue" }
}
resource "aws_iam_server_certificate" "site" {
  name             = "site"
  path             = "/edge/"
  certificate_body = var.certificate
  private_key      = var.private_key
  tags             = { team = "blue" }
}
resource "aws_iam_openid_connect_provider" "issuer" {
  url             = "https://id.example.com/realm"
  client_id_list  = ["app"]
  thumbprint_list = ["${"a".repeat(40)}"]
  tags            = { team = "blue" }
}
resource "aws_iam_saml_provider" "corp" {
  name                   = "Corp"
  saml_metadata_document = var.metadata
  tags                   = { team = "blue" }
}
resource "aws_iam_account_password_policy" "all" {
  minimum_password_length        = 16
  require_symbols                = true
  require_numbers                = true
  max_password_age               = 90
  password_reuse_prevention      = 5
  allow_users_to_change_password = true
}
resource "aws_iam_account_alias" "house" { account_alias = "terraform-house" }

data "aws_iam_account_alias" "house" { depends_on = [aws_iam_account_alias.house] }
data "aws_iam_user" "ada" { user_name = aws_iam_user.ada.name }
data "aws_iam_group" "team" { group_name = aws_iam_group_membership.team.group }
data "aws_iam_role" "deploy" { name = aws_iam_role.deploy.name }
data "aws_iam_roles" "team" {
  path_prefix = "/team/"
  depends_on  = [aws_iam_role.deploy]
}
data "aws_iam_users" "team" {
  path_prefix = "/team/"
  depends_on  = [aws_iam_user.ada]
}
data "aws_iam_policy" "read" { arn = aws_iam_policy.read.arn }
data "aws_iam_instance_profile" "web" { name = aws_iam_instance_profile.web.name }
data "aws_iam_instance_profiles" "deploy" { role_name = aws_iam_instance_profile.web.role }
data "aws_iam_access_keys" "ada" { user = aws_iam_access_key.ada.user }
data "aws_iam_user_ssh_key" "ada" {
  username          = aws_iam_user.ada.name
  ssh_public_key_id = aws_iam_user_ssh_key.ada.ssh_public_key_id
  encoding          = "SSH"
}
data "aws_iam_server_certificate" "site" { name = aws_iam_server_certificate.site.name }
data "aws_iam_openid_connect_provider" "issuer" { arn = aws_iam_openid_connect_provider.issuer.arn }
data "aws_iam_saml_provider" "corp" { arn = aws_iam_saml_provider.corp.arn }
data "aws_iam_session_context" "me" { arn = aws_iam_role.deploy.arn }
data "aws_iam_principal_policy_simulation" "ada" {
  action_names      = ["s3:GetObject", "s3:PutObject"]
  policy_source_arn = aws_iam_user.ada.arn
  depends_on        = [aws_iam_user_policy_attachment.ada, aws_iam_user_policy.ada]
}

output "seen" {
  value = {
    alias    = data.aws_iam_account_alias.house.account_alias
    members  = data.aws_iam_group.team.users[*].user_name
    roles    = data.aws_iam_roles.team.names
    users    = data.aws_iam_users.team.names
    profile  = tolist(data.aws_iam_instance_profiles.deploy.names)
    keys     = data.aws_iam_access_keys.ada.access_keys[*].status
    ssh      = substr(data.aws_iam_user_ssh_key.ada.public_key, 0, 8)
    site     = data.aws_iam_server_certificate.site.path
    clients  = data.aws_iam_openid_connect_provider.issuer.client_id_list
    saml     = "${"$"}{data.aws_iam_saml_provider.corp.name} ${"$"}{substr(data.aws_iam_saml_provider.corp.valid_until, 0, 10)}"
    may      = data.aws_iam_principal_policy_simulation.ada.results[*].allowed
  }
}
`;

const folder = newFolder("terraform-iam");
const missing = await missingTerraform();
let server: Server;
before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

test("Terraform applies aws_iam, then changes what was changed and nothing more, and destroys it", {
  skip: missing,
}, async () => {
  const place = await workspace(server, `${folder}/work`, CONFIGURATION);
  const { cert, key } = await selfSigned("site.example.com");
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const metadata = (await testIdp()).metadata(' validUntil="2100-01-01T00:00:00Z"');
  const given = Object.entries({ certificate: cert, private_key: key, ssh_key: pem, metadata });
  const own = ["-input=false", AT_ONCE, ...given.map(([name, value]) => `-var=${name}=${value}`)];
  const applied = await place.run("apply", "-auto-approve", ...own);
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  assert.deepEqual(JSON.parse((await place.run("output", "-json", "seen")).stdout), {
    alias: "terraform-house",
    members: ["ada"],
    roles: ["deploy"],
    users: ["ada"],
    profile: ["web"],
    keys: ["Inactive"],
    ssh: "ssh-rsa ",
    site: "/edge/",
    clients: ["app"],
    saml: "Corp 2100-01-01",
    may: [true, false],
  });
  // What is planned besides the one policy would show here as well.
  const changed = await place.run("apply", "-auto-approve", ...own, "-var=action=s3:ListBucket");
  assert.match(changed.stdout, /0 added, 1 changed, 0 destroyed/, changed.stdout + changed.stderr);
  const { iam } = clientsOf(server);
  const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: "Local", PathPrefix: "/team/" }));
  const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: Policies?.[0]?.Arn }));
  assert.deepEqual(
    Versions?.map(({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion]),
    [
      ["v2", true],
      ["v1", false],
    ],
  );
  const destroyed = await place.run("destroy", "-auto-approve", "-refresh=false", ...own);
  assert.equal(destroyed.code, 0, destroyed.stdout + destroyed.stderr);
});
