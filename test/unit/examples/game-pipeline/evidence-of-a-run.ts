import type { Evidence } from "../../../../examples/game-pipeline/account.js";
import type { ServerBook } from "../../../../examples/game-pipeline/fleet.js";
import { deliveredForm, eventId, type GameEvent } from "../../../../examples/game-pipeline/game-event.js";

/** An event of a server. Even numbers are of players with premium. */
export function gameEvent(server: string, number: number): GameEvent {
  return {
    id: eventId(server, number),
    type: "session_end",
    at: "2026-11-29T20:00:00.000Z",
    player: `player-${number}`,
    premium: number % 2 === 0,
    session: `session-${number}`,
    level: 7,
    playTimeSeconds: 4_320,
    country: "DE",
    device: "iPad",
  };
}

/** A server that put this many events, all of them delivered. */
export function serverBook(name: string, events: number, changes: Partial<ServerBook> = {}): ServerBook {
  return {
    name,
    state: "ended",
    events: Array.from({ length: events }, (_, number) => gameEvent(name, number)),
    delivered: new Set(Array.from({ length: events }, (_, number) => number)),
    again: new Map(),
    failed: new Map(),
    ...changes,
  };
}

/** Maps of evidence that a test may change. */
export interface OpenEvidence extends Evidence {
  readonly inEvents: Map<string, number>;
  readonly inPremium: Map<string, number>;
  readonly filter: {
    readonly dropped: Map<string, number>;
    readonly passed: Map<string, number>;
    readonly again: Map<string, string>;
  };
  readonly files: Evidence["files"] & {
    readonly events: Map<string, ReturnType<typeof deliveredForm>[]>;
    readonly errors: Map<string, string>;
  };
}

/** The evidence of a run in which every event of these servers went through once. */
export function evidenceOf(servers: readonly ServerBook[], failedInvocations = 0): OpenEvidence {
  const evidence: OpenEvidence = {
    servers,
    failedInvocations,
    inEvents: new Map(),
    inPremium: new Map(),
    filter: { dropped: new Map(), passed: new Map(), again: new Map() },
    files: { files: 1, errorFiles: 0, events: new Map(), errors: new Map() },
  };
  for (const event of servers.flatMap(({ events }) => events)) arrive(evidence, event);
  return evidence;
}

function arrive({ inEvents, inPremium, filter, files }: OpenEvidence, event: GameEvent): void {
  const { id, premium } = event;
  inEvents.set(id, 1);
  if (!premium) {
    filter.dropped.set(id, 1);
    return;
  }
  filter.passed.set(id, 1);
  inPremium.set(id, 1);
  files.events.set(id, [deliveredForm(event)]);
}

/** Takes an event out of everything that comes behind the put. */
export function lose({ inEvents, inPremium, filter, files }: OpenEvidence, id: string): void {
  inEvents.delete(id);
  inPremium.delete(id);
  filter.dropped.delete(id);
  filter.passed.delete(id);
  files.events.delete(id);
}
