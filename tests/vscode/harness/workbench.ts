// What a person does in the workbench, and sees of it.

import type { FrameLocator, Locator, Page } from "playwright-core";
import { see, seeNoMore } from "./see.ts";
import { PATIENCE, until } from "./until.ts";

/** How long something may take that is begun anew where it takes longer, in milliseconds. */
const SHORT = 5_000;

/** The workbench of a page. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Runs a command by the name that the palette has for it. */
  async command(name: string): Promise<void> {
    const isName = this.page.locator(".label-name", { hasText: new RegExp(`^${escaped(name)}$`) });
    const row = this.page.locator(".quick-input-list .monaco-list-row", { has: isName }).first();
    await until(`the command ${name}`, async () => {
      // The palette goes when something else takes the focus, such as an editor that has just opened.
      await this.page.keyboard.press("F1");
      return this.#narrow(`>${name}`, SHORT)
        .then(() => row.click({ timeout: SHORT }))
        .then(
          () => true,
          () => false,
        );
    });
  }

  /** Chooses from a list that is shown, after typing what narrows it down. */
  async choose(name: string, typed = name): Promise<void> {
    await this.#narrow(typed);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().click();
  }

  async #narrow(typed: string, timeout = PATIENCE): Promise<void> {
    await this.page.locator(".quick-input-widget:visible input[type=text]").first().fill(typed, { timeout });
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

  /** What the messages in the corner say. */
  async messages(): Promise<string[]> {
    return this.page.locator(".notification-toast .notification-list-item-message").allInnerTexts();
  }

  /** Shows the view of the extension, whatever is in it. */
  async openView(): Promise<void> {
    await this.page.locator(".activitybar .action-item a[aria-label^='Rigkit']").click();
    await see(this.page.locator("#workbench\\.view\\.extension\\.rigkit"));
    // What a mouse that rests there has shown would be in the pictures.
    await this.page.mouse.move(0, 0);
  }

  /** Shows the view of the extension, with what it knows. */
  async showView(): Promise<void> {
    await this.openView();
    await see(this.row(""));
  }

  /** What the view says where it has nothing to show. */
  welcome(text: string): Locator {
    return this.page.locator("#workbench\\.view\\.extension\\.rigkit .welcome-view-content", { hasText: text });
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
    await this.#untilTree(`a row that says ${text}`, (rows) => rows.some((row) => row.includes(text)));
  }

  /** Waits until no row says something any more. */
  async untilNoRow(text: string): Promise<void> {
    await this.#untilTree(`no row that says ${text}`, (rows) => rows.length > 0 && !rows.some((row) => row.includes(text)));
  }

  async #untilTree(what: string, isSo: (rows: string[]) => boolean): Promise<void> {
    let last: string[] = [];
    await until(what, async () => {
      last = await this.tree();
      return isSo(last);
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}, but\n${last.join("\n")}`);
    });
  }

  /** A row of the view. */
  row(text: string): Locator {
    return this.page.locator("#workbench\\.view\\.extension\\.rigkit .monaco-list-row", { hasText: text }).first();
  }

  /** The page that a webview shows. */
  webview(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  /** A task in the graph. */
  graphTask(path: string): Locator {
    return this.webview().locator("g.task", { hasText: path }).first();
  }

  /** Waits until something is there to be seen. */
  async see(what: Locator): Promise<void> {
    await see(what);
  }

  /** Waits until nothing of it is there any more. */
  async seeNoMore(what: Locator): Promise<void> {
    await seeNoMore(what);
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
