//! Notifications of our own, for clients that ask for them with the setting `events`.

use rigkit_engine::event::EventRecord;
use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{Uri, notification::Notification};

use crate::safe_to_show::SafeToShow;

/// `rigkit/event`: something happened in a run.
pub(crate) enum RunEvent {}

impl Notification for RunEvent {
    type Params = RunEventParams;
    const METHOD: &'static str = "rigkit/event";
}

/// Says what happened in a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RunEventParams {
    /// The config of the project.
    pub(crate) config: Uri,
    /// Tells runs apart.
    pub(crate) run: String,
    /// What happened.
    pub(crate) event: EventRecord,
}

/// What programs read stays as it is; whoever shows it makes it safe to show.
impl SafeToShow for RunEventParams {
    fn make_safe(&mut self) {}
}

impl SafeToShow for StateChangedParams {
    fn make_safe(&mut self) {}
}

/// `rigkit/stateChanged`: what is known of a project is new.
pub(crate) enum StateChanged {}

impl Notification for StateChanged {
    type Params = StateChangedParams;
    const METHOD: &'static str = "rigkit/stateChanged";
}

/// Says which project something new is known of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StateChangedParams {
    /// Its config.
    pub(crate) config: Uri,
}
