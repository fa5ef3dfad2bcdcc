/**
 * What exists without an import in a config and in its handlers, besides the language itself.
 *
 * A config is read in a sandbox without files, processes, network or timers. The sections below
 * say what is there while it is read and what only while a handler runs. The shapes follow the
 * web platform, so that they agree with `lib.dom` and `@types/node` where a project has those.
 *
 * This file is written by `rig init` and `rig types`; edits to it are lost.
 */

// ------------------------------------------------------------------------- Always there

/** Writes to the log of the task a handler runs for; outside of handlers, to that of the load. */
interface Console {
  log(...data: any[]): void;
  info(...data: any[]): void;
  debug(...data: any[]): void;
  warn(...data: any[]): void;
  error(...data: any[]): void;
  trace(...data: any[]): void;
  dir(item?: any, options?: any): void;
  table(tabularData?: any, properties?: string[]): void;
  assert(condition?: boolean, ...data: any[]): void;
  count(label?: string): void;
  countReset(label?: string): void;
  group(...data: any[]): void;
  groupCollapsed(...data: any[]): void;
  groupEnd(): void;
  time(label?: string): void;
  timeEnd(label?: string): void;
  timeLog(label?: string, ...data: any[]): void;
}

declare var console: Console;

declare namespace NodeJS {
  interface ProcessEnv {
    readonly [name: string]: string | undefined;
  }

  interface Process {
    /**
     * The environment variables as a read-only record. Prefer `env("NAME")` of `@rigkit/sdk`, which
     * tells where to set a variable that is missing.
     */
    env: ProcessEnv;
  }

  interface Timeout {}
}

/** What a config can know of the process: its environment variables. */
declare var process: NodeJS.Process;

/** Copies a value deeply. */
declare function structuredClone<T = any>(value: T): T;

/** Runs a callback as soon as the code that runs now is done. */
declare function queueMicrotask(callback: () => void): void;

/** Encodes a string whose characters are bytes as base64. */
declare function btoa(data: string): string;

/** Decodes base64 to a string whose characters are bytes. */
declare function atob(data: string): string;

interface URL {
  hash: string;
  host: string;
  hostname: string;
  href: string;
  toString(): string;
  readonly origin: string;
  password: string;
  pathname: string;
  port: string;
  protocol: string;
  search: string;
  readonly searchParams: URLSearchParams;
  username: string;
  toJSON(): string;
}

// Where the project has `lib.dom`, its declarations of a few constructors are the ones that count.
declare var URL: typeof globalThis extends { onmessage: any; URL: infer Dom }
  ? Dom
  : {
      prototype: URL;
      new (url: string | URL, base?: string | URL): URL;
      canParse(url: string | URL, base?: string | URL): boolean;
      parse(url: string | URL, base?: string | URL): URL | null;
    };

interface URLSearchParams {
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  toString(): string;
  forEach(
    callbackfn: (value: string, key: string, parent: URLSearchParams) => void,
    thisArg?: any,
  ): void;
  [Symbol.iterator](): IterableIterator<[string, string]>;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
}

declare var URLSearchParams: {
  prototype: URLSearchParams;
  new (init?: string[][] | Record<string, string> | string | URLSearchParams): URLSearchParams;
};

/** Encodes strings as UTF-8. */
interface TextEncoder {
  readonly encoding: string;
  encode(input?: string): Uint8Array;
}

declare var TextEncoder: {
  prototype: TextEncoder;
  new (): TextEncoder;
};

interface TextDecoderOptions {
  fatal?: boolean;
  ignoreBOM?: boolean;
}

interface TextDecodeOptions {
  stream?: boolean;
}

/** Decodes bytes to strings. */
interface TextDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  decode(input?: ArrayBuffer | ArrayBufferView, options?: TextDecodeOptions): string;
}

declare var TextDecoder: {
  prototype: TextDecoder;
  new (label?: string, options?: TextDecoderOptions): TextDecoder;
};

/** An error of the web platform, such as the `AbortError` of a cancelled `fetch`. */
interface DOMException extends Error {
  readonly code: number;
  readonly message: string;
  readonly name: string;
}

declare var DOMException: typeof globalThis extends { onmessage: any; DOMException: infer Dom }
  ? Dom
  : {
      prototype: DOMException;
      new (message?: string, name?: string): DOMException;
    };

