#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

//! `tests/modules.txt` is a table of cases: the code of an ES module that leaves something in
//! `globalThis.result`, then `//=>` and that as JSON, or `throws NAME: MESSAGE`.

use std::{fmt::Write as _, rc::Rc, sync::Arc};

use rquickjs::{
    CatchResultExt, CaughtError, Context, Ctx, Module, Runtime,
    loader::{BuiltinLoader, BuiltinResolver},
};

use super::{MODULES, is_node_builtin, module_source};
use crate::sandbox::{
    Variables,
    globals::{GlobalsOptions, install},
};

#[test]
fn modules_can_be_imported_but_not_called() {
    let mut failures = String::new();
    let mut code = String::new();
    for line in include_str!("tests/modules.txt").lines() {
        if line.starts_with('#') {
            continue;
        }
        let Some(expected) = line.strip_prefix("//=> ") else {
            let _ = writeln!(code, "{line}");
            continue;
        };
        let found = evaluate(&code);
        if found != expected {
            let _ = writeln!(
                failures,
                "{code}  expected {expected}\n  found    {found}\n"
            );
        }
        code.clear();
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// Nothing in any module loops, crashes, or runs when a definition passes it around.
#[test]
fn every_export_of_every_module_can_be_handled() {
    for name in MODULES.keys() {
        let code = include_str!("tests/handle_exports.js").replace("MODULE", name);
        assert_eq!(evaluate(&code), "\"handled\"", "node:{name}");
    }
}

#[test]
fn specifiers_of_node_modules_are_recognized() {
    for (specifier, expected) in [
        ("fs", Some("fs")),
        ("node:fs", Some("fs")),
        ("fs/promises", Some("fs/promises")),
        ("node:path/posix", Some("path/posix")),
        ("node:test", Some("test")),
        ("test", None),
        ("node:test/reporters", Some("test/reporters")),
        ("node:sqlite", Some("sqlite")),
        ("sqlite", None),
        ("_http_agent", Some("_http_agent")),
        ("node:", None),
        ("", None),
        ("node:nope", None),
        ("node:node:fs", None),
        ("fs/", None),
        ("./fs", None),
        ("lodash", None),
    ] {
        assert_eq!(is_node_builtin(specifier), expected, "{specifier:?}");
    }
}

fn evaluate(code: &str) -> String {
    let runtime = Runtime::new().unwrap();
    let mut resolver = BuiltinResolver::default();
    let mut loader = BuiltinLoader::default();
    for name in MODULES.keys().chain(&["nope"]) {
        resolver.add_module(format!("node:{name}"));
        loader.add_module(format!("node:{name}"), module_source(name));
    }
    runtime.set_loader(resolver, loader);
    let context = Context::full(&runtime).unwrap();
    context.with(|ctx| {
        let variables = [("HOME".to_owned(), "/home/me".to_owned())];
        let options = GlobalsOptions {
            variables: Variables::new(Arc::new(variables.into())),
            console: Rc::new(|_| {}),
        };
        install(&ctx, &options).catch(&ctx).unwrap();
        run_module(&ctx, code).unwrap_or_else(|error| describe(&error))
    })
}

fn run_module<'js>(ctx: &Ctx<'js>, code: &str) -> Result<String, CaughtError<'js>> {
    let evaluated = Module::evaluate(ctx.clone(), "case", code).catch(ctx)?;
    evaluated.finish::<()>().catch(ctx)?;
    ctx.eval("JSON.stringify(globalThis.result) ?? 'undefined'")
        .catch(ctx)
}

fn describe(error: &CaughtError<'_>) -> String {
    match error {
        CaughtError::Exception(exception) => {
            let name: String = exception.get("name").unwrap();
            format!("throws {name}: {}", exception.message().unwrap_or_default())
        }
        other => format!("fails: {other}"),
    }
}
