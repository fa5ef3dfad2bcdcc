//! Lets one thread see how much processor time another spends on a definition.
//!
//! The language asks its watchdog only between instructions. A loop within its own library,
//! such as `[].reverse.call({ length: 2 ** 53 - 1 })`, never does: then all that whoever waits
//! for the definition can do is to see that the time is over, and to stop waiting.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use nix::time::{ClockId, clock_gettime};

/// Where the processor time of another thread cannot be read, this many times as much time of
/// the clock on the wall counts as much.
const WALL_TIME_FACTOR: u32 = 4;

/// A process that waits uses no processor time. On a busy machine one that computes gets a part
/// of a processor only, though hardly less than this part.
const PATIENCE_FACTOR: u32 = 20;

/// Measures the processor time of a thread, to be read from another one.
#[derive(Clone, Default)]
pub(crate) struct CpuMeter(Arc<Mutex<Option<Measurement>>>);

#[derive(Clone, Copy)]
struct Measurement {
    clock: Option<ClockId>,
    before: Duration,
    since: Instant,
    allowance: Duration,
    /// How much time of the clock on the wall it may take, where it could wait for ever.
    patience: Option<Duration>,
}

impl CpuMeter {
    /// Measures the calling thread from now on; `allowance` is what it may use.
    pub(crate) fn start(&self, allowance: Duration) {
        let clock = clock_of_this_thread();
        self.set(Some(Measurement {
            clock,
            before: clock.and_then(read).unwrap_or_default(),
            since: Instant::now(),
            allowance,
            patience: None,
        }));
    }

    /// Measures a process from now on; `allowance` is what it may use.
    pub(crate) fn start_of_process(&self, process: u32, allowance: Duration) {
        let clock = clock_of_process(process);
        self.set(Some(Measurement {
            clock,
            before: clock.and_then(read).unwrap_or_default(),
            since: Instant::now(),
            allowance,
            patience: Some(allowance * PATIENCE_FACTOR),
        }));
    }

    /// Measures no more.
    pub(crate) fn stop(&self) {
        self.set(None);
    }

    /// Says whether the thread has used what it may, and `grace` on top of that.
    pub(crate) fn is_overdue(&self, grace: Duration) -> bool {
        let measurement = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        measurement.is_some_and(|measurement| {
            measurement.used() > measurement.allowance + grace || measurement.is_out_of_patience()
        })
    }

    fn set(&self, measurement: Option<Measurement>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = measurement;
    }
}

impl Measurement {
    fn is_out_of_patience(self) -> bool {
        self.patience
            .is_some_and(|patience| self.since.elapsed() > patience)
    }

    fn used(self) -> Duration {
        let used = self.clock.and_then(read);
        used.map_or(self.since.elapsed() / WALL_TIME_FACTOR, |now| {
            now.saturating_sub(self.before)
        })
    }
}

fn read(clock: ClockId) -> Option<Duration> {
    clock_gettime(clock).ok().map(Duration::from)
}

/// Gives the clock of this thread's processor time as other threads can read it.
#[cfg(target_os = "linux")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "other systems have no number for such a clock"
)]
fn clock_of_this_thread() -> Option<ClockId> {
    // The kernel's own numbering, which `pthread_getcpuclockid` uses too: the thread, that it
    // is one, and that its time on a processor is meant.
    const OF_A_THREAD: i32 = 4;
    const TIME_ON_PROCESSOR: i32 = 2;
    let thread = nix::unistd::gettid().as_raw();
    Some(ClockId::from_raw(
        (!thread << 3) | OF_A_THREAD | TIME_ON_PROCESSOR,
    ))
}

/// Returns the clock of a process's time on processors, as its parent can read it.
#[cfg(target_os = "linux")]
fn clock_of_process(process: u32) -> Option<ClockId> {
    let process = nix::unistd::Pid::from_raw(i32::try_from(process).ok()?);
    ClockId::pid_cpu_clock_id(process).ok()
}

#[cfg(not(target_os = "linux"))]
fn clock_of_process(_: u32) -> Option<ClockId> {
    None
}

#[cfg(not(target_os = "linux"))]
fn clock_of_this_thread() -> Option<ClockId> {
    None
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::thread;

    use super::*;

    #[test]
    fn another_thread_sees_what_is_used_and_nothing_before_or_after() {
        let meter = CpuMeter::default();
        assert!(!meter.is_overdue(Duration::ZERO), "nothing is measured yet");
        let seen = thread::scope(|scope| {
            meter.start(Duration::ZERO);
            let started = Instant::now();
            while started.elapsed() < Duration::from_millis(20) {
                std::hint::spin_loop();
            }
            let look = || {
                (
                    meter.is_overdue(Duration::ZERO),
                    meter.is_overdue(Duration::from_mins(1)),
                )
            };
            let seen = scope.spawn(look).join();
            meter.stop();
            seen
        });
        assert_eq!(seen.unwrap(), (true, false));
        assert!(!meter.is_overdue(Duration::ZERO));
    }
}
