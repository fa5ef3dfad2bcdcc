//! What a definition may use while it evaluates.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use nix::time::{ClockId, clock_gettime};
use rquickjs::{Ctx, Exception, Runtime};

use super::cpu_meter::CpuMeter;
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    memory::used_by_this_thread,
};

/// Bounds what evaluating a definition may use, and what a plan may ask of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxLimits {
    /// Processor time.
    pub cpu: Duration,
    /// Memory in bytes; also of what answers the questions of a plan.
    pub memory: usize,
    /// The time in which a question of a plan has to be answered: a provider's checks, whether
    /// an artifact exists, whether an output passes a schema that is code.
    pub question: Duration,
}

impl Default for SandboxLimits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_secs(2),
            memory: 256 * 1024 * 1024,
            question: Duration::from_secs(10),
        }
    }
}

impl SandboxLimits {
    /// Returns the problem of a config that has passed a limit.
    pub(crate) fn problem(self, passed: PassedLimit) -> Diagnostic {
        match passed {
            PassedLimit::Time => self.time_limit(),
            PassedLimit::Memory => self.memory_limit(),
        }
    }

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

/// A limit that an evaluation has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PassedLimit {
    Time,
    Memory,
}

/// Interrupts the sandbox when its time is over, when the engine holds too much of what it has
/// copied out of it, or when its work is no longer wanted.
#[derive(Clone)]
pub(crate) struct Watchdog {
    bounds: Rc<Cell<Option<Bounds>>>,
    passed: Rc<Cell<Option<PassedLimit>>>,
    answer_by: Rc<Cell<Option<Instant>>>,
    interrupt: Arc<AtomicBool>,
    meter: CpuMeter,
}

/// What the thread may have used when it is stopped.
#[derive(Clone, Copy)]
struct Bounds {
    processor_time: Duration,
    memory: isize,
}

impl Watchdog {
    /// Puts a watchdog over a runtime; `interrupt` stops it from another thread, and `meter`
    /// shows another thread what it cannot stop.
    pub(crate) fn install(runtime: &Runtime, interrupt: Arc<AtomicBool>, meter: CpuMeter) -> Self {
        let watchdog = Self {
            bounds: Rc::new(Cell::new(None)),
            passed: Rc::new(Cell::new(None)),
            answer_by: Rc::new(Cell::new(None)),
            interrupt,
            meter,
        };
        let watched = watchdog.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || watched.must_stop())));
        watchdog
    }

    /// Allows this thread so much from now on. The language bounds its own heap; what the engine
    /// copies out of it may take as much again.
    pub(crate) fn start(&self, limits: SandboxLimits) {
        self.passed.set(None);
        self.bounds.set(Some(Bounds {
            processor_time: thread_time() + limits.cpu,
            memory: used_by_this_thread().saturating_add_unsigned(limits.memory),
        }));
        self.meter.start(limits.cpu);
        ON_THIS_THREAD.set(Some(self.clone()));
    }

    /// Takes the limits away.
    pub(crate) fn stop(&self) {
        ON_THIS_THREAD.set(None);
        self.bounds.set(None);
        self.meter.stop();
    }

    /// Returns the limit that was passed since the start.
    pub(crate) fn passed(&self) -> Option<PassedLimit> {
        self.passed.get()
    }

    /// Sets the moment at which what runs is stopped, whatever it has used by then; none lets it
    /// run.
    pub(crate) fn answer_by(&self, moment: Option<Instant>) {
        self.answer_by.set(moment);
    }

    /// Returns whether the moment has come at which what runs is stopped.
    pub(crate) fn is_late(&self) -> bool {
        let answer_by = self.answer_by.get();
        answer_by.is_some_and(|moment| Instant::now() >= moment)
    }

    /// Says whether somebody asked for the work to end.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }

    /// Says whether a limit is passed or somebody asked for the work to end.
    pub(crate) fn must_stop(&self) -> bool {
        if self.is_interrupted() || self.is_late() {
            return true;
        }
        let Some(bounds) = self.bounds.get() else {
            return false;
        };
        self.must_stop_for_memory(bounds) || self.must_stop_for_time(bounds)
    }

    fn must_stop_for_memory(&self, bounds: Bounds) -> bool {
        let is_over = used_by_this_thread() > bounds.memory;
        if is_over {
            self.passed.set(Some(PassedLimit::Memory));
        }
        is_over
    }

    fn must_stop_for_time(&self, bounds: Bounds) -> bool {
        let is_over = thread_time() > bounds.processor_time;
        if is_over {
            self.passed.set(Some(PassedLimit::Time));
        }
        is_over
    }
}

thread_local! {
    static ON_THIS_THREAD: RefCell<Option<Watchdog>> = const { RefCell::new(None) };
    static STEPS: Cell<u32> = const { Cell::new(0) };
}

/// How many steps of the engine's own work lie between two looks at the clock, which cost as much
/// as several steps. Memory is looked at with each: one step can copy a long text.
const STEPS_BETWEEN_TIMES: u32 = 256;

/// Throws into the language where the engine's own work on an evaluation has passed its limits;
/// to be called with each value that is copied out.
pub(crate) fn check_limits(ctx: &Ctx<'_>) -> rquickjs::Result<()> {
    let steps = STEPS.get().wrapping_add(1);
    STEPS.set(steps);
    let is_over = ON_THIS_THREAD.with_borrow(|watchdog| {
        let Some((watchdog, bounds)) = watchdog
            .as_ref()
            .and_then(|watchdog| Some((watchdog, watchdog.bounds.get()?)))
        else {
            return false;
        };
        if steps.is_multiple_of(STEPS_BETWEEN_TIMES) {
            watchdog.must_stop()
        } else {
            watchdog.must_stop_for_memory(bounds)
        }
    });
    if is_over {
        return Err(Exception::throw_internal(ctx, "a limit is passed"));
    }
    Ok(())
}

/// Reads the processor time that this thread has used: waiting does not count.
pub(crate) fn thread_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}
