/** How operations describe their input. */

import type { Flatten, JsonObject, JsonPrimitive, Refused } from "./json.js";
import type { Names } from "./names.js";
import type { ObjectOf, RequiredName, StandardOutput, StandardSchema } from "./schema.js";
import type { Workspace } from "./workspace.js";

/** The schema of one property of an operation's input: what a command line can turn into a flag. */
export type OperationProperty =
  | (OperationPropertyBase<string> & {
      readonly type?: "string";
      readonly enum?: readonly string[];
      readonly minLength?: number;
      readonly maxLength?: number;
      readonly pattern?: string;
      readonly format?: string;
    })
  | (OperationPropertyBase<number> & {
      readonly type: "number" | "integer";
      readonly enum?: readonly number[];
      readonly minimum?: number;
      readonly maximum?: number;
      readonly exclusiveMinimum?: number;
      readonly exclusiveMaximum?: number;
      readonly multipleOf?: number;
    })
  | (OperationPropertyBase<boolean> & { readonly type: "boolean" })
  | (OperationPropertyBase<readonly JsonPrimitive[]> & {
      readonly type: "array";
      readonly items: OperationProperty;
      /** `rigkit-rest` for texts: everything after `--`. */
      readonly format?: string;
      readonly minItems?: number;
      readonly maxItems?: number;
      readonly uniqueItems?: boolean;
    });

export interface OperationPropertyBase<Value> {
  readonly title?: string;
  readonly description?: string;
  readonly default?: Value;
}

/**
 * The JSON Schema of an operation's input: an object of strings, numbers, integers, booleans,
 * enums and arrays of those, each of which becomes a flag.
 */
export interface OperationSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type: "object";
  readonly properties?: { readonly [name: string]: OperationProperty };
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

export declare const fieldValue: unique symbol;

/** One field of an operation's input, made by a {@link FieldBuilder}. */
export interface Field<Value = unknown> {
  readonly kind: "workspace" | "string" | "number" | "boolean";
  readonly [fieldValue]?: Value;
}

/** What can be said about a field. */
export interface FieldOptions<Value> {
  /** Shown in the help of the operation. */
  readonly description?: string;
  /** Its place among the positional arguments, from 0; without one it is a flag. */
  readonly position?: number;
  /** Whether it must be given; by default it must, unless it has a default or is a boolean. */
  readonly required?: boolean;
  /** The value when it is not given. */
  readonly defaultValue?: Value;
}

/** What a field gives its handler: `undefined` only when it is optional and has no default. */
export type FieldResult<Value, Options> = Options extends { readonly defaultValue: Value }
  ? Value
  : Options extends { readonly required: false }
    ? Value | undefined
    : Value;

/** The fields of an operation's input. */
export interface Fields<Values = {}> {
  /** Adds fields. */
  extend<const More extends { readonly [name: string]: Field | RestField }>(
    fields: More & { readonly [Name in keyof Values]?: Refused<"this field is already there"> },
  ): Fields<Flatten<Values & FieldValues<More>>>;
  /** Adds the rest of the command line: everything after `--`. */
  rest<const Name extends string>(
    name: Name & Names<"a field">[Name],
    options?: RestOptions,
  ): Fields<Flatten<Values & { readonly [K in Name]: readonly string[] }>>;
  readonly [fieldValue]?: Values;
}

/** The rest of the command line as one of several fields; it has the name that it is given there. */
export interface RestField {
  readonly kind: "rest";
  readonly [restValue]?: readonly string[];
}

export declare const restValue: unique symbol;

/** What can be said about the rest of the command line. */
export interface RestOptions {
  /** Shown in the help of the operation. */
  readonly description?: string;
}

export type FieldValues<Record> = {
  readonly [Name in keyof Record]: Record[Name] extends RestField
    ? readonly string[]
    : Record[Name] extends Field<infer Value>
      ? Value
      : never;
};

/**
 * Builds the fields of an operation's input.
 *
 * ```ts
 * input: (w) => w.workspaceInput({ name: "target" }).extend({
 *   port: w.number({ description: "Port to listen on", defaultValue: 3000 }),
 *   verbose: w.boolean(),
 * })
 * ```
 */
export interface FieldBuilder<WorkspaceCtx = JsonObject> {
  /** Asks for a workspace by name; the handler receives its name and context. */
  workspaceInput<const Name extends string>(
    options: { readonly name: Name & Names<"a field">[Name] } & Omit<
      FieldOptions<string>,
      "defaultValue" | "required"
    >,
  ): Fields<{ readonly [K in Name]: Workspace<WorkspaceCtx> }>;
  /**
   * The rest of the command line: everything after `--`, as it was typed.
   *
   * ```ts
   * // rig do test -- --watch "one file"
   * .operation("test", {
   *   input: (w) => w.rest("args"),
   *   run: async ({ host, input }) => void (await host.exec(["npm", "test", "--", ...input.args])),
   * })
   * ```
   */
  rest<const Name extends string>(
    name: Name & Names<"a field">[Name],
    options?: RestOptions,
  ): Fields<{ readonly [K in Name]: readonly string[] }> & RestField;
  /** A string. Given empty, it counts as missing. */
  string<const Options extends FieldOptions<string> = {}>(
    options?: Options,
  ): Field<FieldResult<string, Options>>;
  /** A number. */
  number<const Options extends FieldOptions<number> = {}>(
    options?: Options,
  ): Field<FieldResult<number, Options>>;
  /** A switch: `false` unless it is given or has another default. */
  boolean(options?: FieldOptions<boolean>): Field<boolean>;
}

/**
 * How an operation describes its input: a JSON Schema, a Standard Schema value that can give one,
 * or a function that builds fields.
 */
export type OperationInput<WorkspaceCtx = JsonObject> =
  | OperationSchema
  | StandardSchema
  | ((
      fields: FieldBuilder<WorkspaceCtx>,
    ) => Fields<object> | { readonly [name: string]: Field | RestField });

/** What `run` receives as `input`; without one, nothing is known about the type `Input`. */
export type InputOf<Input> = [OperationSchema | StandardSchema] extends [Input]
  ? {}
  : Input extends { readonly "~standard": unknown }
    ? StandardOutput<Input>
    : Input extends (...input: never[]) => infer Built
      ? Built extends Fields<infer Values>
        ? Values
        : FieldValues<Built>
      : Input extends { readonly properties: infer Properties }
        ? ObjectOf<Properties, RequiredName<Input> | DefaultedName<Properties>>
        : {};

export type DefaultedName<Properties> = {
  [K in keyof Properties]: Properties[K] extends { readonly default: unknown } ? K : never;
}[keyof Properties];
