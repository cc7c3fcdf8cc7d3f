import { AwsError } from "../../base/index.js";
import { type Denied, denialText } from "../../identity/index.js";
import type { RequestContext, Service } from "../../kit/index.js";
import { callOperation, TEST_ACCOUNT, testContext } from "../../kit/testing.js";
import type { AccountBlocks } from "./ports.js";
import { s3ControlService } from "./service.js";

type Block = Parameters<AccountBlocks["put"]>[2];

/** S3 Control over stand-ins of what S3 offers. */
export interface ControlHouse {
  readonly service: Service;
  /** The access blocks of accounts, as they were put last. */
  readonly blocks: Map<string, Block>;
  /** Calls the operation as the pipeline does, about the test account; by default as its root. */
  call<Output = Record<string, unknown>>(
    name: string,
    input?: object,
    parts?: Partial<RequestContext>,
  ): Promise<Output>;
}

export function controlHouse(): ControlHouse {
  const blocks = new Map<string, Block>();
  const service = s3ControlService({ blocks: blocksIn(blocks), denied });
  return {
    service,
    blocks,
    call(name, input = {}, parts = {}) {
      const operation = service.operations.get(name);
      if (operation === undefined) throw new Error(`no operation ${name}`);
      return callOperation(operation, testContext(parts), { AccountId: TEST_ACCOUNT, ...input });
    },
  };
}

const denied = (refusal: Denied) => new AwsError("AccessDenied", denialText(refusal), { status: 403 });

const OFF = { BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };

const blocksIn = (blocks: Map<string, Block>): AccountBlocks => ({
  async find(account) {
    const block = blocks.get(account);
    return block && { ...OFF, ...block };
  },
  async put(_ctx, account, block) {
    if (block === undefined) blocks.delete(account);
    else blocks.set(account, block);
  },
});
