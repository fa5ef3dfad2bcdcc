//! The process that works for one load: first it reads modules that nobody has read yet, then it
//! evaluates.

use std::{
    io,
    os::unix::process::ExitStatusExt as _,
    process::{ChildStdin, ChildStdout},
    sync::Arc,
};

use super::{
    Evaluator,
    conversation::Conversation,
    frame::{self, most_answer_bytes},
    message::{FromChild, ToChild},
    process::ProcessSlot,
};
use crate::{
    definition::Definition,
    diagnostic::{Diagnostic, DiagnosticCode},
    modules::{
        ModuleChecker, ModuleGraph, PREPARATION_TIME, UncheckedModule, looks_deep, takes_too_long,
    },
    project::{LoadError, LoadOptions},
    sandbox::{CpuMeter, SandboxLimits},
    trust::Trust,
};

/// A process for the definition of one project, which is started when it is first needed.
pub(crate) struct Worker {
    evaluator: Arc<Evaluator>,
    slot: ProcessSlot,
    meter: CpuMeter,
    limits: SandboxLimits,
    trust: Trust,
    streams: Option<Streams>,
}

/// What goes to the process, what comes from it, and its number.
struct Streams {
    stdin: ChildStdin,
    stdout: ChildStdout,
    number: u32,
}

impl Worker {
    /// Prepares a worker. Whoever holds the slot can end it, and the meter shows what it uses.
    pub(crate) fn new(
        evaluator: &Arc<Evaluator>,
        slot: &ProcessSlot,
        meter: &CpuMeter,
        options: &LoadOptions,
    ) -> Self {
        Self {
            evaluator: Arc::clone(evaluator),
            slot: slot.clone(),
            meter: meter.clone(),
            limits: options.limits,
            trust: options.trust,
            streams: None,
        }
    }

    /// Evaluates the modules of a graph.
    ///
    /// # Errors
    /// Where the config is wrong, or the process does not answer.
    pub(crate) fn evaluate(
        mut self,
        graph: ModuleGraph,
        options: &LoadOptions,
    ) -> Result<Definition, LoadError> {
        let sandbox = |error: io::Error| LoadError::Sandbox(error.to_string());
        let Streams {
            stdin,
            stdout,
            number,
        } = self.start().map_err(sandbox)?;
        self.meter.start_of_process(number, options.limits.cpu);
        let mut conversation = Conversation::new(stdin, stdout, Arc::new(graph), options);
        let answer = conversation.run();
        self.meter.stop();
        match answer {
            Ok(answer) => {
                self.evaluator.finish(self.slot.take());
                conversation.definition(answer)
            }
            Err(error) => {
                let problem = conversation.without_answer(&error, &self.slot);
                self.evaluator.finish(None);
                Err(problem)
            }
        }
    }

    /// Returns the streams of the process, which is started if it was not needed before.
    fn start(&mut self) -> io::Result<Streams> {
        if let Some(streams) = self.streams.take() {
            return Ok(streams);
        }
        let process = self.evaluator.take()?;
        let number = process.child.id();
        self.slot.fill(process.child);
        Ok(Streams {
            stdin: process.stdin,
            stdout: process.stdout,
            number,
        })
    }

    fn ask(&self, streams: &mut Streams, module: &UncheckedModule<'_>) -> io::Result<FromChild> {
        self.meter
            .start_of_process(streams.number, PREPARATION_TIME);
        frame::write(&mut streams.stdin, &ToChild::check(module))?;
        let answer = frame::read(&mut streams.stdout, most_answer_bytes(self.limits));
        // What this process does with the module has its own time.
        self.meter.start(PREPARATION_TIME);
        frame::decode(&answer?.unwrap_or_default())
    }

    fn too_costly(&self) -> Diagnostic {
        let message = format!(
            "reading it took more than {} MiB of memory",
            self.limits.memory >> 20
        );
        Diagnostic::error(DiagnosticCode::MemoryLimit, message).help(SPLIT)
    }

    /// Explains the end of a process that was reading a module.
    fn ended(&self, error: &io::Error) -> Diagnostic {
        let status = self.slot.ended();
        let signal = status.and_then(|status| status.signal());
        match signal {
            Some(libc::SIGXCPU) => takes_too_long(),
            // Its stack is at its end.
            Some(libc::SIGSEGV | libc::SIGBUS) => {
                let message = "the code nests deeper than what is accepted";
                Diagnostic::error(DiagnosticCode::SyntaxError, message).help(SPLIT)
            }
            Some(libc::SIGABRT) => self.too_costly(),
            _ => failed(error),
        }
    }
}

const SPLIT: &str = "split it into functions or modules";

fn failed(error: &io::Error) -> Diagnostic {
    let message = format!("the sandbox failed: {error}");
    Diagnostic::error(DiagnosticCode::UnreadableModule, message)
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It has checked modules, and nothing is to be evaluated.
        if let Some(process) = self.slot.take() {
            self.evaluator.finish(Some(process));
        }
    }
}

impl ModuleChecker for Worker {
    /// What a person has vouched for means no harm, and starts no process for ordinary code.
    fn wants(&self, text: &str) -> bool {
        !self.trust.is_trusted() || looks_deep(text)
    }

    fn check(&mut self, module: &UncheckedModule<'_>) -> Result<(), Diagnostic> {
        let mut streams = self.start().map_err(|error| failed(&error))?;
        match self.ask(&mut streams, module) {
            Ok(FromChild::Checked) => {
                self.streams = Some(streams);
                Ok(())
            }
            Ok(FromChild::OutOfMemory(_)) => Err(self.too_costly()),
            Ok(_) => Err(failed(&io::Error::other("it answers something else"))),
            Err(error) => Err(self.ended(&error)),
        }
    }
}
