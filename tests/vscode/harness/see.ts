// Waiting for what is on the page.
//
// It is looked at from outside, again and again: what waits inside of the page has been seen to miss
// what had long been there.

import type { Locator } from "playwright-core";
import { until } from "./until.ts";

/** Waits until something is there to be seen. */
export async function see(what: Locator): Promise<void> {
  await until(`to be seen: ${what}`, () => what.first().isVisible());
}

/** Waits until nothing of it is there any more. */
export async function seeNoMore(what: Locator): Promise<void> {
  await until(`gone: ${what}`, async () => (await what.count()) === 0);
}
