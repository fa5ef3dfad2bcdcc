//! What every run has: its events in order, its log, and the secrets kept out of both.

mod emitter;
mod expired_logs;
mod followed_log;
mod log;
mod past_log;

pub(crate) use emitter::Emitter;
pub use followed_log::FollowedLog;
pub(crate) use log::{DEFINITION_NODE, KEPT_LOGS, RunLog, log_path};
pub use past_log::PastLog;
