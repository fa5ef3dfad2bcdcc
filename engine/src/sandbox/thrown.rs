//! What the language threw, with a stack that points into the project's own text.

use rquickjs::{Ctx, Exception, Value};
use serde::{Deserialize, Serialize};

use super::{globals, json::display, loader, text::shown_text};
use crate::{
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
    /// Finds the innermost place in the project's own files.
    #[must_use]
    pub fn place(&self) -> Option<&SourceRange> {
        self.frames
            .iter()
            .find(|frame| frame.is_project)
            .map(|frame| &frame.range)
    }

    /// Takes the exception that is pending in a context.
    pub(crate) fn catch(ctx: &Ctx<'_>, graph: &ModuleGraph) -> Self {
        let value = ctx.catch();
        Self::from_value(ctx, &value, graph)
    }

    /// Reads a thrown or rejected value.
    pub(crate) fn from_value<'js>(ctx: &Ctx<'js>, value: &Value<'js>, graph: &ModuleGraph) -> Self {
        let Some(exception) = value.clone().into_object().and_then(Exception::from_object) else {
            return Self {
                name: "Error".to_owned(),
                message: format!("thrown: {}", bounded(shown(ctx, value))),
                help: None,
                exit_code: None,
                frames: Vec::new(),
            };
        };
        let text = |name| text_member(ctx, &exception, name);
        Self {
            name: bounded(text("name").unwrap_or_else(|| "Error".to_owned())),
            message: bounded(text("message").unwrap_or_default()),
            help: text("help").map(bounded),
            exit_code: text("code")
                .filter(|code| code == COMMAND_FAILED)
                .and_then(|_| exception.as_object().get("exitCode").ok()),
            frames: frames(&text("stack").unwrap_or_default(), graph),
        }
    }
}

/// Returns a member of an error that is a text; one that cannot be read counts as none.
fn text_member<'js>(ctx: &Ctx<'js>, exception: &Exception<'js>, name: &str) -> Option<String> {
    let member = exception.as_object().get::<_, Value>(name);
    // What a getter throws must not be taken for what comes next.
    let member = member.inspect_err(|_| drop(ctx.catch())).ok()?;
    shown_text(&member)
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
fn shown<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> String {
    let inspected = if value.is_string() {
        None
    } else {
        globals::inspect(ctx, value)
    };
    inspected.unwrap_or_else(|| display(ctx, value))
}

/// Reads a stack as the runtime prints it, leaving out what is not source of the project or
/// of a package.
pub(crate) fn frames(stack: &str, graph: &ModuleGraph) -> Vec<Frame> {
    stack
        .lines()
        .filter_map(|line| frame(line.trim(), graph))
        .collect()
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
