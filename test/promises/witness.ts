/**
 * Loaded into a server by `NODE_OPTIONS=--import`, in tests alone: writes down what the authorizer is asked. The program
 * itself has no such door; the loader puts one line into the authorizer's own function.
 */
import { appendFileSync } from "node:fs";
import { register } from "node:module";

interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly values?: ReadonlyMap<string, unknown>;
}

const file = process.env["STRONGROOM_TEST_WITNESS"];
if (file !== undefined) {
  Object.assign(globalThis, {
    strongroomWitness(call: { caller: { accessKeyId: string }; viaService?: string }, checks: readonly Asked[]) {
      const asked = checks.map(({ action, resource, values }) => ({
        action,
        resource,
        keys: [...(values?.keys() ?? [])],
      }));
      const line = { accessKeyId: call.caller.accessKeyId, via: call.viaService !== undefined, asked };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    },
  });
  register("./witness-loader.js", import.meta.url);
}
