/** Finds the layout of a graph, in a worker so that the page stays at hand meanwhile. */

import ELK from "elkjs/lib/elk-api";
import { fromElk, toElk, type Layout } from "../layout";
import type { GraphModel } from "../model";

/** The text of ELK's worker, which the bundler puts here. */
declare const ELK_WORKER: string;

const elk = new ELK({
  workerFactory: () => {
    const address = URL.createObjectURL(new Blob([ELK_WORKER], { type: "text/javascript" }));
    return new Worker(address);
  },
});

/** Finds the layout of a graph. */
export async function findLayout(model: GraphModel): Promise<Layout> {
  return fromElk(await elk.layout(toElk(model)), model);
}
