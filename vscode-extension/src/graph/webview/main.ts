/** Runs in the page of a graph: takes what is to be shown, and tells what a person does. */

import type { FromPage, ToPage } from "../messages";
import { hasSameShape, type GraphModel } from "../model";
import { Drawing } from "./drawing";
import { findLayout } from "./elk";
import { showTools } from "./tools";
import { Zoom } from "./zoom";

interface Editor {
  postMessage: (message: FromPage) => void;
  setState: (state: unknown) => void;
}

declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
const canvas = element("canvas");
const summary = element("summary");
const zoom = new Zoom(canvas);
let drawing: Drawing | undefined;
/** What was shown last, or is about to be. */
let latest: GraphModel | undefined;

addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  void take(data);
});
editor.postMessage({ kind: "ready" });

async function take(message: ToPage): Promise<void> {
  if (message.kind === "gone") {
    summary.textContent = message.text;
    return;
  }
  const { model, shown, texts } = message;
  editor.setState(shown);
  summary.textContent = texts.summary;
  showTools(element("tools"), texts, {
    apply: () => {
      editor.postMessage({ kind: "apply" });
    },
    zoom,
  });
  await show(model, texts.graph);
}

async function show(model: GraphModel, label: string): Promise<void> {
  const before = latest;
  latest = model;
  if (before !== undefined && hasSameShape(before, model)) {
    drawing?.update(model);
    return;
  }
  canvas.setAttribute("aria-busy", "true");
  const layout = await findLayout(model);
  // Something newer of another shape came meanwhile, and is on its way itself.
  if (!hasSameShape(latest, model)) {
    return;
  }
  const focused = drawing?.focused;
  drawing = new Drawing(latest, layout, label, editor.postMessage);
  canvas.replaceChildren(drawing.root);
  canvas.setAttribute("aria-busy", "false");
  zoom.apply(drawing.root, layout);
  drawing.restoreFocus(focused);
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`the page has no ${id}`);
  }
  return found;
}
