import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DescribeKeyCommand, ListAliasesCommand, ListKeysCommand } from "@aws-sdk/client-kms";
import { clientsOf } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { missingTerraform, workspace } from "../harness/terraform.js";

// Every resource and data source of Terraform's aws_kms family.

/** The provider waits for the real service's delays, resource by resource. */
const AT_ONCE = "-parallelism=30";

const MATERIAL = Buffer.alloc(32, 7).toString("base64");

const CONFIGURATION = `
provider "aws" {
  alias                   = "elsewhere"
  region                  = "eu-west-1"
  skip_metadata_api_check = true
  skip_region_validation  = true
  endpoints {
    kms = var.endpoint
    sts = var.endpoint
  }
}
variable "endpoint" { type = string }
data "aws_caller_identity" "me" {}

locals {
  root  = "arn:aws:iam::\${data.aws_caller_identity.me.account_id}:root"
  owned = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Root", Effect = "Allow", Principal = { AWS = local.root }, Action = "kms:*", Resource = "*" }]
  })
  specs = {
    SYMMETRIC_DEFAULT     = "ENCRYPT_DECRYPT"
    RSA_2048              = "SIGN_VERIFY"
    RSA_3072              = "ENCRYPT_DECRYPT"
    ECC_NIST_P256         = "SIGN_VERIFY"
    ECC_NIST_P384         = "KEY_AGREEMENT"
    HMAC_256              = "GENERATE_VERIFY_MAC"
  }
}

resource "aws_kms_key" "of" {
  for_each                 = local.specs
  description              = each.key
  customer_master_key_spec = each.key
  key_usage                = each.value
  deletion_window_in_days  = 7
  tags                     = { spec = each.key }
}

resource "aws_kms_key" "primary" {
  multi_region             = true
  description              = "at home"
  enable_key_rotation      = true
  rotation_period_in_days  = 120
  deletion_window_in_days  = 7
  policy                   = local.owned
}
resource "aws_kms_replica_key" "replica" {
  provider                = aws.elsewhere
  primary_key_arn         = aws_kms_key.primary.arn
  description             = "elsewhere"
  deletion_window_in_days = 7
  policy                  = local.owned
  tags                    = { place = "elsewhere" }
}

resource "aws_kms_key" "resting" {
  is_enabled              = false
  deletion_window_in_days = 7
}

resource "aws_kms_external_key" "brought" {
  key_material_base64     = "${MATERIAL}"
  description             = "brought along"
  enabled                 = true
  deletion_window_in_days = 7
}
resource "aws_kms_external_key" "brought_for_a_while" {
  key_material_base64     = "${MATERIAL}"
  valid_to                = timeadd(plantimestamp(), "240h")
  multi_region            = true
  enabled                 = true
  deletion_window_in_days = 7
  lifecycle { ignore_changes = [valid_to] }
}
resource "aws_kms_external_key" "empty" {
  deletion_window_in_days = 7
}
resource "aws_kms_replica_external_key" "replica" {
  provider                = aws.elsewhere
  primary_key_arn         = aws_kms_external_key.brought_for_a_while.arn
  key_material_base64     = "${MATERIAL}"
  enabled                 = true
  deletion_window_in_days = 7
}

resource "aws_kms_key_policy" "signing" {
  key_id = aws_kms_key.of["RSA_2048"].id
  policy = local.owned
}

resource "aws_kms_alias" "named" {
  name          = "alias/named"
  target_key_id = aws_kms_key.of["SYMMETRIC_DEFAULT"].key_id
}
resource "aws_kms_alias" "prefixed" {
  name_prefix   = "alias/prefixed-"
  target_key_id = aws_kms_key.of["HMAC_256"].arn
}

resource "aws_kms_grant" "equals" {
  name               = "equals"
  key_id             = aws_kms_key.of["SYMMETRIC_DEFAULT"].key_id
  grantee_principal  = local.root
  retiring_principal = local.root
  retire_on_delete   = true
  operations         = ["Decrypt", "GenerateDataKey", "DescribeKey"]
  constraints {
    encryption_context_equals = { team = "blue" }
  }
}
resource "aws_kms_grant" "signing" {
  key_id            = aws_kms_key.of["RSA_2048"].arn
  grantee_principal = local.root
  operations        = ["Sign", "Verify", "GetPublicKey"]
}

resource "aws_kms_ciphertext" "sealed" {
  key_id    = aws_kms_key.of["SYMMETRIC_DEFAULT"].key_id
  plaintext = "a sealed text"
  context   = { team = "blue" }
}

resource "aws_kms_custom_key_store" "outside" {
  custom_key_store_name               = "outside"
  custom_key_store_type               = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity              = "VPC_ENDPOINT_SERVICE"
  xks_proxy_uri_endpoint              = "https://proxy-private.xks.example.com"
  xks_proxy_uri_path                  = "/kms/xks/v1"
  xks_proxy_vpc_endpoint_service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0e8f1ff85f4ab2f91"
  xks_proxy_authentication_credential {
    access_key_id         = "ABCDE234567EXAMPLE22A"
    raw_secret_access_key = "DXjSUawnel2fr6SKC7G25CNxTyWKE5PF9XX6H6u/pSo="
  }
}

data "aws_kms_alias" "named" { name = aws_kms_alias.named.name }
data "aws_kms_key" "primary" { key_id = aws_kms_key.primary.arn }
data "aws_kms_public_key" "signing" { key_id = aws_kms_key.of["RSA_2048"].arn }
data "aws_kms_custom_key_store" "outside" { custom_key_store_id = aws_kms_custom_key_store.outside.id }
data "aws_kms_secrets" "opened" {
  secret {
    name    = "text"
    payload = aws_kms_ciphertext.sealed.ciphertext_blob
    context = { team = "blue" }
  }
}

output "opened" {
  value     = data.aws_kms_secrets.opened.plaintext["text"]
  sensitive = true
}
output "named" { value = data.aws_kms_alias.named.target_key_id == aws_kms_key.of["SYMMETRIC_DEFAULT"].key_id }
output "primary" { value = data.aws_kms_key.primary.multi_region_configuration[0].multi_region_key_type }
output "pem" { value = data.aws_kms_public_key.signing.public_key_pem }
output "states" {
  value = [
    aws_kms_external_key.brought.key_state,
    aws_kms_external_key.empty.key_state,
    aws_kms_replica_external_key.replica.expiration_model,
  ]
}
output "store" { value = data.aws_kms_custom_key_store.outside.connection_state }
`;

