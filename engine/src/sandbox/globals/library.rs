//! The JavaScript sources behind the globals, each evaluated at most once per context.
//!
//! A source is a function expression. It is called with an object of native functions and with
//! `use(name)`, which gives the exports of another source; what it returns are its exports.

use rquickjs::{Ctx, Exception, Function, Object, Result, context::EvalOptions};

use super::{SOURCE_PREFIX, host_object::host_object, text, url, values};

/// One JavaScript source and the native functions it is given.
struct Library {
    name: &'static str,
    source: &'static str,
    natives: fn(&Object<'_>) -> Result<()>,
}

macro_rules! library {
    ($name:literal, $file:literal) => {
        library!($name, $file, |_| Ok(()))
    };
    ($name:literal, $file:literal, $natives:expr) => {
        Library {
            name: $name,
            source: include_str!($file),
            natives: $natives,
        }
    };
}

const LIBRARIES: &[Library] = &[
    library!("abort", "handler/abort.js"),
    library!("base64", "js/base64.js"),
    library!("blob", "js/blob.js"),
    library!("body", "handler/body.js"),
    library!("brands", "js/brands.js", values::add_natives),
    library!("bytes", "js/bytes.js"),
    library!("console", "js/console.js"),
    library!("console_methods", "js/console_methods.js"),
    library!("console_table", "js/console_table.js"),
    library!("crypto", "handler/crypto.js"),
    library!("dom_exception", "js/dom_exception.js"),
    library!("events", "handler/events.js"),
    library!("fetch", "handler/fetch.js"),
    library!("form_data", "js/form_data.js"),
    library!("format", "js/format.js"),
    library!("headers", "handler/headers.js"),
    library!("host", "handler/host.js"),
    library!("inspect", "js/inspect.js"),
    library!("inspect_kinds", "js/inspect_kinds.js"),
    library!("inspect_text", "js/inspect_text.js"),
    library!("node_builtins", "../node_builtins/placeholders.js"),
    library!("performance", "handler/performance.js"),
    library!("request", "handler/request.js"),
    library!("response", "handler/response.js"),
    library!("structure", "js/structure.js"),
    library!("structured_clone", "js/structured_clone.js"),
    library!("text", "js/text.js", text::add_natives),
    library!("timers", "handler/timers.js"),
    library!("url", "js/url.js", url::add_natives),
    library!(
        "url_search_params",
        "js/url_search_params.js",
        url::add_query_natives
    ),
];

/// Returns the exports of a library, evaluating it when this context has not used it before.
pub(super) fn load<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Object<'js>> {
    let loaded = loaded_libraries(ctx)?;
    if let Some(exports) = loaded.get::<_, Option<Object<'js>>>(name)? {
        return Ok(exports);
    }
    let exports = evaluate(ctx, find(ctx, name)?)?;
    loaded.set(name, exports.clone())?;
    Ok(exports)
}

/// Makes the function through which sources reach each other.
pub(super) fn use_function<'js>(ctx: &Ctx<'js>) -> Result<Function<'js>> {
    Function::new(ctx.clone(), |ctx: Ctx<'js>, name: String| load(&ctx, &name))
}

fn loaded_libraries<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    const MEMBER: &str = "libraries";
    let host = host_object(ctx)?;
    if let Some(existing) = host.get::<_, Option<Object<'js>>>(MEMBER)? {
        return Ok(existing);
    }
    let created = Object::new_proto(ctx.clone(), None)?;
    host.set(MEMBER, created.clone())?;
    Ok(created)
}

fn find(ctx: &Ctx<'_>, name: &str) -> Result<&'static Library> {
    LIBRARIES
        .iter()
        .find(|library| library.name == name)
        .ok_or_else(|| Exception::throw_reference(ctx, &format!("no library named `{name}`")))
}

fn evaluate<'js>(ctx: &Ctx<'js>, library: &Library) -> Result<Object<'js>> {
    let mut options = EvalOptions::default();
    options.filename = Some(format!("{SOURCE_PREFIX}{}.js", library.name));
    let factory: Function<'js> = ctx.eval_with_options(library.source, options)?;
    let natives = Object::new_proto(ctx.clone(), None)?;
    (library.natives)(&natives)?;
    factory.call((natives, use_function(ctx)?))
}
