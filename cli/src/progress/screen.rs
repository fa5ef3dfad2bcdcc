//! The part of the terminal that moves, and what has to share the terminal with it.
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "here is where moving lines are made safe to show"
)]

use std::{env, fmt, sync::LazyLock, time::Duration};

use console::{Term, truncate_str};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use rigkit_engine::display_text::{MOST_OF_A_MESSAGE, cut, escape};

use super::View;
use crate::{output, styled_text::Line};

const REDRAW: Duration = Duration::from_millis(100);

static RUNNING: LazyLock<ProgressStyle> = LazyLock::new(|| {
    let style =
        ProgressStyle::with_template("{spinner:.yellow} {name}  {elapsed:.dim}  {wide_msg:.dim}");
    style.unwrap_or_else(|_| ProgressStyle::default_spinner())
});

/// The columns of a moving line beside its name: the spinner, the time, and what is between them.
const BESIDE_NAME: usize = 12;

/// The fewest columns in which a moving line says anything.
const FEWEST_COLUMNS: u16 = 20;

/// The variables that are set where a machine runs `rig` and keeps what it writes.
const OF_BUILD_SERVERS: [&str; 5] = [
    "CI",
    "CONTINUOUS_INTEGRATION",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "TF_BUILD",
];

/// Is the terminal as progress, questions and interactive commands share it.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    moving: Option<MultiProgress>,
}

/// The line of something that runs: a spinner, its name, its time, and the end of its output.
#[derive(Debug)]
pub(super) struct MovingLine {
    bar: ProgressBar,
}

impl MovingLine {
    /// Shows a text beside the name.
    pub(super) fn tell(&self, text: &str) {
        self.bar.set_message(shown(text));
    }

    /// Takes the line away.
    pub(super) fn remove(&self) {
        self.bar.finish_and_clear();
    }
}

impl Screen {
    /// Prepares the terminal for a view.
    pub(crate) fn new(view: View) -> Self {
        let moving = (view == View::Live).then(|| {
            console::set_colors_enabled_stderr(output::stderr_has_colors());
            MultiProgress::with_draw_target(draw_target())
        });
        Self { moving }
    }

    /// Adds a line that moves; nothing where no lines move.
    pub(super) fn add(&self, name: &str) -> Option<MovingLine> {
        let name = Line::from(shown(name)).into_column().plain();
        let write = move |_: &ProgressState, writer: &mut dyn fmt::Write| write_name(&name, writer);
        let bar = ProgressBar::new_spinner().with_style(RUNNING.clone().with_key("name", write));
        let bar = self.moving.as_ref()?.add(bar);
        bar.enable_steady_tick(REDRAW);
        Some(MovingLine { bar })
    }

    /// Prints lines that stay, above the lines that move.
    pub(crate) fn print(&self, lines: &[Line]) {
        let Some(moving) = &self.moving else {
            output::notes(lines);
            return;
        };
        for line in lines {
            // A terminal that cannot be written to has nobody before it.
            let _ = if output::stderr_has_colors() {
                moving.println(line.ansi())
            } else {
                moving.println(line.plain())
            };
        }
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

/// Returns whether lines can move: the terminal can move its cursor, it is known how wide it is, and
/// somebody sits before it.
pub(super) fn lines_can_move() -> bool {
    let terminal = Term::stderr();
    let is_wide_enough = |(_, columns)| columns >= FEWEST_COLUMNS;
    terminal.features().is_attended()
        && can_move_cursor()
        && terminal.size_checked().is_some_and(is_wide_enough)
        && !is_build_server()
}

/// Returns whether the terminal is one that can move its cursor.
pub(crate) fn can_move_cursor() -> bool {
    env::var_os("TERM")
        .is_some_and(|term| !["", "dumb", "unknown"].iter().any(|plain| term == *plain))
}

fn is_build_server() -> bool {
    let is_set =
        |value: std::ffi::OsString| !["", "0", "false"].iter().any(|unset| value == *unset);
    OF_BUILD_SERVERS
        .iter()
        .any(|name| env::var_os(name).is_some_and(is_set))
}

/// Writes as much of the name of a moving line as leaves room for the rest on the terminal as it is now.
fn write_name(name: &str, writer: &mut dyn fmt::Write) {
    let (_, columns) = Term::stderr().size();
    let room = usize::from(columns).saturating_sub(BESIDE_NAME);
    // What is drawn next is a new try.
    let _ = writer.write_str(&truncate_str(name, room, "…"));
}

fn shown(text: &str) -> String {
    escape(&cut(text, MOST_OF_A_MESSAGE)).into_owned()
}

fn draw_target() -> ProgressDrawTarget {
    ProgressDrawTarget::term(Term::buffered_stderr(), 15)
}
