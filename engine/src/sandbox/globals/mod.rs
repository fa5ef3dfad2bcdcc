//! The globals a sandbox offers beyond the language itself.
//!
//! A fresh sandbox is made for every load, so nothing here is built until it is touched: each
//! global starts as an accessor that evaluates its JavaScript source, or builds its object, on
//! first use and then replaces itself with a plain property.

mod console;
mod environment;
mod handler;
mod host_object;
mod lazy;
mod library;
mod text;
mod url;
mod values;

use std::rc::Rc;

use rquickjs::{Ctx, Function, Result, Value};

use super::variables::Variables;

pub use console::ConsoleMessage;
pub(crate) use environment::environment_values;
pub use handler::install_handler_globals;
pub(crate) use host_object::host_object;

/// The name under which JavaScript sources of this module appear in stack traces: each file is
/// `rigkit:globals/NAME.js`.
pub const SOURCE_PREFIX: &str = "rigkit:globals/";

/// What the globals of one sandbox are made from.
#[derive(Clone)]
pub struct GlobalsOptions {
    /// The variables `process.env` shows.
    pub variables: Variables,
    /// Receives every message a `console` method prints. It must not call back into the context.
    pub console: Rc<dyn Fn(ConsoleMessage)>,
}

/// Prints a value for a person to read, as `console.log` does; nothing where that fails.
pub(super) fn inspect<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Option<String> {
    let print = || -> Result<String> {
        let inspect: Function<'js> = library::load(ctx, "inspect")?.get("inspect")?;
        inspect.call((value.clone(),))
    };
    print().inspect_err(|_| drop(ctx.catch())).ok()
}

/// Installs the globals that definitions see. To be called once per context.
///
/// `ctx` must have all of `QuickJS`'s own built-ins, as [`rquickjs::Context::full`] makes it.
///
/// # Errors
/// Fails when the context runs out of memory or a global of the same name cannot be redefined.
pub fn install(ctx: &Ctx<'_>, options: &GlobalsOptions) -> Result<()> {
    host_object::install(ctx)?;
    console::install(ctx, options)?;
    environment::install(ctx, options)?;
    for (global, library) in DEFINITION_GLOBALS {
        lazy::define_export(ctx, global, library)?;
    }
    Ok(())
}

/// Gives a function by which the engine looks into values; see `js/structure.js`.
///
/// # Errors
/// Fails when the context runs out of memory.
pub(crate) fn library_function<'js>(
    ctx: &Ctx<'js>,
    library: &str,
    name: &str,
) -> Result<Function<'js>> {
    library::load(ctx, library)?.get(name)
}

/// Globals that are exports of a library, with the library's name.
const DEFINITION_GLOBALS: [(&str, &str); 14] = [
    ("Blob", "blob"),
    ("DOMException", "dom_exception"),
    ("File", "blob"),
    ("FormData", "form_data"),
    // Plain data. Libraries that describe values name these classes when they are imported.
    ("Headers", "headers"),
    ("Request", "request"),
    ("Response", "response"),
    ("TextDecoder", "text"),
    ("TextEncoder", "text"),
    ("URL", "url"),
    ("URLSearchParams", "url_search_params"),
    ("atob", "base64"),
    ("btoa", "base64"),
    ("structuredClone", "structured_clone"),
];

#[cfg(test)]
mod tests;
