/** Schemas, and the types of the values they describe. */

import type { Flatten, JsonObject, JsonValue, Override } from "./json.js";

/**
 * A value that follows the Standard Schema convention, as schemas of zod, valibot and arktype do.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): unknown;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** An object that returns the value it accepts and throws for any other. */
export interface Parser<Output = unknown> {
  parse(value: unknown): Output;
}

/** An object that says whether it accepts a value. */
export interface SafeParser<Output = unknown> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Output }
    | { readonly success: false; readonly error?: unknown };
}

export type JsonType = "string" | "number" | "integer" | "boolean" | "null" | "array" | "object";

/** A JSON Schema (draft 2020-12). Keywords that are not listed here may be used too. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: { readonly [name: string]: JsonSchema | boolean };
  readonly title?: string;
  readonly description?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: { readonly [name: string]: JsonSchema | boolean };
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly patternProperties?: { readonly [pattern: string]: JsonSchema | boolean };
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly (JsonSchema | boolean)[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly anyOf?: readonly (JsonSchema | boolean)[];
  readonly oneOf?: readonly (JsonSchema | boolean)[];
  readonly allOf?: readonly (JsonSchema | boolean)[];
  readonly not?: JsonSchema | boolean;
  readonly if?: JsonSchema | boolean;
  readonly then?: JsonSchema | boolean;
  readonly else?: JsonSchema | boolean;
}

/**
 * The schema of a task's context: a JSON Schema, a Standard Schema value (zod, valibot, arktype),
 * or an object with `parse` or `safeParse`.
 */
export type OutputSchema = StandardSchema | Parser | SafeParser | JsonSchema;

/** What a task with the output schema `Schema` must return as its context. */
export type SchemaInput<Schema> = [Schema] extends [never]
  ? object
  : Schema extends { readonly "~standard": unknown }
    ? StandardInput<Schema> & object
    : Schema extends Parser | SafeParser
      ? object
      : DescribedBy<Schema>;

/** The context after a task with the output schema `Schema` that returned `Returned`. */
export type SchemaOutput<Schema, Returned> = [Schema] extends [never]
  ? Returned
  : Schema extends { readonly "~standard": unknown }
    ? StandardOutput<Schema>
    : Schema extends Parser<infer Output>
      ? Output
      : Schema extends { safeParse(value: unknown): infer Result }
        ? Extract<Result, { readonly success: true }> extends { readonly data: infer Output }
          ? Output
          : JsonObject
        : Override<Returned, DescribedBy<Schema>>;

/** The object a JSON Schema describes; nothing where it says no more than that it is one. */
export type DescribedBy<Schema> =
  JsonObject extends FromJsonSchema<Schema> ? object : FromJsonSchema<Schema> & object;

/** What a Standard Schema accepts. */
export type StandardInput<Schema> =
  Schema extends StandardSchema<infer Input, unknown> ? Input : JsonObject;

/** What a Standard Schema turns it into. */
export type StandardOutput<Schema> =
  Schema extends StandardSchema<unknown, infer Output> ? Output : JsonObject;

/** The type of the values a literal JSON Schema accepts, as far as its keywords tell. */
export type FromJsonSchema<Schema> = Schema extends { readonly const: infer Value }
  ? Value
  : Schema extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : Schema extends { readonly anyOf: readonly (infer Option)[] }
      ? FromJsonSchema<Option>
      : Schema extends { readonly oneOf: readonly (infer Option)[] }
        ? FromJsonSchema<Option>
        : Schema extends { readonly type: readonly (infer Type)[] }
          ? FromJsonType<Type, Schema>
          : Schema extends { readonly type: infer Type }
            ? FromJsonType<Type, Schema>
            : Schema extends { readonly properties: object }
              ? FromObjectSchema<Schema>
              : JsonValue;

export type FromJsonType<Type, Schema> = Type extends "string"
  ? string
  : Type extends "number" | "integer"
    ? number
    : Type extends "boolean"
      ? boolean
      : Type extends "null"
        ? null
        : Type extends "array"
          ? Schema extends { readonly items: infer Item }
            ? FromJsonSchema<Item>[]
            : JsonValue[]
          : Type extends "object"
            ? FromObjectSchema<Schema>
            : JsonValue;

export type FromObjectSchema<Schema> = Schema extends { readonly properties: infer Properties }
  ? ObjectOf<Properties, RequiredName<Schema>>
  : JsonObject;

/** An object of the types that `Properties` describe, those named `Always` being there for sure. */
export type ObjectOf<Properties, Always> = Flatten<
  {
    -readonly [K in keyof Properties as K extends Always ? K : never]: FromJsonSchema<
      Properties[K]
    >;
  } & {
    -readonly [K in keyof Properties as K extends Always ? never : K]?: FromJsonSchema<
      Properties[K]
    >;
  }
>;

export type RequiredName<Schema> = Schema extends { readonly required: readonly (infer Name)[] }
  ? Name
  : never;
