/** Names and paths: which may be used, which are taken, which a task may invalidate. */

import type { Refused } from "./json.js";

/** Names a provider cannot have, because handlers already receive something under them. */
export type ReservedProviderName = "ctx" | "runtime" | "providers" | "step" | "config";

/** Ids an operation cannot have, because `rig` itself answers to them. */
export type ReservedOperationId =
  | "apply"
  | "completion"
  | "create"
  | "doctor"
  | "fork"
  | "help"
  | "init"
  | "ls"
  | "plan"
  | "projects"
  | "remove"
  | "run"
  | "version";

// The tables below are indexed with a name to learn whether it may be used: `unknown` says that it
// may, a `Refused` why not. Names that are not known to the letter, such as a `string` or the type
// parameter of a factory, find the index signature and may always be used.

export interface AnyName {
  [name: string]: unknown;
}

export interface Names<What extends string> extends AnyName {
  "": Refused<`${What} needs a name that is not empty`>;
}

export type ProviderNames = Names<"a provider"> & {
  [
    Name in ReservedProviderName
  ]: Refused<`a provider cannot be named ${Name}: handlers receive something else under it`>;
};

export type TaskNames<Taken extends string> = Names<"a task"> & {
  [Name in Literals<Taken>]: Refused<`this sequence already has a task named ${Name}`>;
};

export type OperationNames<Taken extends string> = Names<"an operation"> & {
  [
    Name in ReservedOperationId
  ]: Refused<`an operation cannot be named ${Name}: rig itself answers to it`>;
} & {
  [Name in Literals<Taken>]: Refused<`there is already an operation named ${Name}`>;
};

export type WorkspaceOperationNames<Taken extends string> = OperationNames<Taken> & {
  [name: `${string}/${string}`]: Refused<'the name of a workspace operation cannot contain "/"'>;
};

/** The names of a union that are known to the letter: `"clone"` is, `` `build-${string}` `` not. */
export type Literals<Name extends string> = Name extends unknown
  ? {} extends Record<Name, 1>
    ? never
    : Name
  : never;

/** The paths of `New` that are certainly among `Taken`. */
export type Clash<New extends string, Taken extends string> = New extends Taken
  ? New extends Literals<Taken>
    ? New
    : never
  : never;

/** Paths of tasks once the sequence `Name` is added to another; a task has no name to add. */
export type NestedPaths<Name extends string, Paths extends string> = [Name] extends [never]
  ? Paths
  : `${Name}.${Paths}`;

/** Paths of tasks inside a branch; a sequence of the branch's own name is not repeated. */
export type BranchPaths<Branch extends string, Name extends string, Paths extends string> = [
  Name,
] extends [never]
  ? `${Branch}.${Paths}`
  : string extends Name
    ? `${Branch}.${Paths}` | `${Branch}.${Name}.${Paths}`
    : Name extends Branch
      ? `${Branch}.${Paths}`
      : `${Branch}.${Name}.${Paths}`;

/** What `step.invalidate` accepts after tasks at `Paths`: a path, or a name only one task has. */
export type Target<Paths extends string> = [Paths] extends [never]
  ? never
  : Paths | UniqueName<Extract<Paths, `${string}.${string}`>, Paths>;

export type UniqueName<Nested extends string, Paths extends string> =
  LeafName<Nested> extends infer Name
    ? Name extends string
      ? IsUnion<Extract<Paths, Name | `${string}.${Name}`>> extends true
        ? never
        : Name
      : never
    : never;

export type LeafName<Path extends string> = Path extends `${string}.${infer Rest}`
  ? LeafName<Rest>
  : Path;

export type IsUnion<T, Member = T> = T extends unknown
  ? [Member] extends [T]
    ? false
    : true
  : never;

/** `unknown` when none of the paths `New` is taken, otherwise which one is. */
export type NewPaths<New extends string, Taken extends string> = [Clash<New, Taken>] extends [never]
  ? unknown
  : Refused<`there is already a task at ${Clash<New, Taken>}`>;
