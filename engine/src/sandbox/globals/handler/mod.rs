//! The globals that exist only once handlers run: timers, aborting, `fetch`, random values and a
//! clock.
//!
//! What they do for real, the host does. Before one of them is used, `globalThis.__rigkit` must
//! have been given
//!
//! - `operation(name, payload)`, which starts something and gives a promise of a JSON answer, with
//!   the property `operationId`;
//! - `cancelOperation(operationId)`, which ends it early: its promise may then reject or stay
//!   unsettled;
//! - `reportError(error)`, for errors thrown where no caller is left to catch them.
//!
//! The operations are `timer.sleep` `{ ms }` → `null`, and `network.fetch`
//! `{ url, method, headers: [[name, value]], bodyBase64: string | null }` →
//! `{ status, statusText, url, headers: [[name, value]], bodyBase64 }`.
//!
//! Nothing here keeps a handler from being over: an interval, a timeout of a signal or a fetch
//! nobody waits for may have its operation running when the handler's promise settles, and it is
//! the host that ends it then. It does so quietly when the promise rejects with an error whose
//! name is `AbortError`; timers report any other.

use rquickjs::{Ctx, Result};

use super::lazy;

/// The globals, each with the library that exports it.
const HANDLER_GLOBALS: [(&str, &str); 13] = [
    ("AbortController", "abort"),
    ("AbortSignal", "abort"),
    ("Event", "events"),
    ("EventTarget", "events"),
    ("clearImmediate", "timers"),
    ("clearInterval", "timers"),
    ("clearTimeout", "timers"),
    ("crypto", "crypto"),
    ("fetch", "fetch"),
    ("performance", "performance"),
    ("setImmediate", "timers"),
    ("setInterval", "timers"),
    ("setTimeout", "timers"),
];

/// Adds the globals that handlers have and definitions do not.
///
/// To be called once per context, after [`super::install`] and before the first handler runs.
///
/// # Errors
/// Fails when the context runs out of memory or a global of the same name cannot be redefined.
pub fn install_handler_globals(ctx: &Ctx<'_>) -> Result<()> {
    for (global, library) in HANDLER_GLOBALS {
        lazy::define_export(ctx, global, library)?;
    }
    Ok(())
}
