/** `rigkit.cancel`: end what runs. */

import type { App } from "../app";
import type { CommandArguments } from "../protocol";

/** Ends one run, or all. */
export async function cancel(app: App, target: CommandArguments): Promise<void> {
  await app.server.execute("rigkit.cancel", target.run === undefined ? {} : { run: target.run });
}
