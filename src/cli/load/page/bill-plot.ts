import type { Bill } from "../../bill/bill.js";
import { pixels, svg } from "./dom.js";
import type { FigureSpec } from "./figure.js";
import { dollars, whole } from "./format.js";

export interface NamedBill {
  readonly name: string;
  readonly colour: string;
  readonly bill: Bill;
}

interface Bar {
  readonly label: string;
  readonly colour: string;
  readonly fixed: number;
  readonly traffic: number;
}

const BAR_HEIGHT = 18;
const ROW_HEIGHT = 46;

/** The bill of a month, as one bar for each mode and each capacity mode of the stream. */
export function billPlot(bills: readonly NamedBill[]): FigureSpec {
  const [first] = bills;
  const { hours = 0, region = "", asOf = "" } = first?.bill ?? {};
  return {
    id: "bill",
    title: "Bill of a month",
    note: `Writing at the mean rate of this load for ${hours} h, at the list prices of ${region}, ${asOf}; from the mean size of a Kinesis record.`,
    legend: [
      { name: "shard or stream hours", colour: "bill-fixed", mark: "block" },
      { name: "PUT units or data in", colour: "bill-traffic", mark: "block" },
    ],
    table: () => [
      ["mode", "shards", "shard hours", "PUT units", "provisioned", "stream hours", "data in", "on demand"],
      ...bills.map(({ name, bill: { provisioned, onDemand } }) => [
        name,
        whole(provisioned.shards),
        ...[provisioned.shardHours, provisioned.putUnits, provisioned.total].map(dollars),
        ...[onDemand.streamHours, onDemand.dataIn, onDemand.total].map(dollars),
      ]),
    ],
    draw: (width) => draw(bills.flatMap(barsOf), width),
  };
}

function barsOf({ name, colour, bill: { provisioned, onDemand } }: NamedBill): Bar[] {
  const shards = `${whole(provisioned.shards)} shard${provisioned.shards === 1 ? "" : "s"}`;
  return [
    { label: `${name}, ${shards}`, colour, fixed: provisioned.shardHours, traffic: provisioned.putUnits },
    { label: `${name}, on demand`, colour, fixed: onDemand.streamHours, traffic: onDemand.dataIn },
  ];
}

function draw(bars: readonly Bar[], width: number): SVGElement {
  const height = bars.length * ROW_HEIGHT;
  const most = Math.max(0.01, ...bars.map(({ fixed, traffic }) => fixed + traffic));
  const length = (amount: number): number => (amount / most) * (width - 96);
  return svg(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}` },
    bars.flatMap(({ label, colour, fixed, traffic }, row) => {
      const y = row * ROW_HEIGHT;
      const end = length(fixed + traffic);
      const bar = { y: y + 20, height: BAR_HEIGHT };
      return [
        svg("text", { x: 0, y: y + 14, class: "label" }, [label]),
        svg("rect", { ...bar, x: 0, width: pixels(length(fixed)), class: `mark fixed ${colour}` }),
        svg("rect", {
          ...bar,
          x: pixels(length(fixed)),
          width: pixels(length(traffic)),
          class: `mark traffic ${colour}`,
        }),
        svg("text", { x: pixels(end + 8), y: y + 34, class: "amount" }, [dollars(fixed + traffic)]),
      ];
    }),
  );
}
