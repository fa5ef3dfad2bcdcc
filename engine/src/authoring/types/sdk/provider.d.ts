/** Providers: what tasks work with. */

import type { JsonObject, JsonOnly, JsonPrimitive, JsonValue, MaybePromise } from "./json.js";
import type { LocalRuntime } from "./local.js";
import type { Names, ProviderNames } from "./names.js";
import type { LogStream } from "./step.js";

/**
 * A value of a provider's config, or a function that gives it. Functions, which may be async, are
 * called at any depth before the provider is created; what `env.secret` gives is such a function.
 */
export type Resolvable<T> = T | (() => MaybePromise<T>);

/** A provider's config once every {@link Resolvable} in it is resolved. */
export type Resolved<T> = T extends (...input: never[]) => infer Value
  ? Resolved<Awaited<Value>>
  : T extends JsonPrimitive | undefined
    ? T
    : { [K in keyof T]: Resolved<T[K]> };

/**
 * Something tasks work with, such as this machine, a cloud account or a database server.
 *
 * Added to a workflow under a name, it hands every handler in scope a `Runtime` under that name.
 * Made by {@link defineProvider}, usually inside a function of a provider package.
 */
export interface Provider<Runtime = unknown> {
  readonly kind: "rigkit.provider";
  /** What kind of provider this is; its plugin has the same id. */
  readonly providerId: string;
  /** The config as it was given, not yet resolved. */
  readonly config: object;
  /** What creates it. May be missing when another definition of the same id has it. */
  readonly plugin?: ProviderPlugin<never, Runtime>;
}

/** What a handler receives for the provider `P`. */
export type RuntimeOf<P> = P extends Provider<infer Runtime> ? Runtime : unknown;

/** What handlers receive for a record of providers. */
export type ProviderRuntimes<Providers> = {
  readonly [Name in keyof Providers]: RuntimeOf<Providers[Name]>;
};

/** The same for a record in which what handlers receive may stand instead of a provider. */
export type NeededRuntimes<Providers> = {
  readonly [Name in keyof Providers]: Providers[Name] extends Provider<infer Runtime>
    ? Runtime
    : Providers[Name];
};

/** The definition a plugin is asked to create a provider from. */
export interface ProviderDefinition<Config> {
  readonly providerId: string;
  /** The config with every function in it resolved. */
  readonly config: Config;
}

/** What {@link ProviderPlugin.createProvider} receives. */
export interface CreateProviderInput<Config> {
  /** The definition, its config resolved. */
  readonly provider: ProviderDefinition<Config>;
  /** Records that belong to the project, kept in its state database. */
  readonly storage: ProviderStorage;
  /** Records that belong to the developer's machine and outlive the project, such as a login. */
  readonly hostStorage: ProviderStorage;
  /** The developer's machine. */
  readonly local: LocalRuntime;
}

/** The code behind a provider: it creates a controller from a resolved config. */
export interface ProviderPlugin<Config = object, Runtime = unknown> {
  readonly providerId: string;
  /** Creates the provider. Called once per plan, apply or operation. */
  createProvider(input: CreateProviderInput<Config>): MaybePromise<ProviderController<Runtime>>;
}

/** A provider at work. */
export interface ProviderController<Runtime = unknown> {
  readonly providerId: string;
  /** Makes what a handler receives. Called for every task, hook and operation that runs. */
  runtime(context: ProviderRuntimeContext): MaybePromise<Runtime>;
  /**
   * Reports whether the provider is ready, such as logged in. Never starts a login of its own.
   *
   * In mode `require` a check that is not `ok` stops the apply before any task runs. The
   * fingerprints of the checks are part of the identity of every task that sees the provider.
   */
  checks?(
    context: CheckContext,
  ): MaybePromise<ProviderCheck | readonly ProviderCheck[] | undefined>;
  /** Says whether an artifact in a cached output still exists; if not, the task runs again. */
  validateArtifact?(ref: Artifact): MaybePromise<boolean>;
}

/** Why checks are asked for: `plan` only wants to know, `require` is about to run tasks. */
export type CheckMode = "plan" | "require";

/** What {@link ProviderController.checks} receives. */
export interface CheckContext {
  readonly mode: CheckMode;
  /** The name of the workflow. */
  readonly workflow: string;
  readonly local: LocalRuntime;
}

/** One thing a provider found out about itself. */
export interface ProviderCheck {
  readonly id: string;
  /** What is checked, as a person reads it. */
  readonly label: string;
  /** `required` when something is missing that an apply needs. */
  readonly status: "ok" | "required";
  /** What was found. It enters the identity of tasks unless `fingerprint` is given. */
  readonly value: JsonValue;
  /** What to do about it. */
  readonly message?: string;
  readonly detail?: string;
  /** What enters the identity of tasks instead of `value`. */
  readonly fingerprint?: JsonValue;
  readonly metadata?: JsonObject;
}

