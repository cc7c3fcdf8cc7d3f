import { sendForm } from "../../harness/post-form.js";
import { codeIn, messageIn } from "../../harness/raw.js";
import type { ServiceRow } from "../row.js";

/** S3 with browsers' forms, which the official client has no command for. */
export const withForms = (row: ServiceRow): ServiceRow => {
  const { operations } = row;
  return {
    ...row,
    operations: {
      ...operations,
      names: () => [...operations.names(), "PostObject"],
      sender: (stage, credentials) => {
        const send = operations.sender(stage, credentials);
        return async (name, input) => {
          if (name !== "PostObject") return send(name, input);
          const who = credentials === undefined ? { signed: false } : { credentials };
          const form = { bucket: "victim-bucket", fields: { key: "by-a-form" }, ...who };
          const answer = await sendForm(stage.server, form);
          if (answer.status < 300) return {};
          const error = { name: codeIn(answer), $metadata: { httpStatusCode: answer.status } };
          throw Object.assign(new Error(messageIn(answer).replaceAll("&quot;", '"')), error);
        };
      },
    },
  };
};
