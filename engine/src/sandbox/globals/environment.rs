//! `process`, of which a sandbox has little more than a read-only `env`.

use std::{collections::BTreeMap, env::consts, sync::Arc};

use rquickjs::{
    Array, Ctx, Function, Object, Result,
    object::{Accessor, Property},
};

use super::{GlobalsOptions, lazy};

type Environment = Arc<BTreeMap<String, String>>;

pub(super) fn install(ctx: &Ctx<'_>, options: &GlobalsOptions) -> Result<()> {
    let environment = Arc::clone(&options.environment);
    lazy::define(ctx, "process", move |ctx| {
        Ok(create_process(ctx, &environment)?.into_value())
    })
}

/// Makes `process`: besides `env` only what packages look at without being able to do harm, so
/// that none of them takes the sandbox for a Node.js.
fn create_process<'js>(ctx: &Ctx<'js>, environment: &Environment) -> Result<Object<'js>> {
    let process = Object::new(ctx.clone())?;
    process.set("platform", platform())?;
    process.set("arch", architecture())?;
    process.set("argv", Array::new(ctx.clone())?)?;
    define_env(&process, Arc::clone(environment))?;
    Ok(process)
}

/// Defines `env` as an accessor that copies the variables when it is first read. Assigning to it
/// is an error before and after.
fn define_env<'js>(process: &Object<'js>, environment: Environment) -> Result<()> {
    let read = move |this: rquickjs::function::This<Object<'js>>| -> Result<Object<'js>> {
        let env = create_env(this.0.ctx(), &environment)?;
        this.0
            .prop("env", Property::from(env.clone()).enumerable())?;
        Ok(env)
    };
    process.prop("env", Accessor::from(read).enumerable().configurable())
}

fn create_env<'js>(ctx: &Ctx<'js>, environment: &Environment) -> Result<Object<'js>> {
    let env = Object::new(ctx.clone())?;
    for (name, value) in environment.iter() {
        env.prop(name.as_str(), Property::from(value.as_str()).enumerable())?;
    }
    let freeze: Function<'js> = ctx
        .globals()
        .get::<_, Object<'js>>("Object")?
        .get("freeze")?;
    freeze.call((env,))
}

/// The name Node.js has for the system.
fn platform() -> &'static str {
    match consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    }
}

/// The name Node.js has for the processor.
fn architecture() -> &'static str {
    match consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        other => other,
    }
}
