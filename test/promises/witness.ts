/**
 * Loaded into a server by `NODE_OPTIONS=--import`, in tests alone: writes down what the authorizer is asked. The program
 * itself has no such door; here one line is put into the authorizer's own function before the bundle is compiled.
 */
import { appendFileSync } from "node:fs";
import vm from "node:vm";
import { CONDITION_KEYS, OWN_NAME } from "./condition-keys.js";

interface Values {
  has(name: string): boolean;
  keys?(): Iterable<string>;
}

interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly values?: Values;
}

const AUTHORIZER = "function authorize(call, target, checks) {";

const CANDIDATES = CONDITION_KEYS.map((key) => (/[/:]$/.test(key) ? `${key}${OWN_NAME}` : key).toLowerCase());

/** Some values are looked up one by one and cannot list what they have; others bring keys that nobody foresaw. */
const keysOf = (values: Values | undefined) =>
  values === undefined
    ? []
    : [...new Set([...CANDIDATES.filter((key) => values.has(key)), ...(values.keys?.() ?? [])])];

const file = process.env["STRONGROOM_TEST_WITNESS"];
if (file !== undefined) {
  Object.assign(globalThis, {
    strongroomWitness(call: { caller: { accessKeyId: string }; viaService?: string }, checks: readonly Asked[]) {
      const asked = checks.map(({ action, resource, values }) => ({ action, resource, keys: keysOf(values) }));
      const line = { accessKeyId: call.caller.accessKeyId, via: call.viaService !== undefined, asked };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    },
  });
  vm.Script = class extends vm.Script {
    // Without the compiled code that the build kept: that is another source's.
    constructor(source: string, { filename }: { readonly filename: string }) {
      super(source.replace(AUTHORIZER, `${AUTHORIZER} globalThis.strongroomWitness(call, checks);`), { filename });
    }
  };
}
