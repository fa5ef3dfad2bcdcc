//! The environment variables that a config names, as the code shows them.

use crate::document::{SyntaxNode, SyntaxTree, children};

/// The module that `env` comes from.
const SDK: &str = "@rigkit/sdk";

/// Says in which way a variable is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VariableUse {
    /// By `env("NAME")`.
    Plain,
    /// By `env.secret("NAME")`.
    Secret,
    /// By `process.env.NAME`.
    Process,
}

impl VariableUse {
    /// Tells the way by the function that is called with the name.
    pub(crate) fn of_call(tree: &SyntaxTree, callee: &[&str]) -> Option<Self> {
        let (local, way) = match callee {
            [local] => (local, Self::Plain),
            [local, "secret"] => (local, Self::Secret),
            _ => return None,
        };
        is_env(tree, local).then_some(way)
    }

    /// Tells the way by what the name is a member of.
    pub(crate) fn of_member(owners: &[&str]) -> Option<Self> {
        (owners == ["process", "env"] || owners == ["globalThis", "process", "env"])
            .then_some(Self::Process)
    }
}

/// Says whether a file imports `env` of the SDK under this name.
fn is_env(tree: &SyntaxTree, local: &str) -> bool {
    let root = tree.root();
    let imports = children(root).filter(|statement| {
        let source = statement.child_by_field_name("source");
        let is_import = statement.kind() == "import_statement";
        is_import && source.is_some_and(|source| tree.unquoted(source) == SDK)
    });
    let specifiers = imports
        .flat_map(children)
        .flat_map(children)
        .flat_map(children);
    let imports_it = |specifier: SyntaxNode<'_>| {
        let name = specifier.child_by_field_name("name");
        let alias = specifier.child_by_field_name("alias").or(name);
        let text = |node: Option<SyntaxNode<'_>>| node.map(|node| tree.text_of(node).to_owned());
        text(name).as_deref() == Some("env") && text(alias).as_deref() == Some(local)
    };
    { specifiers }.any(imports_it)
}
