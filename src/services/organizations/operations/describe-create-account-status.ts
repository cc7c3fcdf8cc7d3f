import { requestsStore } from "../../../identity/index.js";
import { errors } from "../errors.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { showRequest } from "../shown.js";

export const describeCreateAccountStatus = operation("DescribeCreateAccountStatus", {
  ...about("DescribeCreateAccountStatus"),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const request = await requestsStore.accountRequest(tx, input.CreateAccountRequestId);
      if (request?.organization !== organization.id) throw errors.accountRequestNotFound();
      return { CreateAccountStatus: showRequest(request) };
    }),
});
