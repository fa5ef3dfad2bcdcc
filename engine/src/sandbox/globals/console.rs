//! `console`, whose messages go to the host instead of a terminal.

use std::rc::Rc;

use crate::event::LogStream;
use rquickjs::{Ctx, Exception, Function, Result, Value};

use super::{GlobalsOptions, lazy, library};

/// How serious a console message is, after the method that printed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleLevel {
    /// `console.log` and the methods that print plain output, such as `dir`, `table` and `timeEnd`.
    Log,
    /// `console.info`.
    Info,
    /// `console.warn`.
    Warn,
    /// `console.error`, and an assertion that did not hold.
    Error,
    /// `console.debug`.
    Debug,
    /// `console.trace`.
    Trace,
}

impl From<ConsoleLevel> for LogStream {
    fn from(level: ConsoleLevel) -> Self {
        match level {
            ConsoleLevel::Debug | ConsoleLevel::Trace => Self::Debug,
            ConsoleLevel::Warn => Self::Warn,
            ConsoleLevel::Error => Self::Error,
            ConsoleLevel::Log | ConsoleLevel::Info => Self::Info,
        }
    }
}

impl ConsoleLevel {
    fn from_method(name: &str) -> Option<Self> {
        Some(match name {
            "log" => Self::Log,
            "info" => Self::Info,
            "warn" => Self::Warn,
            "error" => Self::Error,
            "debug" => Self::Debug,
            "trace" => Self::Trace,
            _ => return None,
        })
    }
}

/// What one call of a `console` method printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleMessage {
    /// How serious it is.
    pub level: ConsoleLevel,
    /// The formatted text, without a line end; it may have several lines.
    pub text: String,
}

type Sink = Rc<dyn Fn(ConsoleMessage)>;

pub(super) fn install(ctx: &Ctx<'_>, options: &GlobalsOptions) -> Result<()> {
    let sink = Rc::clone(&options.console);
    lazy::define(ctx, "console", move |ctx| create(ctx, &sink))
}

fn create<'js>(ctx: &Ctx<'js>, sink: &Sink) -> Result<Value<'js>> {
    let sink = Rc::clone(sink);
    let emit = Function::new(
        ctx.clone(),
        move |ctx: Ctx<'js>, level: String, text: String| emit(&ctx, &sink, &level, text),
    )?;
    let create: Function<'js> = library::load(ctx, "console")?.get("createConsole")?;
    create.call((emit,))
}

fn emit(ctx: &Ctx<'_>, sink: &Sink, level: &str, text: String) -> Result<()> {
    let level = ConsoleLevel::from_method(level)
        .ok_or_else(|| Exception::throw_type(ctx, "the console has no such level"))?;
    sink(ConsoleMessage { level, text });
    Ok(())
}
