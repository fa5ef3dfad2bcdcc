//! Waits for a load on another thread, though not for ever.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

use crate::sandbox::CpuMeter;

/// How long the sandbox may take to end by itself once its time is over. It knows the place in
/// the config; whoever gives it up does not.
const GRACE: Duration = Duration::from_millis(500);

/// How often a load that takes long is looked at. One in this process notices by itself that it
/// is no longer wanted.
pub(super) const LOOK_RARELY: Duration = Duration::from_millis(50);

/// How often a load is looked at that has to be ended when it is no longer wanted: whoever wants
/// the next one waits for that.
pub(super) const LOOK_OFTEN: Duration = Duration::from_millis(2);

/// Says why a load gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// It is caught in something that never ends, and its thread is left behind.
    Overdue,
    /// Nobody wants the answer any more.
    Cancelled,
    /// Its thread is gone.
    Gone,
}

/// Waits for the answer of a load in this process.
pub(crate) fn wait_for_load<T>(
    answer: &Receiver<T>,
    meter: &CpuMeter,
    is_cancelled: impl Fn() -> bool,
) -> Result<T, NoAnswer> {
    wait_and_look(answer, meter, LOOK_RARELY, is_cancelled)
}

/// Waits for the answer of a load, and looks every now and then whether to go on waiting.
pub(super) fn wait_and_look<T>(
    answer: &Receiver<T>,
    meter: &CpuMeter,
    look_every: Duration,
    is_cancelled: impl Fn() -> bool,
) -> Result<T, NoAnswer> {
    loop {
        match answer.recv_timeout(look_every) {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Disconnected) => return Err(NoAnswer::Gone),
            Err(RecvTimeoutError::Timeout) if is_cancelled() => return Err(NoAnswer::Cancelled),
            Err(RecvTimeoutError::Timeout) if meter.is_overdue(GRACE) => {
                return Err(NoAnswer::Overdue);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
