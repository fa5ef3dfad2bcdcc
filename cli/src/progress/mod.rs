//! What a person sees of a run while it happens.

mod event_lines;
mod lines;
mod live;
mod milestone;
mod output_lines;
mod screen;
mod told;

use std::sync::Arc;

use rigkit_engine::event::{Event, EventRecord, EventSink};

use crate::{arguments::GlobalOptions, failure::warning_text, output};

pub(crate) use lines::{PastLines, TakeLine};
pub(crate) use milestone::{Standing, standing};
pub(crate) use screen::{Screen, can_move_cursor};
pub(crate) use told::Told;

/// Says how a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Not at all, but for what must not be missed.
    Nothing,
    /// Only what is doubtful.
    Warnings,
    /// Lines that move, for a terminal.
    Live,
    /// Lines that stay.
    Lines,
}

impl View {
    /// Finds the view that fits what was asked for and what stderr is; what stdout is for is no matter.
    pub(crate) fn choose(options: &GlobalOptions, events: bool) -> Self {
        let lines_can_move = || output::is_stderr_terminal() && screen::lines_can_move();
        match options {
            GlobalOptions { quiet: true, .. } => Self::Nothing,
            // Lines that move would be torn by events on the same terminal.
            _ if lines_can_move() && !(events && output::is_terminal()) => Self::Live,
            _ => Self::Lines,
        }
    }
}

/// Makes what receives the events of a run.
pub(crate) fn sink(
    view: View,
    screen: &Screen,
    is_verbose: bool,
    told: &Told,
) -> Arc<dyn EventSink> {
    match view {
        View::Nothing => Arc::new(warn),
        View::Warnings => Arc::new(warn_of_all),
        View::Live => Arc::new(live::Live::new(screen.clone(), is_verbose, told.clone())),
        View::Lines => Arc::new(lines::Lines::new(is_verbose, told.clone())),
    }
}

/// Makes what writes the events of a run to stdout, one JSON object a line, and hands them on.
pub(crate) fn event_lines(people: Arc<dyn EventSink>) -> Arc<dyn EventSink> {
    Arc::new(move |record: &EventRecord| {
        event_lines::write(record);
        people.receive(record);
    })
}

/// Says on stderr what a person has to know.
fn warn(record: &EventRecord) {
    output::notes(&milestone::warning(&record.event));
}

/// Says on stderr what is doubtful, too.
fn warn_of_all(record: &EventRecord) {
    match &record.event {
        Event::DefinitionWarning { warning } => output::notes(&warning_text(warning)),
        _ => warn(record),
    }
}
