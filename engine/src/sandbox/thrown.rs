//! What the language threw, with a stack that points into the project's own text.

use rquickjs::{Ctx, Exception, Value};
use serde::{Deserialize, Serialize};

use super::{causes, globals, json::display, loader, text::shown_text};
use crate::{
    error_cause::ErrorCause,
    modules::{ModuleGraph, ModuleOrigin},
    source::{LineColumn, SourceRange},
};

/// Is an error that code of the project threw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thrown {
    /// The error's class, such as `TypeError`.
    pub name: String,
    /// Its message.
    pub message: String,
    /// What to do about it, where whoever threw it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The exit code of the command that failed, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// Where it was thrown and through which calls, innermost first, in original positions.
    pub frames: Vec<Frame>,
    /// What stands behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<ErrorCause>,
}

/// Is one call of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The function's name, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Where in it.
    pub range: SourceRange,
    /// Whether the function belongs to the project and not to a package.
    pub is_project: bool,
}

impl Thrown {
    /// Makes an error that the engine throws itself, which has no place in the code.
    pub(crate) fn without_place(name: &str, message: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            message: message.into(),
            help: None,
            exit_code: None,
            frames: Vec::new(),
            causes: Vec::new(),
        }
    }

    /// Returns what a person reads first: the message, after the class where it says something.
    #[must_use]
    pub fn title(&self) -> String {
        title(&self.name, &self.message)
    }

    /// Finds the innermost place in the project's own files.
    #[must_use]
    pub fn place(&self) -> Option<&SourceRange> {
        self.frames
            .iter()
            .find(|frame| frame.is_project)
            .map(|frame| &frame.range)
    }

    /// Returns where it was thrown, where that is in a package.
    pub(crate) fn place_in_package(&self) -> Option<&SourceRange> {
        let innermost = self.frames.first()?;
        (!innermost.is_project).then_some(&innermost.range)
    }

    /// Returns the calls in the project's own files that led to the place, innermost first, each place
    /// once.
    pub(crate) fn callers(&self) -> Vec<&SourceRange> {
        let mut places: Vec<&SourceRange> = Vec::new();
        for frame in self.frames.iter().filter(|frame| frame.is_project) {
            if !places.contains(&&frame.range) {
                places.push(&frame.range);
            }
        }
        // The first is the place itself.
        places.into_iter().skip(1).collect()
    }

    /// Takes the exception that is pending in a context.
    pub(crate) fn catch(ctx: &Ctx<'_>, graph: &ModuleGraph) -> Self {
        let value = ctx.catch();
        Self::from_value(ctx, &value, graph)
    }

    /// Reads a thrown or rejected value.
    pub(crate) fn from_value<'js>(ctx: &Ctx<'js>, value: &Value<'js>, graph: &ModuleGraph) -> Self {
        let Some(error) = as_error(value) else {
            let message = format!("thrown: {}", bounded(shown(ctx, value)));
            return Self::without_place("Error", message);
        };
        let text = |name| text_member(ctx, &error, name);
        let stack = text("stack").unwrap_or_default();
        let message = text("message").unwrap_or_default();
        Self {
            name: bounded(text("name").unwrap_or_else(|| "Error".to_owned())),
            message: bounded(with_callee(message, &stack, graph)),
            help: text("help").map(bounded),
            exit_code: text("code")
                .filter(|code| code == COMMAND_FAILED)
                .and_then(|_| error.as_object().get("exitCode").ok()),
            frames: frames(&stack, graph).collect(),
            causes: causes::behind(ctx, &error, graph),
        }
    }
}

/// Returns a value as the error that it is; nothing where it is another value.
pub(super) fn as_error<'js>(value: &Value<'js>) -> Option<Exception<'js>> {
    Exception::from_object(value.clone().into_object()?)
}

/// Returns a member of an error; one that cannot be read counts as none.
pub(super) fn member<'js>(
    ctx: &Ctx<'js>,
    error: &Exception<'js>,
    name: &str,
) -> Option<Value<'js>> {
    let member = error.as_object().get::<_, Value>(name);
    // What a getter throws must not be taken for what comes next.
    member.inspect_err(|_| drop(ctx.catch())).ok()
}

/// Returns a member of an error that is a text.
pub(super) fn text_member<'js>(
    ctx: &Ctx<'js>,
    error: &Exception<'js>,
    name: &str,
) -> Option<String> {
    shown_text(&member(ctx, error, name)?)
}

/// Returns a message after the class of its error, which says nothing where it is `Error`.
pub(super) fn title(name: &str, message: &str) -> String {
    match (name, message) {
        ("" | "Error", message) if !message.is_empty() => message.to_owned(),
        ("", _) => "Error".to_owned(),
        (name, "") => name.to_owned(),
        (name, message) => format!("{name}: {message}"),
    }
}

/// What the language says of a call of what is no function.
const NOT_A_FUNCTION: &str = "not a function";

/// Returns a message with the name of what was called, where it lacks one. What threw has to be code whose
/// text is known: a function of the language may say the same of what it was given.
pub(super) fn with_callee(message: String, stack: &str, graph: &ModuleGraph) -> String {
    if message != NOT_A_FUNCTION {
        return message;
    }
    let innermost = stack
        .lines()
        .next()
        .and_then(|line| frame(line.trim(), graph));
    match innermost.and_then(|frame| graph.callee_at(&frame.range)) {
        Some(callee) => format!("`{callee}` is {message}"),
        None => message,
    }
}

/// Returns the innermost place of a stack in the project's own files.
pub(crate) fn place_of(stack: &str, graph: &ModuleGraph) -> Option<SourceRange> {
    let mut frames = frames(stack, graph);
    let frame = frames.find(|frame| frame.is_project)?;
    Some(frame.range)
}

/// The `code` of the error of a command that failed.
const COMMAND_FAILED: &str = "ERR_COMMAND_FAILED";

/// How much of a message is kept, in bytes: far more than anyone reads.
const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// Cuts off what of a message nobody would read.
pub(crate) fn bounded(mut text: String) -> String {
    if text.len() > MAX_MESSAGE_BYTES {
        text.truncate(text.floor_char_boundary(MAX_MESSAGE_BYTES));
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// Gives a text as it is and anything else as it is printed: an object says nothing as a text.
pub(super) fn shown<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> String {
    let inspected = if value.is_string() {
        None
    } else {
        globals::inspect(ctx, value)
    };
    inspected.unwrap_or_else(|| display(ctx, value))
}

/// Reads a stack as the runtime prints it, leaving out what is not source of the project or
/// of a package.
pub(super) fn frames(stack: &str, graph: &ModuleGraph) -> impl Iterator<Item = Frame> {
    stack
        .lines()
        .filter_map(move |line| frame(line.trim(), graph))
}

fn frame(line: &str, graph: &ModuleGraph) -> Option<Frame> {
    let rest = line.strip_prefix("at ")?;
    let (function, place) = match rest.rsplit_once(" (") {
        Some((function, place)) => (function, place.strip_suffix(')')?),
        None => ("", rest),
    };
    let (place, column) = place.rsplit_once(':')?;
    let (file, line) = place.rsplit_once(':')?;
    let module = graph.module(loader::find(graph, file)?);
    let generated = LineColumn {
        line: line.parse().ok()?,
        column: column.parse().ok()?,
    };
    Some(Frame {
        function: Some(function.to_owned())
            .filter(|name| !name.is_empty() && name != "<anonymous>"),
        range: graph.original_range(module, generated)?,
        is_project: module.origin == ModuleOrigin::Project,
    })
}
