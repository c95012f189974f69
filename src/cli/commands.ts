import type { Command } from "./command.js";
import { costCommand } from "./cost/cost-command.js";
import { deaggregateCommand } from "./deaggregate/deaggregate-command.js";
import { faultsCommand } from "./faults/faults-command.js";
import { loadCommand } from "./load/load-command.js";
import { localCommand } from "./local/local-command.js";
import { migrateKplCommand } from "./migrate/migrate-kpl-command.js";
import { putCommand } from "./put/put-command.js";
import { tailCommand } from "./tail/tail-command.js";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  localCommand,
  faultsCommand,
  putCommand,
  tailCommand,
  loadCommand,
  deaggregateCommand,
  costCommand,
  migrateKplCommand,
];
