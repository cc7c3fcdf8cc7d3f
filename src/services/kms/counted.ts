import type { AnyOperation, RequestContext } from "../../kit/index.js";
import type { Kms } from "../../kms/index.js";

/** The operation, counted for the bill once it is authorized: what fails later, or is a dry run, costs the same. */
export function counted(operation: AnyOperation, { costs }: Kms): AnyOperation {
  const { name, run } = operation;
  const makesPair = name.startsWith("GenerateDataKeyPair");
  return {
    ...operation,
    run: (ctx, input, ok) => {
      const { KeyPairSpec } = input as { KeyPairSpec?: string }; // of pairs; what the wire decoded for this operation
      costs.note(ctx.caller.account, keyOf(ctx), makesPair ? `${name}/${KeyPairSpec}` : name);
      return run(ctx, input, ok);
    },
  };
}

/** The record names it; of two keys the first, which is where the ciphertext of a ReEncrypt comes from. */
function keyOf({ notes: { resources } }: RequestContext): string {
  for (const { type, ARN } of resources) if (type === "AWS::KMS::Key") return ARN;
  return "";
}
