import { eventId, type GameEvent } from "./game-event.js";

/** Players of the game, over all servers. */
const PLAYERS = 20_000;
/** One of this many players pays. */
const PLAYERS_PER_PREMIUM = 4;
/** Sessions that one server has at a time. */
const SESSIONS = 300;
const COUNTRIES = ["BR", "DE", "FR", "IN", "JP", "MX", "TR", "US"];
const DEVICES = ["Android", "iPad", "iPhone"];
/** A session lasts 20 minutes in the middle: seconds, and the spread of their logarithm. */
const MEDIAN_SECONDS = 1_200;
const SPREAD = 1.1;

interface Session {
  readonly id: string;
  readonly player: number;
  /** Play time at its end. */
  readonly seconds: number;
  level: number;
  /** The part that is played, 0 to 1. */
  played: number;
}

/** Makes the events of one server: players come, reach levels, and leave. */
export class Players {
  readonly #server: string;
  readonly #random: () => number;
  readonly #sessions: Session[] = [];
  #events = 0;
  #begun = 0;

  /** @param random - a number from 0 to 1 */
  constructor(server: string, random: () => number) {
    this.#server = server;
    this.#random = random;
  }

  /** @param now - milliseconds since the Unix epoch */
  next(now: number): GameEvent {
    const sessions = this.#sessions;
    const isJoining = sessions.length === 0 || (sessions.length < SESSIONS && this.#random() < 0.4);
    if (isJoining) {
      const session = this.#join();
      sessions.push(session);
      return this.#event("session_start", session, now);
    }
    const place = this.#below(sessions.length);
    const session = sessions[place] as Session;
    session.played = Math.min(1, session.played + 0.15 + 0.5 * this.#random());
    if (session.played < 1) {
      session.level++;
      return this.#event("level_up", session, now);
    }
    sessions.splice(place, 1);
    return this.#event("session_end", session, now);
  }

  #join(): Session {
    const spread = Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    return {
      id: `${this.#server}-session-${++this.#begun}`,
      player: this.#below(PLAYERS),
      seconds: Math.round(MEDIAN_SECONDS * Math.exp(SPREAD * spread)),
      level: 1 + this.#below(60),
      played: 0,
    };
  }

  #event(type: GameEvent["type"], { id, player, seconds, level, played }: Session, now: number): GameEvent {
    return {
      id: eventId(this.#server, this.#events++),
      type,
      at: new Date(now).toISOString(),
      player: `player-${String(player).padStart(6, "0")}`,
      premium: player % PLAYERS_PER_PREMIUM === 0,
      session: id,
      level,
      playTimeSeconds: Math.round(seconds * played),
      country: COUNTRIES[player % COUNTRIES.length] ?? "",
      device: DEVICES[player % DEVICES.length] ?? "",
    };
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }
}
