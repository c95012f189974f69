/**
 * The messages from the example to its page, as server-sent events of these names.
 *
 * @module
 */
export interface Messages {
  /** The first message: everything so far. */
  readonly history: History;
  readonly frame: LiveFrame;
  readonly news: News;
  /** The last message. */
  readonly end: RunEnd;
}

export interface History {
  /** Seconds that the day takes. */
  readonly seconds: number;
  readonly frames: readonly LiveFrame[];
  readonly news: readonly News[];
  /** Present when the run is over. */
  readonly end?: RunEnd;
}

/** The state of the pipeline at a moment. Rates are events a second, over the last seconds. */
export interface LiveFrame {
  /** Since the beginning. */
  readonly second: number;
  /** Hour of the day, 0 to 24. */
  readonly hour: number;
  /** The rate that the players want. */
  readonly wanted: number;
  readonly put: number;
  readonly filtered: number;
  readonly written: number;
  /** Events so far. */
  readonly totals: {
    readonly put: number;
    readonly dropped: number;
    readonly passed: number;
    readonly written: number;
  };
  readonly files: number;
  readonly servers: readonly LiveServer[];
  /** The open shards of the stream of all events. */
  readonly shards: readonly LiveShard[];
  /** From the arrival in the stream until the filter had handled the event. */
  readonly filterLagMs: number;
  /** From the making of the oldest event in the last file until the file was there. */
  readonly fileLagMs: number;
  /** US dollars a month at the mean rate so far, provisioned, of both streams. */
  readonly bill: number;
}

export interface LiveServer {
  readonly name: string;
  readonly state: "running" | "ending" | "ended" | "killed" | "crashed";
}

export interface LiveShard {
  readonly id: string;
  /** The part of its limits that writes use: 1 is a full shard. */
  readonly use: number;
}

export interface News {
  readonly second: number;
  readonly text: string;
  /** A number in the plots, for news that change their lines. */
  readonly mark?: number;
}

/** The account, as rows of text. */
export interface RunEnd {
  readonly isClosed: boolean;
  readonly verdict: string;
  readonly rows: readonly (readonly [label: string, count: string, remark: string])[];
}
