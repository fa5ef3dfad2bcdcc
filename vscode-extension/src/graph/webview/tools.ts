/** The buttons above a graph. */

import type { PageTexts } from "../messages";
import type { Zoom } from "./zoom";

/** What the buttons do. */
export interface Actions {
  apply: () => void;
  zoom: Zoom;
}

/** Shows the buttons, once. */
export function showTools(toolbar: HTMLElement, texts: PageTexts, { apply, zoom }: Actions): void {
  if (toolbar.childElementCount > 0) {
    return;
  }
  toolbar.append(
    button(texts.apply, texts.apply, apply),
    button("−", texts.zoomOut, () => {
      zoom.out();
    }),
    button("+", texts.zoomIn, () => {
      zoom.in();
    }),
    button(texts.fit, texts.fit, () => {
      zoom.fit();
    }),
  );
}

function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}
