//! What a person sees of a run while it happens.

mod event_lines;
mod lines;
mod live;
mod milestone;
mod output_lines;
mod screen;

use std::{
    io::{self, IsTerminal as _},
    sync::Arc,
};

use rigkit_engine::event::{Event, EventRecord, EventSink};

use crate::{arguments::GlobalOptions, failure::warning_text, output};

pub(crate) use lines::log_lines;
pub(crate) use milestone::standing;
pub(crate) use screen::Screen;

/// Says how a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Not at all.
    Nothing,
    /// One JSON event a line, on stdout.
    Events,
    /// Lines that move, for a terminal.
    Live,
    /// Lines that stay.
    Lines,
}

impl View {
    /// Finds the view that fits what was asked for and what stderr is.
    pub(crate) fn choose(options: &GlobalOptions, events: bool) -> Self {
        let is_terminal =
            || io::stderr().is_terminal() && console::Term::stderr().features().is_attended();
        match options {
            _ if events => Self::Events,
            GlobalOptions { quiet: true, .. } => Self::Nothing,
            _ if is_terminal() => Self::Live,
            GlobalOptions {
                json: true,
                verbose: 0,
                ..
            } => Self::Nothing,
            _ => Self::Lines,
        }
    }
}

/// Makes what receives the events of a run.
pub(crate) fn sink(view: View, screen: &Screen, is_verbose: bool) -> Arc<dyn EventSink> {
    match view {
        View::Nothing => Arc::new(ignore),
        View::Events => Arc::new(event_lines::write),
        View::Live => Arc::new(live::Live::new(screen.clone(), is_verbose)),
        View::Lines => Arc::new(lines::Lines::new(is_verbose)),
    }
}

/// Takes an event and does nothing with it.
fn ignore(_: &EventRecord) {}

/// Shows what is doubtful in the config, and nothing else.
pub(crate) fn warn(record: &EventRecord) {
    if let Event::DefinitionWarning { warning } = &record.event {
        output::note(&warning_text(warning));
    }
}
