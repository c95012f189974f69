/** Whole numbers with separators. */
export function whole(number: number): string {
  return Math.round(number).toLocaleString("en");
}

/** Three significant digits, without an exponent: `0.052`, `4.31`, `1,230`. */
export function precise(number: number): string {
  return number >= 1_000 ? whole(number) : number.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** A short form for the ticks of an axis: `500`, `20k`, `1.5M`. */
export function short(number: number): string {
  if (number >= 1e6) return `${precise(number / 1e6)}M`;
  if (number >= 1e4) return `${precise(number / 1e3)}k`;
  return precise(number);
}

/** A share as percent: `37 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** How many times more the first is than the second; a dash when nothing was stored, or the data of the page lacks it. */
export function timesSmaller(bytes: number, storedBytes: number): string {
  const times = bytes / storedBytes;
  return Number.isFinite(times) ? precise(times) : "–";
}

/** A latency with the unit that suits it: `0.4 ms`, `320 ms`, `2.5 s`. */
export function milliseconds(ms: number): string {
  return ms >= 1_000 ? `${precise(ms / 1_000)} s` : `${precise(ms)} ms`;
}

/** A time of the load: `5 s`, `2 min`, `1.5 h`. */
export function time(seconds: number): string {
  if (seconds >= 7_200) return `${precise(seconds / 3_600)} h`;
  if (seconds >= 300) return `${precise(seconds / 60)} min`;
  return `${precise(seconds)} s`;
}

/** An amount of money: whole dollars from 100 on. */
export function dollars(amount: number): string {
  return amount >= 100
    ? `$${whole(amount)}`
    : `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** `0` of `shardId-000000000000`. */
export function shortShard(shardId: string): string {
  return shardId.replace(/^shardId-0*(?=\d)/, "");
}

/** A percentile of a share: `50 %`, `99.9 %`. */
export function percentile(share: number): string {
  return `${Number((share * 100).toFixed(6))} %`;
}
