//! CommonJS modules of packages: `require`, `module.exports` and all that.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rquickjs::{Ctx, Exception, Function, Object, Value, context::EvalOptions};

use super::{loader::rigkit, node_builtins};
use crate::modules::{ModuleGraph, RequestKind, Target};

const COMMON_JS: &str = include_str!("javascript/common_js.js");

/// Gives the context `requireCommonJs` and what it needs of the disk.
pub(super) fn install<'js>(ctx: &Ctx<'js>, graph: &Arc<ModuleGraph>) -> rquickjs::Result<()> {
    let rigkit = rigkit(ctx)?;
    let resolving = Arc::clone(graph);
    rigkit.set(
        "resolveRequire",
        Function::new(
            ctx.clone(),
            move |ctx: Ctx<'_>, importer: String, specifier: String| {
                resolve(&ctx, &resolving, &importer, &specifier)
            },
        )?,
    )?;
    let reading = Arc::clone(graph);
    rigkit.set(
        "readCommonJs",
        Function::new(
            ctx.clone(),
            move |ctx: Ctx<'_>, path: String| -> rquickjs::Result<String> {
                reading
                    .sources
                    .read(&PathBuf::from(&path))
                    .map(|text| text.as_ref().to_owned())
                    .map_err(|error| {
                        Exception::throw_message(&ctx, &format!("failed to read `{path}`: {error}"))
                    })
            },
        )?,
    )?;
    let compile_common_js = |ctx: Ctx<'js>, path: String, text: String| compile(&ctx, path, &text);
    rigkit.set(
        "compileCommonJs",
        Function::new(ctx.clone(), compile_common_js)?,
    )?;
    let node_module = |ctx: Ctx<'js>, name: String| -> rquickjs::Result<Value<'js>> {
        ctx.eval(node_builtins::required_value(&name))
    };
    rigkit.set("nodeModule", Function::new(ctx.clone(), node_module)?)?;
    install_lazily(ctx, &rigkit)
}

/// Compiles a module under the name of its file, which its functions then know.
fn compile<'js>(ctx: &Ctx<'js>, path: String, text: &str) -> rquickjs::Result<Value<'js>> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(path);
    let source =
        format!("(function (exports, require, module, __filename, __dirname) {{{text}\n}})");
    ctx.eval_with_options(source, options)
}

/// Most configs use no CommonJS: its code is compiled when the first module asks for it.
fn install_lazily<'js>(ctx: &Ctx<'js>, rigkit: &Object<'js>) -> rquickjs::Result<()> {
    let load = |name: &'static str| {
        move |ctx: Ctx<'js>, argument: Value<'js>| -> rquickjs::Result<Value<'js>> {
            ctx.eval::<(), _>(COMMON_JS)?;
            super::loader::rigkit(&ctx)?
                .get::<_, Function>(name)?
                .call((argument,))
        }
    };
    rigkit.set(
        "requireCommonJs",
        Function::new(ctx.clone(), load("requireCommonJs"))?,
    )?;
    rigkit.set(
        "exportNames",
        Function::new(ctx.clone(), load("exportNames"))?,
    )
}

/// Answers `["path", file]` or `["node", module]`.
fn resolve(
    ctx: &Ctx<'_>,
    graph: &ModuleGraph,
    importer: &str,
    specifier: &str,
) -> rquickjs::Result<Vec<String>> {
    let found = graph
        .sources
        .resolve(Path::new(importer), specifier, RequestKind::Require)
        .map_err(|_| {
            Exception::throw_message(
                ctx,
                &format!("cannot find the module `{specifier}` from `{importer}`"),
            )
        })?;
    graph.note_require(Path::new(importer), specifier, &found);
    match found.target {
        Target::File(path) => {
            let name = path.to_string_lossy().into_owned();
            Ok(vec!["path".to_owned(), name])
        }
        Target::Node(name) => Ok(vec!["node".to_owned(), name.to_owned()]),
        Target::BuiltIn(module) => {
            let message = format!("`{}` cannot be required, only imported", module.specifier());
            Err(Exception::throw_message(ctx, &message))
        }
    }
}
