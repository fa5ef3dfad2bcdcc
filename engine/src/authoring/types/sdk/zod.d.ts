/** The project's own zod. */

import type { Refused } from "./json.js";
import type { StandardInput, StandardOutput } from "./schema.js";

// @ts-ignore: the project may have no zod, and then this is `any`
export type ZodModule = typeof import("zod");

/** Whether zod is missing: only `any` passes for this string as well as for a module. */
export type ZodIsMissing = { zod: ZodModule } extends { zod: "missing" } ? true : false;

/**
 * The project's own zod, for schemas of outputs and inputs: `z.object({ port: z.number() })`.
 *
 * It must be installed in the project (`npm install zod`); using it without is an error.
 */
export declare const z: ZodIsMissing extends true
  ? Refused<"zod is not installed in this project: run `npm install zod`">
  : ZodModule["z"];

/** The types that go with {@link z}. */
export declare namespace z {
  /** The type a schema gives: `z.infer<typeof Port>`. */
  export type output<Schema> = StandardOutput<Schema>;
  /** The type a schema accepts, before defaults and transformations. */
  export type input<Schema> = StandardInput<Schema>;
  export type { output as infer };
}
