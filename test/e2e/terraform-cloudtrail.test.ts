/** Terraform's aws_cloudtrail, with its bucket's policy: applied, planned empty, changed, destroyed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ListTrailsCommand } from "@aws-sdk/client-cloudtrail";
import { clientsOf } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { missingTerraform, workspace } from "../harness/terraform.js";

const folder = newFolder("terraform-trail");
let server: Server;
before(async () => {
  server = await startServer({ dataFolder: join(folder, "data") });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const CONFIGURATION = `
data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "logs" {
  bucket        = "terraform-trail-logs"
  force_destroy = true
}
data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["s3:GetBucketAcl"]
    resources = [aws_s3_bucket.logs.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
  }
  statement {
    actions   = ["s3:PutObject"]
    resources = ["\${aws_s3_bucket.logs.arn}/in/AWSLogs/\${data.aws_caller_identity.me.account_id}/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }
}
resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = data.aws_iam_policy_document.logs.json
}
resource "aws_cloudtrail" "main" {
  name                       = "terraform-trail"
  s3_bucket_name             = aws_s3_bucket.logs.id
  s3_key_prefix              = "in"
  is_multi_region_trail      = true
  enable_log_file_validation = true
  tags                       = { team = "audit" }
  event_selector {
    read_write_type           = "All"
    include_management_events = true
    data_resource {
      type   = "AWS::S3::Object"
      values = ["arn:aws:s3"]
    }
  }
  depends_on = [aws_s3_bucket_policy.logs]
}
`;

test("aws_cloudtrail applies, plans nothing more, and is destroyed", async (t) => {
  const missing = await missingTerraform();
  if (missing !== undefined) return t.skip(missing);
  const { run } = await workspace(server, join(folder, "work"), CONFIGURATION);
  const trails = async () => (await clientsOf(server).cloudtrail.send(new ListTrailsCommand({}))).Trails?.length;
  const applied = await run("apply", "-auto-approve", "-input=false");
  assert.equal(applied.code, 0, applied.stderr);
  assert.equal(await trails(), 1);
  const planned = await run("plan", "-detailed-exitcode", "-input=false");
  assert.equal(planned.code, 0, planned.stdout + planned.stderr);
  const destroyed = await run("destroy", "-auto-approve", "-input=false");
  assert.equal(destroyed.code, 0, destroyed.stderr);
  assert.equal(await trails(), 0);
});
