/** JSON, and the types that say why something is not. */

/** A JSON value that holds no others. */
export type JsonPrimitive = string | number | boolean | null;

/** Anything JSON can write: what contexts, configuration and results are made of. */
export type JsonValue = JsonPrimitive | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object. */
export type JsonObject = { [key: string]: JsonValue };

/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

export declare const refused: unique symbol;

/**
 * Stands where a value is not acceptable. Nothing has this type: it is there for its argument,
 * which the compiler prints and which says what is wrong and what to do.
 */
export interface Refused<Reason extends string> {
  readonly [refused]: Reason;
}

/** Whether every part of `T` survives a trip through JSON; objects are compared part by part. */
export type AsJson<T> = T extends JsonValue
  ? T
  : T extends readonly unknown[]
    ? { [K in keyof T]: AsJson<T[K]> }
    : T extends NotAnObject
      ? never
      : T extends object
        ? { [K in keyof T]: AsJson<T[K]> }
        : T;

export type NotAnObject = undefined | bigint | symbol | ((...input: never[]) => unknown);

export type ClassInstance =
  | Date
  | Error
  | RegExp
  | Promise<unknown>
  | ReadonlyMap<any, any>
  | ReadonlySet<any>
  | ArrayBufferView;

/** `unknown` when `T` is JSON, otherwise a {@link Refused} that names the part that is not. */
export type JsonOnly<T, Path extends string> = [T] extends [AsJson<T>]
  ? unknown
  : [NotJson<T, Path>] extends [never]
    ? Refused<`${Path} is not JSON`>
    : Refused<NotJson<T, Path>>;

/** The same for a value that has to be an object. */
export type JsonObjectOnly<T, Path extends string> =
  Extract<T, readonly unknown[]> extends never
    ? JsonOnly<T, Path>
    : IsAny<T> extends true
      ? unknown
      : Refused<`${Path} is an array: give an object`>;

export type IsAny<T> = 0 extends 1 & T ? true : false;

/** The parts of `T` that JSON cannot write, as sentences. Looks five levels deep. */
export type NotJson<T, Path extends string, Depth extends 0[] = []> = T extends JsonPrimitive
  ? never
  : T extends undefined
    ? `${Path} may be undefined, which is not JSON: leave the key out, or use null`
    : T extends (...input: never[]) => unknown
      ? `${Path} is a function, which is not JSON`
      : T extends bigint | symbol
        ? `${Path} is a bigint or a symbol, which is not JSON`
        : T extends ClassInstance
          ? `${Path} is a class instance, which is not JSON`
          : Depth["length"] extends 5
            ? never
            : T extends readonly (infer Element)[]
              ? NotJson<Element, `${Path}[]`, [...Depth, 0]>
              : {
                  [K in keyof T & string]: NotJson<Present<T, K>, `${Path}.${K}`, [...Depth, 0]>;
                }[keyof T & string];

/** The type of a property when it is there. */
export type Present<T, K extends keyof T> = {} extends Pick<T, K> ? Exclude<T[K], undefined> : T[K];

/**
 * Writes an intersection as one object. The condition, which always holds, keeps the name of this
 * type out of what the compiler prints.
 */
export type Flatten<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;

/** `Base` with the keys of `Over` replaced. */
export type Override<Base, Over> = Flatten<
  { [K in keyof Base as K extends keyof Over ? never : K]: Base[K] } & Over
>;

/** The keys of `T` that are known by name. */
export type KnownKey<T> = keyof { [K in keyof T as {} extends Record<K, 1> ? never : K]: 1 };
