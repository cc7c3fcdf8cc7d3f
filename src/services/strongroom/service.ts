import { defineService, type Service } from "../../kit/index.js";
import { anchorTrail } from "./operations/anchor-trail.js";
import { createAccountOperation } from "./operations/create-account.js";
import { explainOperation } from "./operations/explain.js";
import { getCostReport } from "./operations/get-cost-report.js";
import { getScrubReport } from "./operations/get-scrub-report.js";
import { listAccounts } from "./operations/list-accounts.js";
import { readTrail } from "./operations/read-trail.js";
import { startScrub } from "./operations/start-scrub.js";
import type { ScrubPorts } from "./ports.js";

/**
 * What AWS has no word for: making accounts on this house, asking why a decision falls as it does, and proving
 * the trail. Spoken as
 * signed JSON under `/_strongroom/api/`, authorized by `strongroom:` actions like everything else.
 */
export function strongroomService(ports: ScrubPorts): Service {
  return defineService({
    id: "strongroom",
    eventSource: "strongroom",
    operations: [
      createAccountOperation,
      listAccounts,
      explainOperation,
      getCostReport,
      anchorTrail,
      readTrail,
      getScrubReport,
      startScrub,
    ].map((operation) => operation(ports)),
  });
}
