//! The part of the terminal that moves, and what has to share the terminal with it.

use console::Term;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget};

use super::View;
use crate::{output, style};

/// Is the terminal as progress, questions and interactive commands share it.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    moving: Option<MultiProgress>,
}

impl Screen {
    /// Prepares the terminal for a view.
    pub(crate) fn new(view: View) -> Self {
        let moving = (view == View::Live).then(|| {
            console::set_colors_enabled_stderr(style::stderr_has_colors());
            MultiProgress::with_draw_target(draw_target())
        });
        Self { moving }
    }

    /// Adds a line that moves; nothing where no lines move.
    pub(crate) fn add(&self, bar: ProgressBar) -> Option<ProgressBar> {
        self.moving.as_ref().map(|moving| moving.add(bar))
    }

    /// Prints a line that stays, above the lines that move.
    pub(crate) fn print(&self, text: &str) {
        let Some(moving) = &self.moving else {
            output::note(text);
            return;
        };
        // A terminal that cannot be written to has nobody before it.
        let _ = if style::stderr_has_colors() {
            moving.println(text)
        } else {
            moving.println(anstream::adapter::strip_str(text).to_string())
        };
    }

    /// Takes the moving lines away while something else needs the terminal.
    pub(crate) fn lend<T>(&self, work: impl FnOnce() -> T) -> T {
        let Some(moving) = &self.moving else {
            return work();
        };
        self.clear();
        moving.set_draw_target(ProgressDrawTarget::hidden());
        let result = work();
        moving.set_draw_target(draw_target());
        result
    }

    /// Takes the moving lines away.
    pub(crate) fn clear(&self) {
        if let Some(moving) = &self.moving {
            let _ = moving.clear();
        }
    }
}

fn draw_target() -> ProgressDrawTarget {
    ProgressDrawTarget::term(Term::buffered_stderr(), 15)
}
