//! Starts the processes that evaluate.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    process::Child,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use super::{
    Confinement, frame,
    message::FromChild,
    process::{self, Process},
};
use crate::sandbox::SandboxLimits;

/// Starts confined evaluations, each in a process of its own.
pub struct Evaluator {
    program: PathBuf,
    limits: SandboxLimits,
    readiness: Readiness,
    idle: Mutex<Option<Process>>,
    overrun: Mutex<HashSet<PathBuf>>,
}

/// Whether a next evaluation is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readiness {
    /// A process is started when one is asked for.
    OnDemand,
    /// The next process is started as soon as one is taken.
    Kept,
}

impl Evaluator {
    /// Evaluates in processes of a program that calls [`serve_if_asked`](super::serve_if_asked)
    /// first of all; this one, where nobody names another.
    #[must_use]
    pub fn new(program: Option<PathBuf>, limits: SandboxLimits) -> Arc<Self> {
        Self::with(program, limits, Readiness::OnDemand)
    }

    /// Evaluates again and again: one process is kept ready.
    #[must_use]
    pub fn kept_ready(program: Option<PathBuf>, limits: SandboxLimits) -> Arc<Self> {
        Self::with(program, limits, Readiness::Kept)
    }

    fn with(program: Option<PathBuf>, limits: SandboxLimits, readiness: Readiness) -> Arc<Self> {
        Arc::new(Self {
            program: program.unwrap_or_else(this_program),
            limits,
            readiness,
            idle: Mutex::default(),
            overrun: Mutex::default(),
        })
    }

    /// Starts a process, unless one is ready: it gets ready while its caller does something else.
    pub fn prepare(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.is_none() {
            // Whoever needs it tries again, and tells why there is none.
            *idle = Process::start(&self.program, self.limits).ok();
        }
    }

    /// Starts a process and returns what holds it on this machine.
    ///
    /// # Errors
    /// Where the process cannot be started or does not answer.
    pub fn confinement(&self) -> io::Result<Confinement> {
        let mut started = Process::start(&self.program, self.limits)?;
        let confinement = read_confinement(&mut started);
        process::end(&mut started.child);
        confinement
    }

    /// Remembers a project whose evaluation in this process could not be ended.
    pub(crate) fn note_overrun(&self, project_root: &Path) {
        let mut overrun = self.overrun.lock().unwrap_or_else(PoisonError::into_inner);
        overrun.insert(project_root.to_path_buf());
    }

    /// Returns whether an evaluation of a project in this process could not be ended.
    pub(crate) fn is_overrun_by(&self, project_root: &Path) -> bool {
        let overrun = self.overrun.lock().unwrap_or_else(PoisonError::into_inner);
        overrun.contains(project_root)
    }

    /// Returns a process that is ready for its request.
    pub(super) fn take(&self) -> io::Result<Process> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(idle) = idle
            && let Ok(ready) = ready(idle)
        {
            return Ok(ready);
        }
        ready(Process::start(&self.program, self.limits)?)
    }

    /// Ends a process that has answered, and starts the next one where one is expected. Neither
    /// is waited for then.
    pub(super) fn finish(self: &Arc<Self>, finished: Option<Child>) {
        let end = move || finished.map(|mut process| process::end(&mut process));
        if self.readiness == Readiness::OnDemand {
            end();
            return;
        }
        let evaluator = Arc::clone(self);
        // Without a thread the next evaluation starts its process itself.
        let _ = thread::Builder::new()
            .name("rigkit-evaluator".to_owned())
            .spawn(move || {
                evaluator.prepare();
                end();
            });
    }
}

impl Drop for Evaluator {
    fn drop(&mut self) {
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(idle) = idle {
            process::end(&mut idle.child);
        }
    }
}

/// Waits until a process is ready; ends one that does not get so.
fn ready(mut process: Process) -> io::Result<Process> {
    match read_confinement(&mut process) {
        Ok(_) => Ok(process),
        Err(error) => {
            process::end(&mut process.child);
            Err(error)
        }
    }
}

/// The most bytes of the first message, which is short.
const MOST_READY_BYTES: usize = 64 * 1024;

fn read_confinement(process: &mut Process) -> io::Result<Confinement> {
    let bytes = frame::read(&mut process.stdout, MOST_READY_BYTES)?;
    match frame::decode(&bytes.unwrap_or_default())? {
        FromChild::Ready(confinement) => Ok(confinement),
        _ => Err(io::Error::other("it does not say what holds it")),
    }
}

/// Returns the program that runs, also where another one has taken its place on the disk.
fn this_program() -> PathBuf {
    let running = Path::new("/proc/self/exe");
    if cfg!(target_os = "linux") {
        return running.to_path_buf();
    }
    std::env::current_exe().unwrap_or_else(|_| running.to_path_buf())
}
