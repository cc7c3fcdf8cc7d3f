import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePolicy } from "../policy/index.js";
import { AWS_MANAGED } from "./aws-managed-policies.js";

test("each of AWS's policies is a policy, and has an id of its own in IAM's form", () => {
  const ids = new Set<string>();
  for (const { policy, document } of AWS_MANAGED.values()) {
    parsePolicy(document, "identity", { managed: true });
    assert.match(policy.id, /^ANPA[A-Z2-7]{17}$/);
    ids.add(policy.id);
  }
  assert.equal(ids.size, AWS_MANAGED.size);
});
