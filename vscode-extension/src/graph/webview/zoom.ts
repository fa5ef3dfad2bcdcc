/** How large a graph is shown. */

import type { Layout } from "../layout";

const STEP = 1.25;
const SMALLEST = 0.05;
const LARGEST = 4;

/** Keeps the scale of a graph. */
export class Zoom {
  readonly #canvas: HTMLElement;
  #drawn: { root: SVGSVGElement; layout: Layout } | undefined;
  #scale = 1;

  constructor(canvas: HTMLElement) {
    this.#canvas = canvas;
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (event.ctrlKey) {
          event.preventDefault();
          this.#set(event.deltaY < 0 ? this.#scale * STEP : this.#scale / STEP);
        }
      },
      { passive: false },
    );
  }

  /** Takes up another drawing, at the scale that was chosen. */
  apply(root: SVGSVGElement, layout: Layout): void {
    this.#drawn = { root, layout };
    this.#set(this.#scale);
  }

  in(): void {
    this.#set(this.#scale * STEP);
  }

  out(): void {
    this.#set(this.#scale / STEP);
  }

  /** Makes all of it visible, but nothing larger than it is. */
  fit(): void {
    if (this.#drawn !== undefined) {
      const { width, height } = this.#drawn.layout;
      const { clientWidth, clientHeight } = this.#canvas;
      this.#set(Math.min(1, (clientWidth - 24) / width, (clientHeight - 24) / height));
    }
  }

  #set(scale: number): void {
    this.#scale = Math.min(LARGEST, Math.max(SMALLEST, scale));
    if (this.#drawn !== undefined) {
      const { root, layout } = this.#drawn;
      root.setAttribute("width", String((layout.width + 24) * this.#scale));
      root.setAttribute("height", String((layout.height + 24) * this.#scale));
    }
  }
}
