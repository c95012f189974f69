import { type Duplicates, duplicatesOf, type Hop } from "./duplicates.js";
import type { ServerBook } from "./fleet.js";
import { type DeliveredEvent, deliveredForm, eventId, type GameEvent } from "./game-event.js";
import type { FilterBook } from "./premium-filter.js";

/** Everything that is known when the run is over. Maps are by the id of an event. */
export interface Evidence {
  readonly servers: readonly ServerBook[];
  readonly filter: FilterBook;
  /** Invocations of the filter that failed: Lambda repeated their batches. */
  readonly failedInvocations: number;
  /** Copies that the first stream has. */
  readonly inEvents: ReadonlyMap<string, number>;
  /** Copies that the second stream has. */
  readonly inPremium: ReadonlyMap<string, number>;
  readonly files: FilesRead;
}

/** The contents of all files. */
export interface FilesRead {
  readonly files: number;
  readonly errorFiles: number;
  readonly events: ReadonlyMap<string, readonly DeliveredEvent[]>;
  /** Codes of events in error files. */
  readonly errors: ReadonlyMap<string, string>;
}

/** Events with one named fate. */
export interface NamedEvents {
  /** The server that put them. */
  readonly by: string;
  /** The fate: an error's code, or unknown. */
  readonly why: string;
  /** In the order of the puts. */
  readonly ids: readonly string[];
}

/** A server that was killed, and the events for which it had no acknowledgement. */
export interface KilledServer {
  readonly name: string;
  readonly put: number;
  readonly unacknowledged: number;
  /** Of these: in a file, or dropped by the filter. */
  readonly found: number;
}

/** The account of a run: `put` is the sum of `inFiles`, `dropped`, the named events and the missing ones. */
export interface Account {
  readonly put: number;
  readonly servers: number;
  readonly inFiles: number;
  readonly files: number;
  readonly dropped: number;
  readonly named: readonly NamedEvents[];
  readonly killed: readonly KilledServer[];
  /** Events that were put, and are nowhere. */
  readonly missing: readonly string[];
  /** Sentences about things that must not be. */
  readonly contradictions: readonly string[];
  readonly duplicates: Duplicates;
  /** Whether nothing is missing, nothing contradicts, and every duplicate is explained. */
  readonly isClosed: boolean;
}

type Fate = "in files" | "dropped" | "missing" | { readonly why: string };

/** Closes the account: finds the fate of each event that was put. */
export function closeAccount(evidence: Evidence): Account {
  const { servers, files } = evidence;
  const contradictions = [...strangers(evidence), ...crashes(servers)];
  const named = new Map<string, { by: string; why: string; ids: string[] }>();
  const missing: string[] = [];
  const killed: KilledServer[] = [];
  const hops: Hop[] = [];
  let [put, inFiles, dropped] = [0, 0, 0];
  for (const server of servers) {
    let [unacknowledged, found] = [0, 0];
    for (const [number, event] of server.events.entries()) {
      const { id } = event;
      put++;
      const fate = fateOf(event, number, server, evidence);
      contradictions.push(...contradictionsOf(event, number, server, evidence));
      if (fate === "in files") inFiles++;
      else if (fate === "dropped") dropped++;
      else if (fate === "missing") missing.push(id);
      else take(named, server.name, fate.why, id);
      if (!isSettled(server, number)) {
        unacknowledged++;
        if (fate === "in files" || fate === "dropped") found++;
      }
      hops.push(hopOf(event, number, server, evidence));
    }
    if (server.state === "killed") killed.push({ name: server.name, put: server.events.length, unacknowledged, found });
  }
  const duplicates = duplicatesOf(hops, evidence.failedInvocations);
  return {
    put,
    servers: servers.length,
    inFiles,
    files: files.files,
    dropped,
    named: [...named.values()],
    killed,
    missing,
    contradictions,
    duplicates,
    isClosed: missing.length === 0 && contradictions.length === 0 && duplicates.unexplained.length === 0,
  };
}

