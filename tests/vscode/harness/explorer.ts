// The explorer of the workbench, and the files that it shows.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { see } from "./see.ts";
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
    await see(this.file("").first());
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
    await see(this.file(other));
  }

  /** Waits until the editor watches a folder, which it begins to do some time after it shows it. */
  async untilItWatches(folder: string): Promise<void> {
    // What is there when it is first shown says nothing.
    await see(this.file("").first());
    let times = 0;
    await until(
      "an editor that watches files",
      async () => {
        await writeFile(path.join(folder, `seen-${times++}`), "");
        return (await this.file("seen-").count()) > 0;
      },
      250,
    );
  }
}
