import { directory, type ServiceCredential, serviceCredentials } from "../../../identity/index.js";
import type { ReadTx } from "../../../store/index.js";
import { aboutUser, checkOn, existing } from "../entities.js";
import { invalidInput } from "../errors.js";
import { cutPage, pageOfList, pageStart } from "../pages.js";
import { operation } from "../ports.js";
import { checkService, listedServiceCredential } from "../service-credentials.js";

interface Input {
  readonly UserName?: string | undefined;
  readonly AllUsers?: boolean | undefined;
}

const one = aboutUser<Input>("iam:ListServiceSpecificCredentials");

/** Those of one user, or of the whole account. No target: all users'. */
export const listServiceSpecificCredentials = operation("ListServiceSpecificCredentials", {
  target: async (ctx, input, ports) => (input.AllUsers ? undefined : one.target(ctx, input, ports)),
  checks: (ctx, input, target) =>
    target === undefined ? [checkOn(ctx, "iam:ListServiceSpecificCredentials", "*")] : one.checks(ctx, input, target),
  run: (ctx, input, { target }, { database }) => {
    const { ServiceName: service, UserName: userName } = input;
    if (service !== undefined) checkService(service);
    const fits = (credential: ServiceCredential) => service === undefined || credential.service === service;
    const nowMs = ctx.time.getTime();
    return database.read(async (tx) => {
      if (target !== undefined) {
        const user = existing(target);
        const all = (await serviceCredentials.of(tx, user.id)).filter(fits);
        const { items, end } = pageOfList(`service-credentials:${user.id}`, all, input, ({ name }) => name);
        return {
          ServiceSpecificCredentials: items.map((each) => listedServiceCredential(user.name, each, nowMs)),
          ...end,
        };
      }
      if (userName !== undefined) throw invalidInput("UserName and AllUsers cannot be given together.");
      const { account } = ctx.caller;
      const scope = `service-credentials:${account}:${service}`;
      const { after, limit } = pageStart(scope, input);
      const rows = await rowsAfter(tx, { account, after, limit: limit + 1 }, fits);
      const { items, end } = cutPage(scope, rows, limit, ({ name }) => name.toLowerCase());
      const shown = [];
      for (const each of items) {
        const user = await directory.userById(tx, each.ownerId);
        if (user !== undefined) shown.push(listedServiceCredential(user.name, each, nowMs));
      }
      return { ServiceSpecificCredentials: shown, ...end };
    });
  },
});

type Part = Omit<Parameters<typeof serviceCredentials.list>[1], "pathPrefix">;

/** Rows of one service are few among many: this reads on until the page is full. */
async function rowsAfter(tx: ReadTx, part: Part, fits: (credential: ServiceCredential) => boolean) {
  const rows: ServiceCredential[] = [];
  let { after } = part;
  while (rows.length < part.limit) {
    const more = await serviceCredentials.list(tx, { ...part, pathPrefix: "/", after });
    rows.push(...more.filter(fits));
    if (more.length < part.limit) break;
    after = (more.at(-1)?.name ?? "").toLowerCase();
  }
  return rows.slice(0, part.limit);
}