function fateOf({ id }: GameEvent, number: number, server: ServerBook, { filter, files }: Evidence): Fate {
  if (files.events.has(id)) return "in files";
  if (filter.dropped.has(id)) return "dropped";
  const error = files.errors.get(id);
  if (error !== undefined) return { why: `in an error file: ${error}` };
  const failure = server.failed.get(number);
  if (failure !== undefined) return { why: `failed: ${failure.code}, delivery ${failure.delivery}` };
  if (server.state === "killed" && !server.delivered.has(number)) return { why: "unknown: in the killed process" };
  return "missing";
}

function isSettled({ delivered, failed }: ServerBook, number: number): boolean {
  return delivered.has(number) || failed.has(number);
}

/** Things that must not be, about one event. */
function* contradictionsOf(
  event: GameEvent,
  number: number,
  server: ServerBook,
  { filter, files, inEvents }: Evidence,
): Generator<string> {
  const { id, premium } = event;
  const copies = files.events.get(id) ?? [];
  if (copies.length > 0 && !premium) yield `${id} is in a file, and its player has no premium`;
  if (filter.dropped.has(id) && premium) yield `${id} was dropped, and its player has premium`;
  const expected = JSON.stringify(deliveredForm(event));
  if (copies.some((copy) => JSON.stringify(copy) !== expected)) yield `${id} is changed in a file`;
  if (server.delivered.has(number) && !inEvents.has(id)) yield `${id} was acknowledged, and is not in the stream`;
  const isStored = inEvents.has(id) && server.failed.get(number)?.delivery === "none";
  if (isStored) yield `${id} failed with delivery "none", and is in the stream`;
  if (server.state !== "killed" && !isSettled(server, number))
    yield `${server.name} ended without the outcome of ${id}`;
}

/** Events that are somewhere, and that no server has put. */
function* strangers({ servers, filter, files }: Evidence): Generator<string> {
  const known = new Set(servers.flatMap(({ events }) => events.map(({ id }) => id)));
  const places: readonly [string, Iterable<string>][] = [
    ["in a file", files.events.keys()],
    ["in an error file", files.errors.keys()],
    ["dropped", filter.dropped.keys()],
  ];
  for (const [place, ids] of places) {
    for (const id of ids) if (!known.has(id)) yield `${id} is ${place}, and no server put it`;
  }
}

function* crashes(servers: readonly ServerBook[]): Generator<string> {
  for (const { name, state } of servers) if (state === "crashed") yield `${name} crashed`;
}

/** The copies of an event from stage to stage. */
function hopOf(
  { id, premium }: GameEvent,
  number: number,
  server: ServerBook,
  { filter, files, inEvents, inPremium }: Evidence,
): Hop {
  const handled = (premium ? filter.passed : filter.dropped).get(id) ?? 0;
  const stages = [1, inEvents.get(id) ?? 0, handled];
  if (premium) stages.push(inPremium.get(id) ?? 0, files.events.get(id)?.length ?? 0);
  const isUnknown = server.state === "killed" && !isSettled(server, number);
  const codes = server.again.get(number);
  const filterCodes = filter.again.get(id);
  return {
    id: eventId(server.name, number),
    server: server.name,
    stages,
    serverReason:
      codes === undefined ? (isUnknown ? "it was killed before it wrote why" : undefined) : sentAgain(codes),
    filterReason: filterCodes === undefined ? undefined : sentAgain(filterCodes),
  };
}

function sentAgain(codes: string): string {
  return `sent again after ${codes}`;
}

function take(
  named: Map<string, { by: string; why: string; ids: string[] }>,
  by: string,
  why: string,
  id: string,
): void {
  const key = `${by} ${why}`;
  const group = named.get(key) ?? { by, why, ids: [] };
  group.ids.push(id);
  named.set(key, group);
}
