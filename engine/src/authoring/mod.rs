//! What an author's editor needs to check a config: the declaration files of the built-in modules
//! and a `tsconfig.json` that finds them.
//!
//! The engine itself removes types without looking at them, so nothing here is ever loaded by it.

/// A declaration file, to be written under `.rigkit/types/` of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclarationFile {
    /// Its path below `.rigkit/types/`, with `/` between folders: `sdk/json.d.ts`.
    pub name: &'static str,
    /// The TypeScript declarations.
    pub contents: &'static str,
}

/// The file of that path below `types/`.
macro_rules! declaration {
    ($name:literal) => {
        DeclarationFile {
            name: $name,
            contents: include_str!(concat!("types/", $name)),
        }
    };
}

/// Every declaration file. They refer to each other by relative path, so they belong together.
pub const DECLARATION_FILES: &[DeclarationFile] = &[
    declaration!("globals.d.ts"),
    declaration!("provider-host.d.ts"),
    declaration!("sdk.d.ts"),
    declaration!("sdk/environment.d.ts"),
    declaration!("sdk/input.d.ts"),
    declaration!("sdk/json.d.ts"),
    declaration!("sdk/local.d.ts"),
    declaration!("sdk/names.d.ts"),
    declaration!("sdk/node.d.ts"),
    declaration!("sdk/provider.d.ts"),
    declaration!("sdk/schema.d.ts"),
    declaration!("sdk/sequence.d.ts"),
    declaration!("sdk/step.d.ts"),
    declaration!("sdk/task.d.ts"),
    declaration!("sdk/workflow.d.ts"),
    declaration!("sdk/workspace.d.ts"),
    declaration!("sdk/zod.d.ts"),
];

/// The `tsconfig.json` of a new project, which resolves the built-in modules to
/// [`DECLARATION_FILES`]. It is JSON with comments, as TypeScript reads it.
pub const TSCONFIG: &str = include_str!("tsconfig.json");
