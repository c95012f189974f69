/** One line of a {@link lineChart}. */
export interface Line {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** One panel of a {@link lineChart}. */
export interface Panel {
  readonly title: string;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly xLabel: string;
  readonly isXLogarithmic?: boolean;
  readonly lines: readonly Line[];
}

const WIDTH = 760;
const PANEL_HEIGHT = 260;
const PLOT = { left: 60, right: 36, top: 34, bottom: 44 };

/** Draws panels of lines below each other, as SVG. */
export function lineChart(title: string, panels: readonly Panel[]): string {
  const height = panels.length * PANEL_HEIGHT;
  const drawn = panels.map((panel, i) => `<g transform="translate(0 ${i * PANEL_HEIGHT})">\n${draw(panel)}\n</g>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function draw({ title, xTicks, yTicks, xLabel, isXLogarithmic = false, lines }: Panel): string {
  const scaled = (value: number): number => (isXLogarithmic ? Math.log(value) : value);
  const [firstX, lastX] = [scaled(xTicks[0] ?? 0), scaled(xTicks.at(-1) ?? 1)];
  const [firstY, lastY] = [yTicks[0] ?? 0, yTicks.at(-1) ?? 1];
  const right = WIDTH - PLOT.right;
  const bottom = PANEL_HEIGHT - PLOT.bottom;
  const x = (value: number): number => place(scaled(value), firstX, lastX, PLOT.left, right);
  const y = (value: number): number => place(Math.min(lastY, value), firstY, lastY, bottom, PLOT.top);
  const parts = [`<text x="${PLOT.left}" y="16" font-weight="bold">${title}</text>`];
  for (const tick of xTicks) {
    parts.push(`<text x="${x(tick)}" y="${bottom + 16}" text-anchor="middle" fill="#555555">${tick}</text>`);
  }
  for (const tick of yTicks) {
    parts.push(`<line x1="${PLOT.left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#dddddd"/>`);
    parts.push(`<text x="${PLOT.left - 6}" y="${y(tick) + 4}" text-anchor="end" fill="#555555">${tick}</text>`);
  }
  parts.push(`<text x="${right}" y="${bottom + 32}" text-anchor="end" fill="#555555">${xLabel}</text>`);
  for (const [i, { name, color, points }] of lines.entries()) {
    const path = points.map(([px, py]) => `${x(px)},${y(py)}`).join(" ");
    parts.push(`<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.5"/>`);
    parts.push(`<text x="${PLOT.left + i * 165}" y="${bottom + 32}" fill="${color}">${name}</text>`);
  }
  return parts.join("\n");
}

function place(value: number, from: number, to: number, first: number, last: number): number {
  return Math.round((first + ((value - from) / (to - from)) * (last - first)) * 10) / 10;
}
