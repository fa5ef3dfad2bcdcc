//! `process`, of which a sandbox has little more than a read-only `env`.

use std::env::consts;

use rquickjs::{
    Array, Ctx, Function, IntoJs as _, Object, Proxy, Result, Value,
    atom::PredefinedAtom,
    function::This,
    object::{Accessor, Property},
    proxy::{ProxyHandler, ProxyProperty, ProxyTarget},
};

use super::{GlobalsOptions, host_object::host_object, lazy};
use crate::{
    project::VariableAccess,
    sandbox::variables::{self, Variables},
};

/// The member of the host object that lists the values by which code reaches the environment.
const ENVIRONMENT_VALUES: &str = "environmentValues";

pub(super) fn install(ctx: &Ctx<'_>, options: &GlobalsOptions) -> Result<()> {
    host_object(ctx)?.set(ENVIRONMENT_VALUES, Array::new(ctx.clone())?)?;
    let variables = options.variables.clone();
    lazy::define(ctx, "process", move |ctx| {
        let process = create_process(ctx, &variables)?.into_value();
        note_environment_value(ctx, &process)?;
        Ok(process)
    })
}

/// Lists the values by which code reaches the environment: those of `process` and its `env` that
/// exist by now, and the functions of the SDK.
pub(crate) fn environment_values<'js>(ctx: &Ctx<'js>) -> Result<Array<'js>> {
    host_object(ctx)?.get(ENVIRONMENT_VALUES)
}

fn note_environment_value<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<()> {
    let values = environment_values(ctx)?;
    values.set(values.len(), value.clone())
}

/// Makes `process`: besides `env` only what packages look at without being able to do harm, so
/// that none of them takes the sandbox for a Node.js.
fn create_process<'js>(ctx: &Ctx<'js>, variables: &Variables) -> Result<Object<'js>> {
    let process = Object::new(ctx.clone())?;
    process.set("platform", platform())?;
    process.set("arch", architecture())?;
    process.set("argv", Array::new(ctx.clone())?)?;
    define_env(&process, variables.clone())?;
    Ok(process)
}

/// Defines `env` as an accessor that copies the variables when it is first read. Assigning to it
/// is an error before and after.
fn define_env<'js>(process: &Object<'js>, variables: Variables) -> Result<()> {
    let read = move |this: This<Object<'js>>| -> Result<Value<'js>> {
        let ctx = this.0.ctx();
        let env = match variables.access() {
            VariableAccess::Given => create_env(ctx, &variables)?.into_value(),
            VariableAccess::Withheld => create_withheld_env(ctx, &variables)?,
        };
        note_environment_value(ctx, &env)?;
        this.0
            .prop("env", Property::from(env.clone()).enumerable())?;
        Ok(env)
    };
    process.prop("env", Accessor::from(read).enumerable().configurable())
}

fn create_env<'js>(ctx: &Ctx<'js>, variables: &Variables) -> Result<Object<'js>> {
    let env = Object::new(ctx.clone())?;
    for (name, value) in variables.all().iter() {
        env.prop(name.as_str(), Property::from(value.as_str()).enumerable())?;
    }
    for name in variables.unreadable().keys() {
        define_unreadable(&env, name, variables.clone())?;
    }
    freeze(&env)
}

/// Defines a variable that is an error for whoever reads it. It is not among those that are listed.
fn define_unreadable<'js>(env: &Object<'js>, name: &str, variables: Variables) -> Result<()> {
    let wanted = name.to_owned();
    let read = move |ctx: Ctx<'js>| -> Result<String> {
        let value = variables.read(&wanted, None, false);
        value.map_err(|error| variables::throw(&ctx, &error))
    };
    env.prop(name, Accessor::from(read))
}

/// Makes a record without variables that notes which of them somebody looks for.
fn create_withheld_env<'js>(ctx: &Ctx<'js>, variables: &Variables) -> Result<Value<'js>> {
    let traps = Object::new(ctx.clone())?;
    let noting = variables.clone();
    let get = move |target: ProxyTarget<'js>, name: ProxyProperty<'js>| -> Result<Value<'js>> {
        let value: Value = target.0.get(name.0.clone())?;
        if value.is_undefined() && name.is_string() {
            noting.note_missed(&name.to_string()?);
        }
        Ok(value)
    };
    traps.set("get", Function::new(ctx.clone(), get)?)?;
    let noting = variables.clone();
    let has = move |target: ProxyTarget<'js>, name: ProxyProperty<'js>| -> Result<bool> {
        if name.is_string() {
            noting.note_missed(&name.to_string()?);
        }
        target.0.contains_key(name.0)
    };
    traps.set("has", Function::new(ctx.clone(), has)?)?;
    let noting = variables.clone();
    let own_keys = move |target: ProxyTarget<'js>| -> Vec<String> {
        drop(target);
        noting.note_all_missed();
        Vec::new()
    };
    traps.set("ownKeys", Function::new(ctx.clone(), own_keys)?)?;
    let empty = freeze(&Object::new(ctx.clone())?)?;
    Proxy::new(ctx.clone(), empty, ProxyHandler::from_object(traps)?)?.into_js(ctx)
}

fn freeze<'js>(object: &Object<'js>) -> Result<Object<'js>> {
    let library: Object<'js> = object.ctx().globals().get(PredefinedAtom::Object)?;
    let freeze: Function<'js> = library.get("freeze")?;
    freeze.call((object.clone(),))
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
