//! Globals that come into being when they are first read.

use rquickjs::{
    Ctx, Result, Value,
    object::{Accessor, Property},
};

use super::library;

/// Defines a global that `build` makes on first use.
///
/// Until then it is an accessor; afterwards, or once a script assigns to it, it is a writable,
/// configurable, non-enumerable property like those of the language itself.
pub(super) fn define<'js, F>(ctx: &Ctx<'js>, name: &'static str, build: F) -> Result<()>
where
    F: Fn(&Ctx<'js>) -> Result<Value<'js>> + 'js,
{
    let get = move |ctx: Ctx<'js>| -> Result<Value<'js>> {
        let value = build(&ctx)?;
        settle(&ctx, name, value.clone())?;
        Ok(value)
    };
    let set = move |ctx: Ctx<'js>, value: Value<'js>| settle(&ctx, name, value);
    ctx.globals()
        .prop(name, Accessor::new(get, set).configurable())
}

/// Defines a global that is the export of the same name of a library.
pub(super) fn define_export(
    ctx: &Ctx<'_>,
    name: &'static str,
    library: &'static str,
) -> Result<()> {
    define(ctx, name, move |ctx| library::load(ctx, library)?.get(name))
}

fn settle<'js>(ctx: &Ctx<'js>, name: &'static str, value: Value<'js>) -> Result<()> {
    let property = Property::from(value).writable().configurable();
    ctx.globals().prop(name, property)
}
