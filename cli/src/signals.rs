//! Ctrl-C and other signals to end: the first one ends the work in good order, the second one the
//! process.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicI32, Ordering},
    },
    thread,
};

use rigkit_engine::{CancellationToken, project::Loading};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};

use crate::{failure::Failure, progress::Screen};

/// Whether a command owns the terminal, and Ctrl-C with it.
static TERMINAL_IS_LENT: AtomicBool = AtomicBool::new(false);
/// Whether there is a screen, but nothing to end in good order.
static NOTHING_RUNS: AtomicBool = AtomicBool::new(false);
/// Whether Ctrl-C was pressed while there was something to end in good order.
static IS_ENDING: AtomicBool = AtomicBool::new(false);
static SCREEN: OnceLock<Screen> = OnceLock::new();
static LOADING: OnceLock<Loading> = OnceLock::new();
/// The signal that came last.
static RECEIVED: AtomicI32 = AtomicI32::new(SIGINT);

/// A signal that asks the process to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// Ctrl-C.
    Interrupt,
    /// Another program wants it to end.
    Terminate,
    /// The terminal is gone.
    HangUp,
}

impl Interruption {
    /// Returns the signal that came last; Ctrl-C where a person stopped the work otherwise.
    pub(crate) fn latest() -> Self {
        match RECEIVED.load(Ordering::SeqCst) {
            SIGTERM => Self::Terminate,
            SIGHUP => Self::HangUp,
            _ => Self::Interrupt,
        }
    }

    /// Returns what a shell says of a process that the signal ended.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
            Self::HangUp => 129,
        }
    }
}

/// Gives the token that Ctrl-C cancels; from now on it no longer ends the process at once.
pub(crate) fn token() -> CancellationToken {
    static TOKEN: OnceLock<CancellationToken> = OnceLock::new();
    let token = TOKEN.get_or_init(|| {
        let token = CancellationToken::new();
        let cancelled = token.clone();
        watch(move |signal| on_signal(&cancelled, signal));
        token
    });
    token.clone()
}

/// Lets a file that may not grow be an error of whoever writes to it, and not the end of the process.
pub(crate) fn survive_limits_of_files() {
    // A signal that is ignored would be ignored by all commands that tasks start; one that is
    // handled is not. Where that is refused, the signal ends the process.
    let _ = signal_hook::flag::register(nix::libc::SIGXFSZ, Arc::default());
}

/// Returns the loads that Ctrl-C ends; from now on it no longer ends the process while there is one.
pub(crate) fn loading() -> Loading {
    let loading = LOADING.get_or_init(Loading::default).clone();
    token();
    loading
}

/// Returns what is to be told of a failure: where a load was ended, nothing else of it counts.
pub(crate) fn or_cancelled(failure: Failure) -> Failure {
    if LOADING.get().is_some_and(Loading::is_unwanted) && SCREEN.get().is_none() {
        return Failure::Cancelled;
    }
    failure
}

/// Fails where a load was ended by a signal, for work that goes on without one.
pub(crate) fn require_loads() -> Result<(), Failure> {
    if LOADING.get().is_some_and(Loading::is_unwanted) {
        return Err(Failure::Cancelled);
    }
    Ok(())
}

/// Says where to tell the person that the work is ending.
pub(crate) fn tell_on(screen: &Screen) {
    let _ = SCREEN.set(screen.clone());
}

/// Lets Ctrl-C end the process at once while something is asked, although a screen is there
/// already. Without an answer there is no run, so that stays so.
pub(crate) fn before_the_run<T>(ask: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    NOTHING_RUNS.store(true, Ordering::SeqCst);
    let answer = ask()?;
    NOTHING_RUNS.store(false, Ordering::SeqCst);
    Ok(answer)
}

/// Leaves Ctrl-C to a command that owns the terminal while `work` runs.
pub(crate) fn leave_to_command<T>(work: impl FnOnce() -> T) -> T {
    TERMINAL_IS_LENT.store(true, Ordering::SeqCst);
    let result = work();
    TERMINAL_IS_LENT.store(false, Ordering::SeqCst);
    result
}

/// Hands signals to a handler on a thread of its own.
///
/// Where there can be none, a signal ends the process, which is the best that is left.
fn watch(handle: impl Fn(i32) + Send + 'static) {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else {
        return;
    };
    let closing = signals.handle();
    let watcher = thread::Builder::new().name("rig-signals".to_owned());
    let watching = watcher.spawn(move || signals.forever().for_each(handle));
    if watching.is_err() {
        closing.close();
    }
}

fn on_signal(token: &CancellationToken, signal: i32) {
    RECEIVED.store(signal, Ordering::SeqCst);
    if TERMINAL_IS_LENT.load(Ordering::SeqCst) {
        return;
    }
    let may_end_in_order =
        || !NOTHING_RUNS.load(Ordering::SeqCst) && !IS_ENDING.swap(true, Ordering::SeqCst);
    let is_loading = LOADING.get().is_some_and(Loading::end);
    match SCREEN.get() {
        Some(screen) if may_end_in_order() => {
            token.cancel();
            screen.print(&["cancelling; Ctrl-C again stops at once".into()]);
        }
        // Whoever waits for the load tells its end.
        None if is_loading && may_end_in_order() => {}
        // Before a run there is at most a question, and nothing to end in good order.
        _ => leave(),
    }
}

fn leave() -> ! {
    // A prompt may have hidden the cursor.
    crate::prompt::show_cursor();
    std::process::exit(i32::from(Interruption::latest().exit_code()))
}
