/** Terraform's aws_organizations_*: applied, planned empty, destroyed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  DescribeOrganizationCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import { configOf } from "../harness/clients.js";
import { codeOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { missingTerraform, workspace } from "../harness/terraform.js";

const folder = newFolder("terraform-organizations");
let server: Server;
before(async () => {
  server = await startServer({ dataFolder: join(folder, "data") });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const CONFIGURATION = `
resource "aws_organizations_organization" "main" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}
resource "aws_organizations_organizational_unit" "dev" {
  name      = "dev"
  parent_id = aws_organizations_organization.main.roots[0].id
  tags      = { team = "blue" }
}
resource "aws_organizations_account" "dev" {
  name      = "dev"
  email     = "dev@example.com"
  parent_id = aws_organizations_organizational_unit.dev.id
}
resource "aws_organizations_policy" "guard" {
  name = "guard"
  type = "SERVICE_CONTROL_POLICY"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "kms:ScheduleKeyDeletion", Resource = "*" }]
  })
  depends_on = [aws_organizations_organization.main]
}
resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = aws_organizations_organizational_unit.dev.id
}
`;

test("aws_organizations_* apply, plan nothing more, and are destroyed", async (t) => {
  const missing = await missingTerraform();
  if (missing !== undefined) return t.skip(missing);
  const company = new OrganizationsClient(configOf(server));
  const { run } = await workspace(server, join(folder, "work"), CONFIGURATION);
  const applied = await run("apply", "-auto-approve", "-input=false");
  assert.equal(applied.code, 0, applied.stderr);
  const { Roots = [] } = await company.send(new ListRootsCommand({}));
  const units = await company.send(new ListOrganizationalUnitsForParentCommand({ ParentId: Roots[0]?.Id }));
  const ParentId = units.OrganizationalUnits?.[0]?.Id;
  const { Accounts = [] } = await company.send(new ListAccountsForParentCommand({ ParentId }));
  assert.deepEqual(
    Accounts.map(({ Name }) => Name),
    ["dev"],
  );
  const planned = await run("plan", "-detailed-exitcode", "-input=false");
  assert.equal(planned.code, 0, planned.stdout + planned.stderr);
  const destroyed = await run("destroy", "-auto-approve", "-input=false");
  assert.equal(destroyed.code, 0, destroyed.stderr);
  assert.equal(await codeOf(company.send(new DescribeOrganizationCommand({}))), "AWSOrganizationsNotInUseException");
});
