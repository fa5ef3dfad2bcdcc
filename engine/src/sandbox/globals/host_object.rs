//! `globalThis.__rigkit`, the object on which the host puts what only its own sources may rely on.

use rquickjs::{Ctx, Exception, Function, Object, Result, TypedArray, object::Property};

use super::library;

const NAME: &str = "__rigkit";

/// The largest number of random bytes one call gives, the limit of `crypto.getRandomValues`.
const MAX_RANDOM_BYTES: u32 = 65_536;

/// Returns `globalThis.__rigkit`, after creating it when it is absent.
///
/// It is neither enumerable nor writable, has no prototype, and accepts further members.
///
/// # Errors
/// Fails when the context runs out of memory or the name is taken by something that is not an
/// object.
pub fn host_object<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let globals = ctx.globals();
    if let Some(existing) = globals.get::<_, Option<Object<'js>>>(NAME)? {
        return Ok(existing);
    }
    let created = Object::new_proto(ctx.clone(), None)?;
    globals.prop(NAME, Property::from(created.clone()))?;
    Ok(created)
}

/// Creates the object with the functions that this module's own sources need.
pub(super) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let host = host_object(ctx)?;
    host.set("randomBytes", Function::new(ctx.clone(), random_bytes)?)?;
    host.set("use", library::use_function(ctx)?)?;
    host.set("engine", take_engine_globals(ctx)?)
}

/// Sets aside what `QuickJS` itself brings and a global of this module takes the place of.
///
/// `performance` goes away altogether: a definition must not measure time; handlers get it back.
fn take_engine_globals<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let globals = ctx.globals();
    let engine = Object::new_proto(ctx.clone(), None)?;
    for name in ["atob", "btoa"] {
        engine.set(name, globals.get::<_, Function<'js>>(name)?)?;
    }
    let performance: Object<'js> = globals.get("performance")?;
    engine.set("now", performance.get::<_, Function<'js>>("now")?)?;
    globals.remove("performance")?;
    Ok(engine)
}

fn random_bytes(ctx: Ctx<'_>, count: u32) -> Result<TypedArray<'_, u8>> {
    if count > MAX_RANDOM_BYTES {
        let message = format!("at most {MAX_RANDOM_BYTES} random bytes can be asked for at once");
        return Err(Exception::throw_range(&ctx, &message));
    }
    let mut bytes = vec![0; count as usize];
    getrandom::fill(&mut bytes).map_err(|error| {
        let message = format!("the system gave no random bytes: {error}");
        Exception::throw_message(&ctx, &message)
    })?;
    TypedArray::new_copy(ctx, bytes)
}
