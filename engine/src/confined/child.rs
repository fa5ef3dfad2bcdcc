//! The process that evaluates: it gives up all that it does not need, checks the modules it is
//! sent, evaluates what it is then asked to, and ends.

use std::{ffi::OsString, io, process::ExitCode, sync::Arc, time::Duration};

use nix::sys::signal::{self, SigHandler, Signal};

use super::{
    asked_sources::{AskedSources, Channel},
    confinement::{Allowance, confine, make_room_on_the_stack},
    frame::MAX_REQUEST_BYTES,
    message::{Defined, FromChild, Request, ToChild},
};
use crate::{
    definition::WireDefinition,
    memory::{end_process_above, used_by_this_thread},
    modules::{ModuleGraph, PREPARATION_TIME, Preparation, check},
    project::{Environment, LoadError, LoadOptions, Loading, UnreadableVariable, evaluate_graph},
    sandbox::{CpuMeter, SandboxLimits, Variables},
    source::Footprint,
    trust::{OwnerRule, Trust},
    wire::{WireDiagnostic, WirePath},
};

/// The first word after the program's name that makes it this process.
const WORD: &str = "__evaluate";

/// How much longer than checks and the evaluation may take the process lives at most, in whole seconds: the
/// evaluation ends by itself, or is ended by who asked for it. This is for when that one is gone.
const MORE_SECONDS: u64 = 2;

/// Evaluates a definition if that is what this process was started for.
///
/// To be called first of all in `main`, before anything has been read or started.
#[must_use]
pub fn serve_if_asked() -> Option<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    if words.next()? != WORD {
        return None;
    }
    let numbers: Option<Vec<u64>> = words.map(|word| word.to_str()?.parse().ok()).collect();
    match numbers.as_deref() {
        // Nobody waits for the answer of a process whose parent is gone.
        Some(&[_, _, parent]) if !end_with(parent) => Some(ExitCode::FAILURE),
        Some(&[memory, cpu_seconds, _]) => Some(serve(Allowance {
            memory: usize::try_from(memory).unwrap_or(usize::MAX),
            cpu_seconds,
        })),
        _ => Some(ExitCode::FAILURE),
    }
}

/// Returns the words that start this process for evaluations within these limits, to be killed
/// with the thread of its parent that starts it.
pub(super) fn words(limits: SandboxLimits, parent: Option<u32>) -> [OsString; 4] {
    let evaluating = limits.cpu.as_secs() + u64::from(limits.cpu.subsec_nanos() > 0);
    let seconds = evaluating + PREPARATION_TIME.as_secs() + MORE_SECONDS;
    [
        WORD.into(),
        limits.memory.to_string().into(),
        seconds.to_string().into(),
        parent.unwrap_or(NO_PARENT).to_string().into(),
    ]
}

/// What stands for a parent that this process does not end with. No process has this number.
const NO_PARENT: u32 = 0;

/// Lets this process be killed with its parent; returns whether it is still there.
#[cfg(target_os = "linux")]
fn end_with(parent: u64) -> bool {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};
    if parent == u64::from(NO_PARENT) {
        return true;
    }
    // Where it is refused, the limit of processor time ends what computes for nobody.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let now = getppid().map(|parent| parent.as_raw_nonzero().get());
    now.is_some_and(|now| u64::try_from(now) == Ok(parent))
}

#[cfg(not(target_os = "linux"))]
fn end_with(_: u64) -> bool {
    true
}

fn serve(allowance: Allowance) -> ExitCode {
    make_room_on_the_stack();
    end_at_the_end_of_the_stack();
    touch_what_opens_files();
    let confinement = confine(allowance);
    // From here on the end of memory is told, whatever takes it.
    end_process_above(isize::MAX.cast_unsigned());
    match converse(confinement, allowance.memory) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Lets the system end this process where its stack is at its end. The standard library's handler
/// would ask for just that, by a call that is refused once the walls stand, and for ever again.
#[expect(
    unsafe_code,
    reason = "actions for signals are unsafe by their interface"
)]
fn end_at_the_end_of_the_stack() {
    for signal in [Signal::SIGSEGV, Signal::SIGBUS] {
        // SAFETY: the default action runs no code of this process, and no other thread has begun.
        let _ = unsafe { signal::signal(signal, SigHandler::SigDfl) };
    }
}

