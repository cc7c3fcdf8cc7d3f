import { Models } from "../../src/wire/model.js";
import { type Clients, clientsOf } from "../harness/clients.js";
import { Samples } from "../wire/samples.js";
import { modelsFolder } from "../wire/wire-server.js";
import type { Operations } from "./row.js";

interface AnyClient {
  send(command: unknown): Promise<object>;
}

const models = new Models(modelsFolder());

/** The operations of an AWS service, from its model, called through its official client. */
export function awsOperations(
  id: string,
  sdk: object,
  client: (clients: Clients) => unknown,
  own: Pick<Operations, "inputs" | "needNoPermission" | "refusesInside" | "forOthers"> & {
    /** Operations that the client sends to another service or host; they never arrive here. */
    readonly elsewhere?: readonly string[];
  },
): Operations {
  const commands = sdk as Readonly<Record<string, new (input: object) => unknown>>; // each operation has its command
  return {
    ...own,
    names: () => [...models.get(id).rows.keys()].filter((name) => !own.elsewhere?.includes(name)),
    sender: ({ server }, credentials) => {
      const clients = clientsOf(server, credentials === undefined ? { unsigned: true } : { credentials });
      return (name, input) => {
        const Command = commands[`${name}Command`];
        if (Command === undefined) throw new Error(`the client has no ${name}`);
        return (client(clients) as AnyClient).send(new Command(input)); // every client sends its own commands
      };
    },
  };
}

/** The least that the operation takes: its required members, filled by the model. Empty for what has no model. */
export function leastInput(id: string, name: string): Record<string, unknown> {
  if (!models.ids.includes(id)) return {};
  const model = models.get(id);
  const ref = model.rows.get(name)?.input;
  if (ref === undefined || ref === null) return {};
  const { members, required = 0 } = model.structure(ref);
  const needed = new Set(members.slice(0, required).map(([member]) => member));
  return Object.fromEntries(Object.entries(new Samples(model).structure(ref)).filter(([member]) => needed.has(member)));
}

/** Whether the operation has this member. */
export function membersOf(id: string, name: string): readonly string[] {
  if (!models.ids.includes(id)) return [];
  const model = models.get(id);
  const ref = model.rows.get(name)?.input;
  return ref === undefined || ref === null ? [] : model.structure(ref).members.map(([member]) => member);
}
