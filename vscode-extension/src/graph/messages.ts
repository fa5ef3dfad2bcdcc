/** What the extension and the page of a graph tell each other. */

import type { GraphModel } from "./model";

/** What the page is told. */
export type ToPage =
  | {
      kind: "show";
      model: GraphModel;
      /** Which workflow it is, to find it again when the window is opened anew. */
      shown: { config: string; workflow: string };
      texts: PageTexts;
    }
  | { kind: "gone"; text: string };

/** What the page says to a person, in the person's language. */
export interface PageTexts {
  apply: string;
  zoomIn: string;
  zoomOut: string;
  fit: string;
  graph: string;
  summary: string;
}

/** What the page tells. */
export type FromPage =
  /** It can be told what to show. */
  | { kind: "ready" }
  /** A task was chosen, by its path. */
  | { kind: "open"; task: string }
  /** Why a task stands as it does was asked, by its path. */
  | { kind: "explain"; task: string }
  | { kind: "apply" };
