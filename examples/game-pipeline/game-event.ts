/** One event of a mobile game. Its id names the process that put it, and its number there. */
export interface GameEvent {
  /** `server-2/1234`. */
  readonly id: string;
  readonly type: "session_start" | "level_up" | "session_end";
  /** ISO 8601. */
  readonly at: string;
  readonly player: string;
  /** Whether the player pays. */
  readonly premium: boolean;
  readonly session: string;
  readonly level: number;
  /** Of the session so far. */
  readonly playTimeSeconds: number;
  readonly country: string;
  readonly device: string;
}

/** The event in a file: the play time is text for a person. */
export interface DeliveredEvent extends Omit<GameEvent, "playTimeSeconds"> {
  /** `1 h 12 min`. */
  readonly playTime: string;
}

export function eventId(server: string, number: number): string {
  return `${server}/${number}`;
}

/** The event in the data of a record. @throws SyntaxError for other data */
export function eventOf(data: Uint8Array): GameEvent {
  return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString()) as GameEvent;
}

/** The transform of the delivery stream. */
export function deliveredForm({ playTimeSeconds, ...event }: GameEvent): DeliveredEvent {
  return { ...event, playTime: playTimeText(playTimeSeconds) };
}

/** Seconds as text: `45 s`, `12 min`, `1 h 12 min`. From a minute on, seconds are cut off. */
export function playTimeText(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
