//! The modules of Node.js as a definition sees them: their exports exist, but calling one throws
//! an error that says why.
//!
//! The table of exports in `exports.txt` is written by `generate.mjs`.

use std::{collections::BTreeMap, fmt::Write as _, sync::LazyLock};

const TABLE: &str = include_str!("exports.txt");

/// The exports of one module, each list as the table has it: names with a space in between.
#[derive(Default)]
struct Exports {
    prefix_only: bool,
    default_function: Option<&'static str>,
    functions: &'static str,
    objects: &'static str,
    values: &'static str,
}

static MODULES: LazyLock<BTreeMap<&'static str, Exports>> = LazyLock::new(|| parse_table(TABLE));

/// Returns the name, without `node:`, of the Node.js module that `specifier` imports, if it does.
///
/// Accepts what Node.js accepts: `fs`, `node:fs`, `fs/promises`, but `test` only as `node:test`.
#[must_use]
pub fn is_node_builtin(specifier: &str) -> Option<&'static str> {
    let unprefixed = specifier.strip_prefix("node:");
    let (name, exports) = MODULES.get_key_value(unprefixed.unwrap_or(specifier))?;
    let is_reachable = unprefixed.is_some() || !exports.prefix_only;
    is_reachable.then_some(*name)
}

/// Returns the source of an ES module with the exports of the Node.js module `name`, as
/// [`is_node_builtin`] gives it.
///
/// It needs the globals that [`super::globals::install`] installs. For an unknown name it is a
/// module that throws.
#[must_use]
pub fn module_source(name: &str) -> String {
    MODULES.get(name).map_or_else(
        || {
            format!(
                "throw new Error({});\n",
                quote(&format!("there is no module node:{name}"))
            )
        },
        |exports| source_with_exports(name, exports),
    )
}

/// Returns an expression for what `require` of a Node.js module gives.
///
/// It needs the same globals; for an unknown name it is `undefined`.
#[must_use]
pub fn required_value(name: &str) -> String {
    let created = MODULES
        .get(name)
        .map(|exports| format!("{}.whole", create_call(name, exports)));
    created.unwrap_or_else(|| "undefined".to_owned())
}

fn create_call(name: &str, exports: &Exports) -> String {
    let values = if exports.values.is_empty() {
        "{}"
    } else {
        exports.values
    };
    let default_function = exports
        .default_function
        .map_or_else(|| "null".to_owned(), quote);
    format!(
        "globalThis.__rigkit.use(\"node_builtins\").create({}, {{\n  \
         defaultFunction: {default_function},\n  functions: {},\n  objects: {},\n  \
         values: {values},\n}})",
        quote(name),
        quote(exports.functions),
        quote(exports.objects),
    )
}

fn source_with_exports(name: &str, exports: &Exports) -> String {
    let created = create_call(name, exports);
    let mut source = format!("const {{ named, whole }} = {created};\nexport default whole;\n");
    for (index, export) in export_names(exports).iter().enumerate() {
        // An export may be called what no variable can.
        let _ = writeln!(
            source,
            "const e{index} = named.{export};\nexport {{ e{index} as {export} }};"
        );
    }
    source
}

fn export_names(exports: &Exports) -> Vec<String> {
    let values: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(exports.values).unwrap_or_default();
    let names = exports.functions.split_whitespace();
    names
        .chain(exports.objects.split_whitespace())
        .map(str::to_owned)
        .chain(values.into_iter().map(|(name, _)| name))
        .collect()
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn parse_table(table: &'static str) -> BTreeMap<&'static str, Exports> {
    let mut modules: BTreeMap<&str, Exports> = BTreeMap::new();
    let mut current = "";
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (word, rest) = line.trim_start().split_once(' ').unwrap_or((line, ""));
        if line.starts_with(' ') {
            set_exports(modules.entry(current).or_default(), word, rest);
        } else {
            current = word;
            modules.entry(current).or_default().prefix_only = rest == "prefix-only";
        }
    }
    modules
}

fn set_exports(exports: &mut Exports, kind: &str, names: &'static str) {
    match kind {
        "default" => exports.default_function = Some(names),
        "functions" => exports.functions = names,
        "objects" => exports.objects = names,
        _ => exports.values = names,
    }
}

#[cfg(test)]
mod tests;
