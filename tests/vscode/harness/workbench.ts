// What a person does in the workbench, and sees of it.

import type { Locator, Page } from "playwright-core";
import { until } from "./until.ts";

/** The workbench of a page. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Runs a command by the name that the palette has for it. */
  async command(name: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.choose(name, `>${name}`);
  }

  /** Chooses from a list that is shown, after typing what narrows it down. */
  async choose(name: string, typed = name): Promise<void> {
    const input = this.page.locator(".quick-input-widget input[type=text]").first();
    await input.fill(typed);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().click();
  }

  /** Answers a box that asks for a text. */
  async answer(question: string | RegExp, text: string): Promise<void> {
    const widget = this.page.locator(".quick-input-widget:visible", { hasText: question });
    await widget.locator("input[type=text]").first().fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** A lens, by what its title has. */
  lens(title: string | RegExp): Locator {
    return this.page.locator(".codelens-decoration a", { hasText: title }).first();
  }

  /** A message in the corner. */
  message(text: string | RegExp): Locator {
    return this.page.locator(".notification-toast", { hasText: text }).first();
  }

  /** Presses a button of a message. */
  async press(message: string | RegExp, button: string): Promise<void> {
    await this.message(message).locator(".monaco-button", { hasText: button }).click();
  }

  /** Closes all messages. */
  async closeMessages(): Promise<void> {
    await this.command("Notifications: Clear All Notifications");
  }

  /** Shows the view of the extension. */
  async showView(): Promise<void> {
    await this.page.locator(".activitybar .action-item a[aria-label^='Rigkit']").click();
    await this.page.waitForSelector("#workbench\\.view\\.extension\\.rigkit .monaco-list-row");
  }

  /** The rows of the view: how deep, what it says. */
  async tree(): Promise<string[]> {
    const rows = this.page.locator("#workbench\\.view\\.extension\\.rigkit .monaco-list-row");
    const found = await rows.evaluateAll((elements) =>
      elements
        .map((element) => {
          const words = [".label-name", ".label-description"].map((part) => element.querySelector(part)?.textContent ?? "");
          const level = Number(element.getAttribute("aria-level"));
          return { top: element.getBoundingClientRect().top, text: "  ".repeat(level - 1) + words.join(" ").trim() };
        })
        .sort((one, other) => one.top - other.top),
    );
    return found.map(({ text }) => text.replaceAll(/\d+\w+ ago/g, "[age] ago"));
  }

  /** Waits until a row says something. */
  async untilRow(text: string): Promise<void> {
    let last: string[] = [];
    await until(`a row that says ${text}`, async () => {
      last = await this.tree();
      return last.some((row) => row.includes(text));
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}, but\n${last.join("\n")}`);
    });
  }

  /** A row of the view. */
  row(text: string): Locator {
    return this.page.locator("#workbench\\.view\\.extension\\.rigkit .monaco-list-row", { hasText: text }).first();
  }

  /** A task in the graph. */
  graphTask(path: string): Locator {
    const page = this.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
    return page.locator("g.task", { hasText: path }).first();
  }

  /** Waits until something is there to be seen. */
  async see(what: Locator): Promise<void> {
    await what.first().waitFor({ state: "visible" });
  }
}