// ------------------------------------------------------- Only while a handler runs: timers

/** Calls back once, after `timeout` milliseconds. Only while a handler runs. */
declare function setTimeout(
  callback: (...input: any[]) => void,
  timeout?: number,
  ...input: any[]
): NodeJS.Timeout;

/** Calls back every `timeout` milliseconds. Only while a handler runs. */
declare function setInterval(
  callback: (...input: any[]) => void,
  timeout?: number,
  ...input: any[]
): NodeJS.Timeout;

/** Stops a timer of `setTimeout`. */
declare function clearTimeout(timer: NodeJS.Timeout | string | number | undefined): void;

/** Stops a timer of `setInterval`. */
declare function clearInterval(timer: NodeJS.Timeout | string | number | undefined): void;

// ------------------------------------------------------- Only while a handler runs: aborting

interface Event {
  readonly type: string;
}

interface EventListenerOptions {
  capture?: boolean;
}

interface AddEventListenerOptions extends EventListenerOptions {
  once?: boolean;
  passive?: boolean;
  signal?: AbortSignal;
}

interface EventListener {
  (event: Event): void;
}

interface EventListenerObject {
  handleEvent(event: Event): void;
}

interface EventTarget {
  addEventListener(
    type: string,
    listener: EventListener | EventListenerObject | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListener | EventListenerObject | null,
    options?: EventListenerOptions | boolean,
  ): void;
  dispatchEvent(event: Event): boolean;
}

/** Tells when something is to stop. `step.signal` is one. */
interface AbortSignal extends EventTarget {
  readonly aborted: boolean;
  readonly reason: any;
  onabort: ((this: AbortSignal, event: Event) => any) | null;
  /** Throws the reason if the signal has fired. */
  throwIfAborted(): void;
}

declare var AbortSignal: {
  prototype: AbortSignal;
  new (): AbortSignal;
  abort(reason?: any): AbortSignal;
  any(signals: AbortSignal[]): AbortSignal;
  timeout(milliseconds: number): AbortSignal;
};

/** Makes a signal and fires it. Only while a handler runs. */
interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: any): void;
}

declare var AbortController: {
  prototype: AbortController;
  new (): AbortController;
};

// -------------------------------------------------------- Only while a handler runs: network

interface Headers {
  append(name: string, value: string): void;
  delete(name: string): void;
  get(name: string): string | null;
  has(name: string): boolean;
  set(name: string, value: string): void;
  forEach(callbackfn: (value: string, key: string, parent: Headers) => void, thisArg?: any): void;
  [Symbol.iterator](): IterableIterator<[string, string]>;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
}

declare var Headers: {
  prototype: Headers;
  new (init?: [string, string][] | Record<string, string> | Headers): Headers;
};

/** How to make a request with `fetch`. */
interface FetchOptions {
  /** `GET` by default. */
  method?: string;
  headers?: [string, string][] | Record<string, string> | Headers;
  body?: string | Uint8Array | ArrayBuffer | URLSearchParams | null;
  redirect?: "follow" | "error" | "manual";
  /** Cancels the request: pass `step.signal`. */
  signal?: AbortSignal | null;
}

/** The answer to a request. */
interface Response {
  readonly headers: Headers;
  /** Whether the status is from 200 to 299. */
  readonly ok: boolean;
  readonly redirected: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly bodyUsed: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  json(): Promise<any>;
  text(): Promise<string>;
}

/** Makes an HTTP request. Only while a handler runs. */
declare function fetch(input: string | URL, options?: FetchOptions): Promise<Response>;

// --------------------------------------------------------- Only while a handler runs: random

/** Random values. Only while a handler runs, for a config has to be the same at every reading. */
interface Crypto {
  /** Makes a random UUID. */
  randomUUID(): `${string}-${string}-${string}-${string}-${string}`;
  /** Fills an array of integers with random values. */
  getRandomValues<T extends ArrayBufferView | null>(array: T): T;
}

declare var crypto: Crypto;

/** A clock that only runs forwards. Only while a handler runs. */
interface Performance {
  /** The milliseconds since the handlers started. */
  now(): number;
}

declare var performance: Performance;
