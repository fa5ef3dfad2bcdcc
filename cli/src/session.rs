//! What a run talks to: progress, the person, Ctrl-C.

use std::sync::Arc;

use rigkit_engine::{RunSession, event::EventSink};

use crate::{
    arguments::EventOptions,
    context::Context,
    host::{Addresses, TerminalHost},
    progress::{self, Screen},
    signals,
};

/// Is the surroundings of a run; the screen is tidy again once it is dropped.
pub(crate) struct Session {
    /// What the engine is given.
    pub(crate) run: RunSession,
    screen: Screen,
}

impl Session {
    /// Prepares for a run that is worth watching.
    pub(crate) fn watched(context: &Context, events: &EventOptions) -> Self {
        let view = progress::View::choose(&context.options, events.events);
        let screen = Screen::new(view);
        let is_verbose = context.options.verbose > 0;
        let is_stdout_taken = context.options.json || events.events;
        let people = progress::sink(view, &screen, is_verbose, &context.told);
        let sink = if events.events {
            progress::event_lines(people)
        } else {
            people
        };
        Self::new(sink, screen, is_stdout_taken, addresses(context))
    }

    /// Prepares for a run that is over before there is anything to see.
    pub(crate) fn quiet(context: &Context) -> Self {
        let view = if context.options.quiet {
            progress::View::Nothing
        } else {
            progress::View::Warnings
        };
        let screen = Screen::new(view);
        let events = progress::sink(view, &screen, false, &context.told);
        Self::new(events, screen, context.options.json, addresses(context))
    }

    fn new(
        events: Arc<dyn EventSink>,
        screen: Screen,
        is_stdout_taken: bool,
        addresses: Addresses,
    ) -> Self {
        signals::tell_on(&screen);
        let host = TerminalHost::new(screen.clone(), is_stdout_taken, addresses);
        Self {
            run: RunSession {
                events,
                host: Arc::new(host),
                cancel: signals::token(),
            },
            screen,
        }
    }
}

fn addresses(context: &Context) -> Addresses {
    if context.options.no_open {
        Addresses::Printed
    } else {
        Addresses::Opened
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.screen.clear();
    }
}
