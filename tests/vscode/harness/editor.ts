// The editor on a desk, and a page that shows it.

import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { Desk } from "./desk.ts";
import { Explorer } from "./explorer.ts";
import { codeServer, installedExtensions, node, screenshots, suites } from "./places.ts";
import { Group } from "./processes.ts";
import { until, timeLimit, PATIENCE } from "./until.ts";
import { Workbench } from "./workbench.ts";

const SETTINGS = {
  "files.autoSave": "off",
  "typescript.updateImportsOnFileMove.enabled": "never",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.layoutControl.enabled": false,
  "window.commandCenter": false,
  "chat.disableAIFeatures": true,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.ignoreRecommendations": true,
  "security.workspace.trust.startupPrompt": "never",
  "git.openRepositoryInParentFolders": "never",
};

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What an editor is started with. */
export interface EditorOptions {
  /** The folder or the `.code-workspace` file that is opened. */
  readonly open: string;
  /** A file that is shown at once. */
  readonly file?: string;
  readonly settings?: Record<string, unknown>;
  /** Settings that only count for this machine. */
  readonly machineSettings?: Record<string, unknown>;
  /** Whether every workspace is trusted; where not, the person has to say so. */
  readonly trusted?: boolean;
  /** What is added to the environment. */
  readonly variables?: Record<string, string>;
  readonly size?: { width: number; height: number };
  /** Whether suites are run, which has the workbench show no messages. */
  readonly runsSuites?: boolean;
}

/** An editor that runs. */
export class Editor {
  readonly page: Page;
  readonly workbench: Workbench;
  readonly explorer: Explorer;
  readonly #desk: Desk;
  readonly #server: Group;
  readonly #browser: Browser;
  readonly #origin: string;
  readonly #options: EditorOptions;

  private constructor(desk: Desk, server: Group, browser: Browser, page: Page, origin: string, options: EditorOptions) {
    this.#desk = desk;
    this.#server = server;
    this.#browser = browser;
    this.page = page;
    this.workbench = new Workbench(page);
    this.explorer = new Explorer(page);
    this.#origin = origin;
    this.#options = options;
  }

  /** Starts it, gives it to a test, and ends it, whatever comes of that. */
  static async with<T>(desk: Desk, options: EditorOptions, use: (editor: Editor) => Promise<T>): Promise<T> {
    const editor = await Editor.#start(desk, options);
    try {
      return await use(editor);
    } catch (error) {
      await editor.#tellOf(error);
      throw error;
    } finally {
      await editor.#end();
    }
  }

  static async #start(desk: Desk, options: EditorOptions): Promise<Editor> {
    await cp(installedExtensions, desk.path("extensions"), { recursive: true, force: true });
    const settings = { ...SETTINGS, ...options.settings };
    await writeFile(desk.path("data/User/settings.json"), JSON.stringify(settings));
    await writeFile(desk.path("data/Machine/settings.json"), JSON.stringify(options.machineSettings ?? {}));
    const server = serve(desk, options);
    try {
      const address = await until("a server", () => {
        if (server.isOver) {
          throw new Error(server.printed);
        }
        return /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(server.printed);
      });
      const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
      const page = await browser.newPage({ viewport: options.size ?? { width: 1280, height: 800 } });
      page.setDefaultTimeout(PATIENCE);
      return new Editor(desk, server, browser, page, address[1] ?? "", options);
    } catch (error) {
      await server.end();
      throw error;
    }
  }

  /** Shows the workbench with the project and the file. */
  show = async (): Promise<void> => {
    const { file } = this.#options;
    await this.#visit(file === undefined ? [] : [["openFile", this.#remote(file)]]);
    await this.workbench.see(this.page.locator(".monaco-workbench .part.editor"));
  };

  /** Runs a suite inside of the editor, and gives what it said. */
  async runSuite(name: string): Promise<string> {
    let said = "";
    let tellCode: (code: number) => void = () => undefined;
    const ended = new Promise<number>((resolve) => (tellCode = resolve));
    const died = new Promise<never>((_, reject) => this.page.on("crash", () => reject(new Error("the page crashed"))));
    await this.page.exposeFunction("codeAutomationLog", (_kind: string, words: unknown[]) => {
      const line = words.join(" ");
      said += isOfSuite(line) ? `${line}\n` : "";
    });
    await this.page.exposeFunction("codeAutomationExit", (code: number) => tellCode(code));
    await this.#visit([
      ["extensionDevelopmentPath", this.#remote(suites)],
      ["extensionTestsPath", this.#remote(path.join(suites, `${name}.suite.js`))],
    ]);
    const code = await Promise.race([ended, died, timeLimit(4 * PATIENCE, () => `the suite never ended:\n${said}`)]);
    if (code !== 0) {
      throw new Error(said);
    }
    return said;
  }

  /** Keeps what the page looks like. */
  keep = async (name: string): Promise<void> => {
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  };

  async #visit(payload: string[][]): Promise<void> {
    const { open } = this.#options;
    const address = new URL(this.#origin);
    address.searchParams.set(open.endsWith(".code-workspace") ? "workspace" : "folder", open);
    address.searchParams.set("payload", JSON.stringify(payload));
    await this.page.goto(address.href);
  }

  #remote(file: string): string {
    return `vscode-remote://${new URL(this.#origin).host}${file}`;
  }

  async #tellOf(error: unknown): Promise<void> {
    const name = `failed-${path.basename(this.#desk.directory)}`;
    await this.keep(name).catch(() => undefined);
    if (error instanceof Error) {
      error.message += `\nThe page is in ${path.join(screenshots, name)}.png`;
    }
  }

  async #end(): Promise<void> {
    await this.#browser.close();
    await this.#server.end();
  }
}

function serve(desk: Desk, { trusted = true, runsSuites = false, variables = {} }: EditorOptions): Group {
  const words = [
    "--auth=none",
    "--bind-addr=127.0.0.1:0",
    `--user-data-dir=${desk.path("data")}`,
    `--extensions-dir=${desk.path("extensions")}`,
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-getting-started-override",
    ...(runsSuites ? ["--vscode-option", "enable-smoke-test-driver"] : []),
    ...(trusted ? ["--disable-workspace-trust"] : []),
  ];
  return new Group(node, [codeServer, ...words], { ...desk.environment(), ...variables });
}

/** The editor has much to say that is not about the suite. */
function isOfSuite(line: string): boolean {
  return line.startsWith("ok ") || line.startsWith("FAILED ") || line.startsWith("measured ");
}