const folder = newFolder("terraform-kms");
const missing = await missingTerraform();
let server: Server;
before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

test("Terraform applies all of aws_kms, plans nothing more, and destroys it", { skip: missing }, async () => {
  const place = await workspace(server, `${folder}/work`, CONFIGURATION);
  const endpoint = `-var=endpoint=${server.endpoint}`;
  const applied = await place.run("apply", "-auto-approve", "-input=false", AT_ONCE, endpoint);
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  const values = JSON.parse((await place.run("output", "-json")).stdout);
  const output = (name: string) => values[name].value;
  assert.equal(output("opened"), "a sealed text");
  assert.equal(output("named"), true);
  assert.equal(output("primary"), "PRIMARY");
  assert.match(output("pem"), /^-----BEGIN PUBLIC KEY-----/);
  assert.deepEqual(output("states"), ["Enabled", "PendingImport", "KEY_MATERIAL_DOES_NOT_EXPIRE"]);
  assert.equal(output("store"), "DISCONNECTED");
  const planned = await place.run("plan", "-detailed-exitcode", "-input=false", endpoint);
  assert.equal(planned.code, 0, `the plan is not empty:\n${planned.stdout}${planned.stderr}`);
  const destroyed = await place.run("destroy", "-auto-approve", "-input=false", AT_ONCE, endpoint);
  assert.equal(destroyed.code, 0, destroyed.stdout + destroyed.stderr);
  await assertNothingIsLeft();
});

/** Only keys that wait for their end, in both Regions. */
async function assertNothingIsLeft(): Promise<void> {
  for (const region of ["us-east-1", "eu-west-1"]) {
    const { kms } = clientsOf(server, { region });
    for (const { KeyId } of (await kms.send(new ListKeysCommand({}))).Keys ?? []) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      assert.match(KeyMetadata?.KeyState ?? "", /^Pending(Replica)?Deletion$/);
    }
    const { Aliases } = await kms.send(new ListAliasesCommand({}));
    assert.deepEqual(
      Aliases?.filter(({ AliasName }) => !AliasName?.startsWith("alias/aws/")),
      [],
    );
  }
}
