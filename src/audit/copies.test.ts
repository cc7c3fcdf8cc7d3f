import assert from "node:assert/strict";
import { test } from "node:test";
import { copiesForOwners } from "./copies.js";
import type { TrailRecord } from "./port.js";

const record: TrailRecord = {
  eventVersion: "1.11",
  userIdentity: {
    type: "IAMUser",
    principalId: "AIDAX",
    arn: "arn:aws:iam::111122223333:user/x",
    accountId: "111122223333",
  },
  eventTime: "2026-11-21T09:00:00Z",
  eventSource: "kms.amazonaws.com",
  eventName: "Encrypt",
  awsRegion: "us-east-1",
  sourceIPAddress: "127.0.0.1",
  userAgent: "test",
  requestParameters: null,
  responseElements: null,
  eventID: "first",
  readOnly: true,
  resources: [{ accountId: "444455556666", type: "AWS::KMS::Key", ARN: "arn:aws:kms:us-east-1:444455556666:key/k" }],
  eventType: "AwsApiCall",
  managementEvent: true,
  recipientAccountId: "111122223333",
  eventCategory: "Management",
};

const ids = () => {
  let count = 0;
  return () => `id-${++count}`;
};

test("the owner of a key in another account is told, and learns no more of the caller than its account", () => {
  const [own, copy, ...more] = copiesForOwners(record, ids());
  assert.equal(more.length, 0);
  assert.equal(own?.recipientAccountId, "111122223333");
  assert.equal(copy?.recipientAccountId, "444455556666");
  assert.equal(own?.sharedEventID, copy?.sharedEventID);
  assert.notEqual(own?.eventID, copy?.eventID);
  assert.deepEqual(copy?.userIdentity, { type: "AWSAccount", principalId: "AIDAX", accountId: "111122223333" });
});

test("a refused call, and a call at home, are told once", () => {
  assert.deepEqual(copiesForOwners({ ...record, errorCode: "AccessDenied" }, ids()).length, 1);
  const atHome = { ...record, resources: [{ type: "AWS::KMS::Key", ARN: "arn", accountId: "111122223333" }] };
  assert.deepEqual(copiesForOwners(atHome, ids()), [atHome]);
});
