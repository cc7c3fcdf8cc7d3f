import assert from "node:assert/strict";
import { test } from "node:test";
import { authorize, Denied } from "../../../identity/index.js";
import { HOUSE_ACCOUNT, SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller, testContext } from "../../../kit/testing.js";
import { allows, openSts, type StsBench } from "../testing.js";

const INSTANCE = `arn:aws:ec2:us-east-1:${HOUSE_ACCOUNT}:instance/i-1`;

/** What a service of EC2's kind would send to a user without permission. */
async function encodedFor(sts: StsBench, values: Map<string, string>): Promise<string> {
  const ctx = testContext({ caller: await sts.user("bob") });
  const check = { action: "ec2:StopInstances", resource: INSTANCE, values };
  try {
    authorize(ctx, undefined, [{ ...check, side: { kind: "none", account: HOUSE_ACCOUNT } }]);
  } catch (thrown) {
    assert.ok(thrown instanceof Denied);
    return sts.house.identity.encodeDenial(ctx, thrown);
  }
  throw new Error("bob may do nothing");
}

test("DecodeAuthorizationMessage is refused without permission", async (t) => {
  const sts = await openSts(t);
  const EncodedMessage = await encodedFor(sts, new Map());
  const ada = sts.as(await sts.user("ada", [allows("ec2:*")]));
  await assert.rejects(ada.call("DecodeAuthorizationMessage", { EncodedMessage }), { name: "Denied" });
});

test("a message that was cut, changed, made up, or is another account's is not valid", async (t) => {
  const sts = await openSts(t);
  const good = await encodedFor(sts, new Map());
  const words = { code: "InvalidAuthorizationMessageException", message: "Message is not valid" };
  const middle = good.length >> 1;
  const changed = good.slice(0, middle) + (good[middle] === "A" ? "B" : "A") + good.slice(middle + 1);
  for (const EncodedMessage of ["x", "AAAA", good.slice(4), good.slice(0, -8), changed, "A".repeat(10_241)])
    await assert.rejects(sts.call("DecodeAuthorizationMessage", { EncodedMessage }), words);
  const stranger = sts.as(rootCaller(SECOND_ACCOUNT));
  await assert.rejects(stranger.call("DecodeAuthorizationMessage", { EncodedMessage: good }), words);
});

test("a session token is no message, and a message no session token", async (t) => {
  const sts = await openSts(t);
  const { Credentials } = await sts.call("GetSessionToken", {});
  const EncodedMessage = Credentials?.SessionToken ?? "";
  await assert.rejects(sts.call("DecodeAuthorizationMessage", { EncodedMessage }), {
    code: "InvalidAuthorizationMessageException",
  });
  const message = await encodedFor(sts, new Map());
  const answer = await sts.house.identity.callerOf(Credentials?.AccessKeyId ?? "", message);
  assert.deepEqual(answer, { found: false, why: "bad-token" });
});

test("DecodeAuthorizationMessage tells who asked for what, and with which values", async (t) => {
  const sts = await openSts(t);
  const EncodedMessage = await encodedFor(sts, new Map([["ec2:region", "us-east-1"]]));
  for (const hidden of ["bob", "StopInstances"])
    assert.equal(Buffer.from(EncodedMessage, "base64").includes(hidden), false);
  const ada = sts.as(await sts.user("ada", [allows("sts:DecodeAuthorizationMessage")]));
  const { DecodedMessage = "" } = await ada.call("DecodeAuthorizationMessage", { EncodedMessage });
  const { allowed, explicitDeny, context } = JSON.parse(DecodedMessage);
  assert.deepEqual([allowed, explicitDeny], [false, false]);
  assert.deepEqual([context.principal.name, context.action, context.resource], ["bob", "ec2:StopInstances", INSTANCE]);
  assert.deepEqual(context.conditions.items, [{ key: "ec2:region", values: { items: [{ value: "us-east-1" }] } }]);
});

test("values that are too long are left out, so that the message can always be decoded", async (t) => {
  const sts = await openSts(t);
  const EncodedMessage = await encodedFor(sts, new Map([["ec2:userdata", "x".repeat(20_000)]]));
  assert.ok(EncodedMessage.length <= 10_240);
  const { DecodedMessage = "" } = await sts.call("DecodeAuthorizationMessage", { EncodedMessage });
  assert.deepEqual(JSON.parse(DecodedMessage).context.conditions.items, []);
});
