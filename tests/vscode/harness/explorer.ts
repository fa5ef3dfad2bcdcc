// The explorer of the workbench, and the files that it shows.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { until } from "./until.ts";

/** The explorer of a page. */
export class Explorer {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Shows it. */
  async show(): Promise<void> {
    await this.#page.locator(".activitybar .action-item a[aria-label^='Explorer']").click();
    await this.file("").first().waitFor();
  }

  /** A file that is shown. */
  file(name: string): Locator {
    return this.#page.locator(".explorer-folders-view .monaco-list-row", { hasText: name });
  }

  /** Opens a file. */
  async open(name: string): Promise<void> {
    await this.file(name).dblclick();
  }

  /** Gives a file another name. */
  async rename(name: string, other: string): Promise<void> {
    await this.file(name).click();
    await this.#page.keyboard.press("F2");
    await this.#page.locator(".explorer-folders-view .monaco-inputbox input").fill(other);
    await this.#page.keyboard.press("Enter");
    await this.file(other).waitFor();
  }

  /** Waits until the editor watches a folder, which it begins to do some time after it shows it. */
  async untilItWatches(folder: string): Promise<void> {
    // What is there when it is first shown says nothing.
    await this.file("").first().waitFor();
    let times = 0;
    await until("an editor that watches files", async () => {
      const name = `seen-${times++}`;
      await writeFile(path.join(folder, name), "");
      const isShown = this.file(name).waitFor({ timeout: 1_000 });
      return isShown.then(
        () => true,
        () => false,
      );
    });
  }
}
