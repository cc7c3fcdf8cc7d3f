/** Terraform's `aws_s3_*` family: everything that a bucket can be told, applied, planned empty and destroyed. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { clientsOf } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { missingTerraform, workspace } from "../harness/terraform.js";

const CONFIGURATION = `
data "aws_caller_identity" "me" {}
data "aws_canonical_user_id" "me" {}

resource "aws_kms_key" "files" {
  deletion_window_in_days = 7
}

resource "aws_kms_key" "replicas" {
  deletion_window_in_days = 7
}

resource "aws_s3_account_public_access_block" "account" {
  block_public_acls  = true
  ignore_public_acls = true
}

resource "aws_s3_bucket" "main" {
  bucket        = "terraform-main"
  force_destroy = true
  tags          = { team = "files" }
}

resource "aws_s3_bucket_versioning" "main" {
  bucket = aws_s3_bucket.main.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.files.arn
    }
    bucket_key_enabled = true
  }
}

resource "aws_s3_bucket_public_access_block" "main" {
  bucket                  = aws_s3_bucket.main.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "main" {
  bucket = aws_s3_bucket.main.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:PutObject", Resource = "\${aws_s3_bucket.main.arn}/*", Condition = { StringEquals = { "s3:x-amz-server-side-encryption" = "AES256" } } }] })
  depends_on = [aws_s3_bucket_public_access_block.main]
}

resource "aws_s3_bucket_lifecycle_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  rule {
    id     = "archive"
    status = "Enabled"
    filter { prefix = "old/" }
    transition {
      days          = 30
      storage_class = "GLACIER"
    }
    expiration { days = 365 }
    noncurrent_version_expiration { noncurrent_days = 90 }
  }
  rule {
    id     = "uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
  depends_on = [aws_s3_bucket_versioning.main]
}

resource "aws_s3_bucket_cors_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  cors_rule {
    allowed_methods = ["GET", "PUT"]
    allowed_origins = ["https://example.org"]
    allowed_headers = ["*"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
}

resource "aws_s3_bucket_request_payment_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  payer  = "Requester"
}

resource "aws_s3_bucket" "open" {
  bucket        = "terraform-open"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "open" {
  bucket = aws_s3_bucket.open.id
  rule { object_ownership = "BucketOwnerPreferred" }
}

resource "aws_s3_bucket_acl" "open" {
  bucket = aws_s3_bucket.open.id
  acl    = "log-delivery-write"
  depends_on = [aws_s3_bucket_ownership_controls.open]
}

resource "aws_s3_bucket_website_configuration" "open" {
  bucket = aws_s3_bucket.open.id
  index_document { suffix = "index.html" }
  error_document { key = "error.html" }
  routing_rule {
    condition { key_prefix_equals = "docs/" }
    redirect { replace_key_prefix_with = "documents/" }
  }
}

resource "aws_s3_bucket_logging" "main" {
  bucket        = aws_s3_bucket.main.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "log/"
  depends_on    = [aws_s3_bucket_policy.logs]
}

resource "aws_s3_bucket" "logs" {
  bucket        = "terraform-logs"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "\${aws_s3_bucket.logs.arn}/log/*" }] })
}

resource "aws_s3_bucket" "locked" {
  bucket              = "terraform-locked"
  force_destroy       = true
  object_lock_enabled = true
}

resource "aws_s3_bucket_object_lock_configuration" "locked" {
  bucket = aws_s3_bucket.locked.id
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 1
    }
  }
}

resource "aws_s3_bucket" "replica" {
  bucket        = "terraform-replica"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "replica" {
  bucket = aws_s3_bucket.replica.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_iam_role" "replication" {
  name               = "replication"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_s3_bucket_replication_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  role   = aws_iam_role.replication.arn
  rule {
    id       = "all"
    status   = "Enabled"
    priority = 1
    filter { prefix = "" }
    delete_marker_replication { status = "Enabled" }
    source_selection_criteria {
      sse_kms_encrypted_objects { status = "Enabled" }
    }
    destination {
      bucket        = aws_s3_bucket.replica.arn
      storage_class = "STANDARD"
      encryption_configuration { replica_kms_key_id = aws_kms_key.replicas.arn }
    }
  }
  depends_on = [aws_s3_bucket_versioning.main, aws_s3_bucket_versioning.replica]
}

resource "aws_s3_bucket_inventory" "main" {
  bucket                   = aws_s3_bucket.main.id
  name                     = "weekly"
  included_object_versions = "All"
  optional_fields          = ["Size", "EncryptionStatus", "BucketKeyStatus"]
  schedule { frequency = "Weekly" }
  destination {
    bucket {
      format     = "CSV"
      bucket_arn = aws_s3_bucket.logs.arn
      prefix     = "inventory"
    }
  }
}

resource "aws_s3_bucket_metric" "whole" {
  bucket = aws_s3_bucket.main.id
  name   = "whole"
}

resource "aws_s3_bucket_metric" "logs" {
  bucket = aws_s3_bucket.main.id
  name   = "logs"
  filter {
    prefix = "logs/"
    tags   = { team = "files", kind = "note" }
  }
}

resource "aws_s3_bucket_analytics_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  name   = "classes"
  filter { prefix = "logs/" }
  storage_class_analysis {
    data_export {
      destination {
        s3_bucket_destination {
          bucket_arn = aws_s3_bucket.logs.arn
          prefix     = "analytics"
        }
      }
    }
  }
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  name   = "sinking"
  tiering {
    access_tier = "DEEP_ARCHIVE_ACCESS"
    days        = 180
  }
  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 125
  }
}

resource "aws_s3_bucket_accelerate_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  status = "Enabled"
}

resource "aws_s3_object" "note" {
  bucket       = aws_s3_bucket.main.id
  key          = "note.txt"
  content      = "kept"
  content_type = "text/plain"
  tags         = { kind = "note" }
  metadata     = { from = "terraform" }
  depends_on   = [aws_s3_bucket_versioning.main, aws_s3_bucket_server_side_encryption_configuration.main]
}

resource "aws_s3_object_copy" "note" {
  bucket     = aws_s3_bucket.open.id
  key        = "copied.txt"
  source     = "\${aws_s3_bucket.main.id}/\${aws_s3_object.note.key}"
  tagging_directive = "REPLACE"
  tags       = { kind = "copy" }
  depends_on = [aws_s3_bucket_acl.open]
}

data "aws_s3_bucket" "main" {
  bucket = aws_s3_bucket.main.id
}

data "aws_s3_objects" "main" {
  bucket     = aws_s3_bucket.main.id
  depends_on = [aws_s3_object.note]
}

data "aws_s3_object" "note" {
  bucket     = aws_s3_bucket.main.id
  key        = aws_s3_object.note.key
}

output "body" { value = data.aws_s3_object.note.body }
output "keys" { value = join(",", data.aws_s3_objects.main.keys) }
`;

const folder = newFolder("terraform-s3");
const missing = await missingTerraform();
let server: Server;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

test("Terraform applies S3's whole family, plans nothing more, and destroys", { skip: missing }, async () => {
  const place = await workspace(server, `${folder}/work`, CONFIGURATION);
  const applied = await place.run("apply", "-auto-approve", "-input=false", "-parallelism=20");
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  assert.equal((await place.run("output", "-raw", "body")).stdout.trim(), "kept");
  assert.equal((await place.run("output", "-raw", "keys")).stdout.trim(), "note.txt");
  const { s3 } = clientsOf(server);
  const note = await s3.send(new HeadObjectCommand({ Bucket: "terraform-main", Key: "note.txt" }));
  assert.deepEqual([note.ServerSideEncryption, note.BucketKeyEnabled], ["aws:kms", true]);
  const copy = await s3.send(new GetObjectCommand({ Bucket: "terraform-open", Key: "copied.txt" }));
  assert.equal(await copy.Body?.transformToString(), "kept");
  const planned = await place.run("plan", "-detailed-exitcode", "-input=false");
  assert.equal(planned.code, 0, `the plan is not empty:\n${planned.stdout}${planned.stderr}`);
  const destroyed = await place.run("destroy", "-auto-approve", "-input=false", "-parallelism=20");
  assert.equal(destroyed.code, 0, destroyed.stdout + destroyed.stderr);
});
