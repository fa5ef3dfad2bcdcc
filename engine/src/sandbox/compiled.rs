//! Rigkit's own modules of the language, compiled when Rigkit itself is.
//!
//! They are needed by every load, and reading what is compiled is several times faster than
//! reading text.

use rquickjs::{
    Ctx, Module, Result,
    loader::{Bundle, Loader},
    module::Declared,
};

/// The module that prepares a fresh context.
pub(crate) const BOOTSTRAP: &str = "rigkit:bootstrap";

/// The module that the marks in the code of a project call.
pub(crate) const MARKS: &str = "rigkit:marks";

/// The builders of the SDK.
pub(super) const SDK: &str = "rigkit:sdk";

/// The module through which handlers are called.
pub(crate) const RUNTIME: &str = "rigkit:runtime";

static MODULES: Bundle = rquickjs::embed! {
    "rigkit:bootstrap": "src/sandbox/javascript/bootstrap.js",
    "rigkit:marks": "src/sandbox/javascript/marks.js",
    "rigkit:sdk": "src/sandbox/javascript/sdk.js",
    "rigkit:runtime": "src/runtime/javascript/runtime.js",
};

/// The macro does not say that it reads these; so a change of one is noticed.
const _: [&str; 4] = [
    include_str!("javascript/bootstrap.js"),
    include_str!("javascript/marks.js"),
    include_str!("javascript/sdk.js"),
    include_str!("../runtime/javascript/runtime.js"),
];

/// Says whether a name is that of a module that others may import.
pub(super) fn is_importable(name: &str) -> bool {
    name == SDK
}

/// Declares one of the modules.
pub(super) fn declare<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Module<'js, Declared>> {
    let mut modules = MODULES;
    modules.load(ctx, name, None)
}

/// Evaluates one of the modules, none of which waits for anything.
pub(crate) fn evaluate(ctx: &Ctx<'_>, name: &str) -> Result<()> {
    let (_, evaluated) = declare(ctx, name)?.eval()?;
    evaluated.finish::<()>()
}