/**
 * A reference to something outside the context, such as an image: any object in a task's output
 * that has these two members.
 */
export interface Artifact {
  /** The id of the provider that can validate it. */
  readonly provider: string;
  readonly kind: string;
  readonly [key: string]: JsonValue;
}

/** What a provider's `runtime` is made for. */
export interface ProviderRuntimeContext {
  /** The name of the workflow. */
  readonly workflow: string;
  /** The path of the task, or `operation.<id>`, `workspace.<name>.create` and so on. */
  readonly nodePath: string;
  /** Shows people what the provider does. */
  emit(event: ProviderEvent): void;
  readonly interaction: {
    /**
     * Presents a URL to the person and waits until the session is complete. The session is
     * stopped in any case.
     */
    present<Result>(session: InteractionSession<Result>): Promise<Result>;
  };
  readonly local: LocalRuntime;
  /** Adds to the metadata stored with the run; keys given again are replaced. */
  metadata<const T extends object>(value: T & JsonOnly<T, "metadata">): void;
}

/** An event a provider may emit. `nodePath` is that of the current node unless given. */
export type ProviderEvent = { readonly nodePath?: string } & (
  | {
      readonly type: "command.started";
      readonly commandName: string;
      readonly command: string | readonly string[];
    }
  | {
      readonly type: "command.output";
      readonly commandName: string;
      readonly stream: "stdout" | "stderr";
      readonly data: string;
    }
  | {
      readonly type: "command.completed";
      readonly commandName: string;
      readonly exitCode: number;
    }
  | {
      readonly type: "log.output";
      readonly stream: LogStream;
      readonly label?: string;
      readonly data: string;
    }
  | {
      readonly type: "artifact.created";
      readonly providerId: string;
      readonly kind: string;
      readonly ref: JsonValue;
    }
);

/** Something a person has to do at a URL, such as a login. */
export interface InteractionSession<Result = unknown> {
  readonly id?: string;
  readonly title: string;
  readonly url: string;
  readonly instructions?: string;
  /** Settles when the person is done. */
  readonly completed: Promise<Result>;
  /** Releases what the session holds. Always called, also after a failure. */
  stop(): MaybePromise<void>;
}

/** One record of a provider's storage. */
export interface ProviderRecord<Value = JsonValue> {
  readonly providerId: string;
  readonly key: string;
  readonly value: Value;
  /** When it was first set, as an ISO 8601 time in UTC. */
  readonly createdAt: string;
  /** When it was last set, as an ISO 8601 time in UTC. */
  readonly updatedAt: string;
}

/** JSON records that a provider keeps under string keys. Every call is synchronous. */
export interface ProviderStorage {
  /** Finds the record of a key. */
  get(key: string): ProviderRecord | undefined;
  /** Creates or replaces the record of a key. */
  set<const T>(key: string, value: T & JsonOnly<T, "value">): void;
  /** Removes the record of a key, if there is one. */
  delete(key: string): void;
  /** Lists the records whose key starts with `prefix`, sorted by key; without one, all. */
  entries(prefix?: string): ProviderRecord[];
}

/**
 * Defines a provider: its id, its config, and the plugin that creates it.
 *
 * The runtime that handlers will see is what `runtime` of the plugin's controller returns.
 *
 * ```ts
 * export function database(config: { url: Resolvable<string> }) {
 *   return defineProvider("database", config, {
 *     providerId: "database",
 *     createProvider({ provider }) {
 *       const client = connect(provider.config.url);
 *       return {
 *         providerId: "database",
 *         runtime: () => ({ createBranch: (name: string) => client.branch(name) }),
 *       };
 *     },
 *   });
 * }
 * ```
 *
 * @param providerId - the kind of provider, the same as in the plugin
 * @param config - JSON, in which any value may be a function that gives it, such as
 *   `env.secret("TOKEN")`
 * @param plugin - creates the provider
 */
export declare function defineProvider<const Id extends string, Config extends object, Runtime>(
  providerId: Id & Names<"a provider">[Id],
  config: Config,
  plugin: ProviderPlugin<Resolved<Config>, Runtime>,
): Provider<Runtime>;
/**
 * Defines a provider whose plugin comes with another definition of the same id.
 *
 * @typeParam Runtime - what handlers receive
 * @param providerId - the kind of provider
 * @param config - JSON, in which any value may be a function that gives it
 */
export declare function defineProvider<Runtime = unknown>(
  providerId: string,
  config: object,
): Provider<Runtime>;

/** The members of a provider record under names they cannot have, refused. */
export type ProvidersByName<Providers> = {
  readonly [Name in keyof Providers]: ProviderNames[Name & string];
};

/** A record of providers by the name under which handlers receive them. */
export interface ProviderMap {
  readonly [name: string]: Provider;
}
