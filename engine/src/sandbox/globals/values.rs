//! What JavaScript cannot find out about a value without running code the value brings along.

#![expect(
    clippy::needless_pass_by_value,
    reason = "the engine hands its arguments over by value"
)]

use rquickjs::{Array, Ctx, Function, Object, Result, Value, promise::PromiseState};

pub(super) fn add_natives(natives: &Object<'_>) -> Result<()> {
    let ctx = natives.ctx();
    natives.set("proxyTarget", Function::new(ctx.clone(), proxy_target)?)?;
    natives.set("promiseState", Function::new(ctx.clone(), promise_state)?)
}

/// Gives the target of a proxy, `null` when it is revoked, `undefined` for anything else.
fn proxy_target<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Value<'js> {
    let Some(proxy) = value.as_proxy() else {
        return Value::new_undefined(ctx);
    };
    proxy.target().map_or_else(
        |_| {
            drop(ctx.catch());
            Value::new_null(ctx.clone())
        },
        Object::into_value,
    )
}

/// Gives `[]` for a pending promise, `["fulfilled" | "rejected", value]` for a settled one and
/// `undefined` for anything else.
fn promise_state<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Value<'js>> {
    let Some(promise) = value.as_promise() else {
        return Ok(Value::new_undefined(ctx));
    };
    let state = Array::new(ctx.clone())?;
    match promise.state() {
        PromiseState::Pending => {}
        PromiseState::Resolved => {
            state.set(0, "fulfilled")?;
            state.set(1, promise.result::<Value<'js>>().transpose()?)?;
        }
        PromiseState::Rejected => {
            state.set(0, "rejected")?;
            drop(promise.result::<Value<'js>>());
            state.set(1, ctx.catch())?;
        }
    }
    Ok(state.into_value())
}
