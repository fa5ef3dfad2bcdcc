/** Draws a graph, and takes the keys and clicks of a person. */

import { isMoveKey, move } from "../keyboard";
import type { Box, Layout, Line } from "../layout";
import type { FromPage } from "../messages";
import type { GraphModel, GraphTask } from "../model";
import { line } from "../../show/text";
import { withoutSign } from "../../sign";
import { svg } from "./svg";

/** The signs of states, so that colour is not all that tells them apart. */
const SIGNS: Record<GraphTask["state"], string> = {
  cached: "✓",
  pending: "●",
  conditional: "◌",
  running: "↻",
  failed: "✗",
  unknown: "?",
};

/** How much room there is around everything. */
const MARGIN = 12;

/** How many characters fit into a box: of its path, which is bold, and of the text below. */
const fits = (width: number, character: number): number => Math.floor((width - 40) / character);

/** Is a graph that is drawn. */
export class Drawing {
  readonly root: SVGSVGElement;
  readonly #layout: Layout;
  readonly #tell: (message: FromPage) => void;
  readonly #tasks: SVGGElement[];
  #model: GraphModel;
  #current = 0;

  constructor(model: GraphModel, layout: Layout, label: string, tell: (message: FromPage) => void) {
    this.#model = model;
    this.#layout = layout;
    this.#tell = tell;
    this.#tasks = model.tasks.map((task, index) => this.#drawTask(task, index));
    this.root = svg(
      "svg",
      {
        role: "group",
        "aria-label": label,
        viewBox: [-MARGIN, -MARGIN, layout.width + 2 * MARGIN, layout.height + 2 * MARGIN].join(
          " ",
        ),
      },
      svg("defs", {}, arrowHead()),
      svg("g", { class: "lines", "aria-hidden": "true" }, ...layout.lines.map(drawLine)),
      ...this.#tasks,
    );
    this.root.addEventListener("keydown", (event) => {
      this.#press(event);
    });
    this.#makeCurrent(0);
  }

  /** Gives the path of the task that has the focus. */
  get focused(): string | undefined {
    const hasFocus = this.root.contains(document.activeElement);
    return hasFocus ? this.#model.tasks[this.#current]?.path : undefined;
  }

  /** Gives the focus to a task, if it is still there. */
  restoreFocus(path: string | undefined): void {
    const index = this.#model.tasks.findIndex((task) => task.path === path);
    if (index >= 0) {
      this.#focus(index);
    }
  }

  /** Shows how the tasks stand now. */
  update(model: GraphModel): void {
    this.#model = model;
    for (const [index, task] of model.tasks.entries()) {
      const drawn = this.#tasks[index];
      if (drawn !== undefined) {
        write(drawn, task, this.#box(index));
      }
    }
  }

  #drawTask(task: GraphTask, index: number): SVGGElement {
    const box = this.#box(index);
    const { x, y, width, height } = box;
    const drawn = svg(
      "g",
      { role: "button", tabindex: -1, transform: `translate(${x} ${y})` },
      svg("title"),
      svg("rect", { width, height, rx: 6 }),
      svg("text", { class: "sign", x: 17, y: height / 2 }),
      svg("text", { class: "path", x: 32, y: 18 }),
      svg("text", { class: "text", x: 32, y: 34 }),
    );
    write(drawn, task, box);
    drawn.addEventListener("click", () => {
      this.#focus(index);
      this.#tell({ kind: "open", task: task.path });
    });
    return drawn;
  }

  #press(event: KeyboardEvent): void {
    const task = this.#model.tasks[this.#current];
    if (task === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (isMoveKey(event.key)) {
      this.#focus(move(this.#model, this.#layout.boxes, this.#current, event.key));
    } else if (event.key === "Enter" || event.key === " ") {
      this.#tell({ kind: "open", task: task.path });
    } else if (event.key === "e") {
      this.#tell({ kind: "explain", task: task.path });
    } else {
      return;
    }
    event.preventDefault();
  }

  #focus(index: number): void {
    this.#makeCurrent(index);
    const drawn = this.#tasks[index];
    drawn?.focus({ preventScroll: true });
    drawn?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** One task takes part in the order of the Tab key; the arrow keys reach the others. */
  #makeCurrent(index: number): void {
    this.#tasks[this.#current]?.setAttribute("tabindex", "-1");
    this.#tasks[index]?.setAttribute("tabindex", "0");
    this.#current = index;
  }

  #box(index: number): Box {
    return this.#layout.boxes[index] ?? { x: 0, y: 0, width: 0, height: 0 };
  }
}

function write(drawn: SVGGElement, task: GraphTask, { width }: Box): void {
  const { state } = task;
  const [path, text] = [line(task.path), line(task.text)];
  drawn.setAttribute("class", `task ${state}`);
  drawn.setAttribute("aria-label", `${path}: ${text}`);
  const set = (selector: string, content: string): void => {
    const found = drawn.querySelector(selector);
    // What stays is left alone, for a change is told to who listens.
    if (found !== null && found.textContent !== content) {
      found.textContent = content;
    }
  };
  set("title", `${path}\n${text}`);
  set(".sign", SIGNS[state]);
  set(".path", withoutBeginning(path, fits(width, 7.6)));
  set(".text", withoutEnd(withoutSign(text), fits(width, 6.2)));
}

/** The end of a path tells more than its beginning. */
function withoutBeginning(path: string, length: number): string {
  return path.length <= length ? path : `…${path.slice(path.length - length + 1)}`;
}

function withoutEnd(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function drawLine({ points, hasArrow }: Line): SVGPolylineElement {
  return svg("polyline", {
    points: points.map(({ x, y }) => `${x},${y}`).join(" "),
    ...(hasArrow && { "marker-end": "url(#arrow)" }),
  });
}

function arrowHead(): SVGMarkerElement {
  const size = { markerWidth: 7, markerHeight: 7, refX: 6, refY: 3.5 };
  return svg(
    "marker",
    { id: "arrow", orient: "auto-start-reverse", ...size },
    svg("path", { d: "M0 0 L7 3.5 L0 7 z" }),
  );
}