/// Lets the C library read the time zone while it can: later the hours of a date would silently
/// be those of another zone.
#[expect(unsafe_code, reason = "nothing else makes the library read its zone")]
fn touch_what_opens_files() {
    let moment: libc::time_t = 0;
    let mut local = std::mem::MaybeUninit::<libc::tm>::uninit();
    // SAFETY: both pointers are to values of this function; the call reads the one and writes the
    // other. No other thread has begun that could change the environment.
    let _ = unsafe { libc::localtime_r(&raw const moment, local.as_mut_ptr()) };
}

/// Does what it is asked, with so much memory for each module that it checks.
fn converse(confinement: super::Confinement, memory: usize) -> io::Result<()> {
    let channel = Arc::new(Channel::default());
    channel.send(&FromChild::Ready(confinement))?;
    // Where nothing comes any more, whoever started it needs no evaluation.
    while let Some(bytes) = channel.receive(MAX_REQUEST_BYTES)? {
        match postcard::from_bytes(&bytes).map_err(io::Error::other)? {
            ToChild::Check(module) => {
                let held = used_by_this_thread().max(0).cast_unsigned();
                end_process_above(held.saturating_add(memory));
                check(module);
                channel.send(&FromChild::Checked)?;
            }
            ToChild::Evaluate(request) => {
                return channel.send(&answer(request, &channel));
            }
        }
    }
    Ok(())
}

fn answer(request: Request<'_>, channel: &Arc<Channel>) -> FromChild {
    match prepare(request, channel) {
        Ok((graph, options)) => evaluate(graph, &options),
        Err(reason) => FromChild::Failed(reason),
    }
}

fn prepare(
    request: Request<'_>,
    channel: &Arc<Channel>,
) -> Result<(ModuleGraph, LoadOptions), String> {
    let project_root = request.project_root.decode();
    let sources = AskedSources::new(project_root.clone(), Arc::clone(channel));
    let graph = request
        .graph
        .decode(Arc::new(sources))
        .map_err(|error| error.to_string())?;
    let variables = request.variables.into_iter();
    let unreadable = request.unreadable_variables.into_iter();
    let environment = Environment {
        variables: Arc::new(
            variables
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        ),
        unreadable: Arc::new(
            unreadable
                .map(|(name, file, line)| {
                    let file = file.decode().into();
                    (name.into_owned(), UnreadableVariable { file, line })
                })
                .collect(),
        ),
        access: request.variable_access,
        file: request.variable_file.map(WirePath::decode),
        ..Environment::default()
    };
    let options = LoadOptions {
        project_root,
        config_path: request.config_path.decode(),
        buffers: Arc::default(),
        owners: OwnerRule::default(),
        variables: Variables::of(&environment),
        limits: SandboxLimits {
            cpu: request.cpu.min(Duration::from_hours(1)),
            memory: usize::try_from(request.memory).unwrap_or(usize::MAX),
            ..SandboxLimits::default()
        },
        interrupt: Arc::default(),
        loading: Loading::default(),
        cache: None,
        identity: request.identity,
        evaluator: None,
        trust: Trust::Untrusted,
        preparation: Preparation::default(),
        footprint: Footprint::default(),
    };
    Ok((graph, options))
}

fn evaluate(graph: ModuleGraph, options: &LoadOptions) -> FromChild {
    let held = used_by_this_thread().max(0).cast_unsigned();
    end_process_above(held.saturating_add(options.limits.memory));
    let graph = Arc::new(graph);
    let evaluated = evaluate_graph(Arc::clone(&graph), options, CpuMeter::default());
    let secrets = options.variables.secrets().values();
    match evaluated {
        Ok(loaded) => {
            // The process ends soon: nobody has to take the sandbox apart.
            std::mem::forget(loaded.realm);
            FromChild::Defined(Box::new(Defined {
                definition: WireDefinition::of(loaded.definition),
                secrets,
            }))
        }
        Err(LoadError::Invalid(problems)) => FromChild::Invalid {
            problems: problems
                .iter()
                .map(|problem| WireDiagnostic::of(problem, &graph))
                .collect(),
            secrets,
        },
        Err(LoadError::Sandbox(reason)) => FromChild::Failed(reason),
        Err(error @ LoadError::NoThread(_)) => FromChild::Failed(error.to_string()),
    }
}
