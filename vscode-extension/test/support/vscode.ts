/** Stands in for the editor: as much of its interface as the tested code uses. */

type Listener<T> = (value: T) => void;

/** Is the editor's emitter. */
export class EventEmitter<T> {
  readonly #listeners = new Set<Listener<T>>();

  readonly event = (listener: Listener<T>): { dispose: () => void } => {
    this.#listeners.add(listener);
    return {
      dispose: () => {
        this.#listeners.delete(listener);
      },
    };
  };

  fire(value: T): void {
    for (const listener of this.#listeners) {
      listener(value);
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

export const l10n = {
  t: (text: string, ...values: unknown[]): string =>
    text.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)])),
};

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export enum TreeItemCollapsibleState {
  None,
  Collapsed,
  Expanded,
}

export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState: TreeItemCollapsibleState,
  ) {}
}

export class MarkdownString {
  value = "";

  appendText(text: string): this {
    this.value += text;
    return this;
  }

  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }

  appendCodeblock(text: string): this {
    this.value += `\`\`\`\n${text}\n\`\`\``;
    return this;
  }
}

interface UriParts {
  scheme: string;
  path: string;
  query?: string;
}

export class Uri {
  readonly #parts: UriParts;

  constructor(parts: UriParts) {
    this.#parts = parts;
  }

  static from(parts: UriParts): Uri {
    return new Uri(parts);
  }

  toString(): string {
    return JSON.stringify(this.#parts);
  }
}

/** What the workspace is like; tests change it. */
export const workspace = {
  isTrusted: true,
  settings: {} as Record<string, unknown>,
  getConfiguration: (): { get: (name: string, fallback: unknown) => unknown } => ({
    get: (name: string, fallback: unknown): unknown => workspace.settings[name] ?? fallback,
  }),
};

/** A question that was asked, with what was offered. */
export interface Question {
  title: string | undefined;
  prompt: string | undefined;
  /** What is there to choose from, or the text to begin with. */
  offered: string[];
  validate: (text: string) => string | undefined;
}

interface Item {
  label: string;
}

interface PickOptions {
  title?: string;
  placeHolder?: string;
}

interface InputOptions {
  title?: string;
  prompt?: string;
  value?: string;
  validateInput?: (text: string) => string | undefined;
}

/** What the person answers, in order; nothing stands for giving up. */
export const person = {
  answers: [] as (string | undefined)[],
  asked: [] as Question[],
};

export const window = {
  showQuickPick: (items: Item[], options: PickOptions): Promise<Item | undefined> => {
    person.asked.push({
      title: options.title,
      prompt: options.placeHolder,
      offered: items.map(({ label }) => label),
      validate: () => undefined,
    });
    const answer = person.answers.shift();
    return Promise.resolve(items.find(({ label }) => label === answer));
  },
  showInputBox: (options: InputOptions): Promise<string | undefined> => {
    person.asked.push({
      title: options.title,
      prompt: options.prompt,
      offered: options.value === undefined ? [] : [options.value],
      validate: options.validateInput ?? (() => undefined),
    });
    return Promise.resolve(person.answers.shift());
  },
};
