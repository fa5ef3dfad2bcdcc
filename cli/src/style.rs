//! What each color means, everywhere.

use std::{env, fmt::Display};

use anstyle::{AnsiColor, Style};
use rigkit_engine::plan::NodeStatus;

use crate::{arguments::ColorWhen, styled_text::Part};

/// Is what is done or cached.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Is what is still to do.
pub(crate) const PENDING: Style = AnsiColor::Yellow.on_default();
/// Is what depends on something that is not known yet.
pub(crate) const CONDITIONAL: Style = AnsiColor::Cyan.on_default();
/// Is what went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// Is a value as it was.
pub(crate) const OLD: Style = AnsiColor::Red.on_default();
/// Is a value as it is.
pub(crate) const NEW: Style = AnsiColor::Green.on_default();
/// Is a name.
pub(crate) const NAME: Style = Style::new().bold();
/// Is what can be skipped in reading.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Decides for the whole process whether there are colors.
pub(crate) fn use_colors(when: ColorWhen) {
    let choice = match when {
        // A terminal of no name is asked for nothing.
        ColorWhen::Auto if env::var_os("TERM").is_some_and(|term| term.is_empty()) => {
            anstream::ColorChoice::Never
        }
        ColorWhen::Auto => anstream::ColorChoice::Auto,
        ColorWhen::Always => anstream::ColorChoice::Always,
        ColorWhen::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Returns a text in a style.
pub(crate) fn paint(style: Style, text: impl Display) -> Part {
    Part::new(style, &text.to_string())
}

/// Gives the style of a task's status.
pub(crate) fn of_status(status: NodeStatus) -> Style {
    match status {
        NodeStatus::Cached => GOOD,
        NodeStatus::Pending => PENDING,
        NodeStatus::Conditional => CONDITIONAL,
    }
}
