import { html } from "./dom.js";

/** One line of a legend. It shows the value under the pointer too. */
export interface LegendItem {
  readonly name: string;
  /** The class of its colour. */
  readonly colour: string;
  readonly mark: "line" | "dashed" | "thin" | "block";
  /** The value at an interval, with its unit; undefined when there is none. */
  readonly valueAt?: (index: number) => string | undefined;
}

/** A plot with its title, its legend and its figures as a table. */
export interface FigureSpec {
  readonly id: string;
  readonly title: string;
  /** One sentence about reading it. */
  readonly note: string;
  readonly legend: readonly LegendItem[];
  /** Head and rows of the table. */
  readonly table: () => readonly (readonly string[])[];
  /** Draws into an area of this width in pixels. */
  readonly draw: (width: number, figure: Figure) => SVGElement;
  readonly isWide?: boolean;
}

/** A figure in the page. */
export class Figure {
  readonly element: HTMLElement;
  readonly #spec: FigureSpec;
  readonly #area: HTMLElement = html("div", { class: "area" });
  readonly #when: HTMLElement = html("span", { class: "when" });
  readonly #values: HTMLElement[];

  constructor(spec: FigureSpec) {
    this.#spec = spec;
    this.#values = spec.legend.map(() => html("b"));
    const items = spec.legend.map(({ name, colour, mark }, index) =>
      html("li", {}, [html("i", { class: `key ${mark} ${colour}` }), name, " ", this.#values[index] as HTMLElement]),
    );
    const details = html("details", {}, [html("summary", {}, ["Figures as a table"])]);
    // A long table is made when it is wanted.
    details.addEventListener("toggle", () => {
      if (details.childElementCount === 1) details.append(tableOf(spec.title, spec.table()));
    });
    this.element = html("figure", { id: spec.id, class: spec.isWide === true ? "wide" : "" }, [
      html("figcaption", {}, [
        html("h3", { id: `${spec.id}-title` }, [spec.title]),
        html("p", { id: `${spec.id}-note` }, [spec.note]),
      ]),
      html("ul", { class: "legend" }, [...items, html("li", {}, [this.#when])]),
      this.#area,
      details,
    ]);
  }

  /** Draws at the width that the page gives it. */
  redraw(): void {
    const width = Math.floor(this.#area.clientWidth);
    if (width === 0) return;
    const drawing = this.#spec.draw(width, this);
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-labelledby", `${this.#spec.id}-title ${this.#spec.id}-note`);
    this.#area.replaceChildren(drawing);
  }

  /** Shows the values of an interval in the legend; without one, takes them away. */
  point(index: number | undefined, when: string): void {
    this.#when.textContent = index === undefined ? "" : when;
    for (const [place, element] of this.#values.entries()) {
      const value = index === undefined ? undefined : this.#spec.legend[place]?.valueAt?.(index);
      element.textContent = value ?? "";
    }
  }
}

function tableOf(title: string, [head = [], ...rows]: readonly (readonly string[])[]): HTMLElement {
  const table = html("table", {}, [
    html("caption", {}, [title]),
    html("thead", {}, [
      html(
        "tr",
        {},
        head.map((text) => html("th", { scope: "col" }, [text])),
      ),
    ]),
    html(
      "tbody",
      {},
      rows.map(([first = "", ...cells]) =>
        html("tr", {}, [html("th", { scope: "row" }, [first]), ...cells.map((text) => html("td", {}, [text]))]),
      ),
    ),
  ]);
  return html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Figures: ${title}` }, [table]);
}
