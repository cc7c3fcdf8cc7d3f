import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DescribeKeyCommand, ListGrantsCommand } from "@aws-sdk/client-kms";
import { clientsOf } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { missingTerraform, workspace } from "../harness/terraform.js";

const CONFIGURATION = `
data "aws_caller_identity" "me" {}

resource "aws_kms_key" "files" {
  description             = "what the team keeps"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  rotation_period_in_days = 180
  tags                    = { team = "files" }
}

resource "aws_kms_key_policy" "files" {
  key_id = aws_kms_key.files.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::\${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Reader", Effect = "Allow", Principal = { AWS = aws_iam_role.reader.arn }, Action = ["kms:Decrypt", "kms:DescribeKey"], Resource = "*" },
    ]
  })
}

resource "aws_kms_alias" "files" {
  name          = "alias/files"
  target_key_id = aws_kms_key.files.key_id
}

resource "aws_kms_grant" "writer" {
  name              = "writer"
  key_id            = aws_kms_key.files.key_id
  grantee_principal = aws_iam_user.writer.arn
  operations        = ["GenerateDataKey", "Encrypt"]
  constraints {
    encryption_context_subset = { team = "files" }
  }
}

resource "aws_iam_user" "writer" {
  name          = "writer"
  path          = "/team/"
  force_destroy = true
  tags          = { team = "files" }
}

resource "aws_iam_access_key" "writer" {
  user = aws_iam_user.writer.name
}

resource "aws_iam_user_policy" "writer" {
  name   = "own"
  user   = aws_iam_user.writer.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "\${aws_s3_bucket.files.arn}/*" }] })
}

resource "aws_iam_role" "reader" {
  name               = "reader"
  description        = "reads files"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_user.writer.arn }, Action = "sts:AssumeRole" }] })
}

resource "aws_iam_policy" "read" {
  name   = "read-files"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:GetObject", "s3:ListBucket"], Resource = "*" }] })
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.reader.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_group" "team" {
  name = "team"
}

resource "aws_iam_group_membership" "team" {
  name  = "team"
  group = aws_iam_group.team.name
  users = [aws_iam_user.writer.name]
}

resource "aws_s3_bucket" "files" {
  bucket        = "terraform-files"
  force_destroy = true
  tags          = { team = "files" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "files" {
  bucket = aws_s3_bucket.files.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.files.arn
    }
    bucket_key_enabled = true
  }
}

resource "aws_s3_bucket_policy" "files" {
  bucket = aws_s3_bucket.files.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:PutObject", Resource = "\${aws_s3_bucket.files.arn}/*", Condition = { StringEquals = { "s3:x-amz-server-side-encryption" = "AES256" } } }] })
}

resource "aws_s3_object" "note" {
  bucket     = aws_s3_bucket.files.id
  key        = "note.txt"
  content    = "kept"
  depends_on = [aws_s3_bucket_server_side_encryption_configuration.files]
}

output "key" { value = aws_kms_key.files.arn }
`;

const folder = newFolder("terraform");
let server: Server;
const missing = await missingTerraform();

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

test("Terraform applies keys, aliases, policies, grants, users, roles and an encrypted bucket, plans nothing more, and destroys", {
  skip: missing,
}, async () => {
  const place = await workspace(server, `${folder}/work`, CONFIGURATION);
  const applied = await place.run("apply", "-auto-approve", "-input=false");
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  const { kms } = clientsOf(server);
  const key = (await place.run("output", "-raw", "key")).stdout.trim();
  assert.equal((await kms.send(new ListGrantsCommand({ KeyId: key }))).Grants?.[0]?.Name, "writer");
  const planned = await place.run("plan", "-detailed-exitcode", "-input=false");
  assert.equal(planned.code, 0, `the plan is not empty:\n${planned.stdout}${planned.stderr}`);
  const destroyed = await place.run("destroy", "-auto-approve", "-input=false");
  assert.equal(destroyed.code, 0, destroyed.stdout + destroyed.stderr);
  assert.equal((await kms.send(new DescribeKeyCommand({ KeyId: key }))).KeyMetadata?.KeyState, "PendingDeletion");
});
