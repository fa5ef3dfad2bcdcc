//! What a definition may use while it evaluates.

use std::{
    cell::Cell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use nix::time::{ClockId, clock_gettime};
use rquickjs::Runtime;

use super::cpu_meter::CpuMeter;
use crate::diagnostic::{Diagnostic, DiagnosticCode};

/// Bounds what evaluating a definition may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxLimits {
    /// Processor time.
    pub cpu: Duration,
    /// Memory in bytes.
    pub memory: usize,
}

impl Default for SandboxLimits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_secs(2),
            memory: 256 * 1024 * 1024,
        }
    }
}

impl SandboxLimits {
    /// Says that a config used more than its processor time.
    pub(crate) fn time_limit(self) -> Diagnostic {
        let message = format!(
            "the config used more than {} s of processor time",
            self.cpu.as_secs_f64()
        );
        Diagnostic::error(DiagnosticCode::TimeLimit, message)
            .help("a definition only describes the work: move computation into a task handler, or raise RIGKIT_CPU_LIMIT_MS")
    }

    /// Says that a config used more than its memory.
    pub(crate) fn memory_limit(self) -> Diagnostic {
        let message = format!(
            "the config used more than {} MiB of memory",
            self.memory >> 20
        );
        Diagnostic::error(DiagnosticCode::MemoryLimit, message)
            .help("a definition only describes the work: load data in a task handler, or raise RIGKIT_MEMORY_LIMIT_MIB")
    }
}

/// Interrupts the sandbox when its time is over or its work is no longer wanted.
#[derive(Clone)]
pub(crate) struct Watchdog {
    deadline: Rc<Cell<Option<Duration>>>,
    fired: Rc<Cell<bool>>,
    interrupt: Arc<AtomicBool>,
    meter: CpuMeter,
}

impl Watchdog {
    /// Puts a watchdog over a runtime; `interrupt` stops it from another thread, and `meter`
    /// shows another thread what it cannot stop.
    pub(crate) fn install(runtime: &Runtime, interrupt: Arc<AtomicBool>, meter: CpuMeter) -> Self {
        let watchdog = Self {
            deadline: Rc::new(Cell::new(None)),
            fired: Rc::new(Cell::new(false)),
            interrupt,
            meter,
        };
        let watched = watchdog.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || watched.must_stop())));
        watchdog
    }

    /// Allows this much processor time of this thread from now on.
    pub(crate) fn start(&self, allowance: Duration) {
        self.fired.set(false);
        self.deadline.set(Some(thread_time() + allowance));
        self.meter.start(allowance);
    }

    /// Takes the limit away.
    pub(crate) fn stop(&self) {
        self.deadline.set(None);
        self.meter.stop();
    }

    /// Says whether time ran out since the start.
    pub(crate) fn has_fired(&self) -> bool {
        self.fired.get()
    }

    /// Says whether somebody asked for the work to end.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }

    /// Says whether time is over or somebody asked for the work to end.
    pub(crate) fn must_stop(&self) -> bool {
        if self.is_interrupted() {
            return true;
        }
        let is_over = self
            .deadline
            .get()
            .is_some_and(|deadline| thread_time() > deadline);
        if is_over {
            self.fired.set(true);
        }
        is_over
    }
}

/// Reads the processor time that this thread has used: waiting does not count.
pub(crate) fn thread_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}
