//! Configs that never finish: `rig` ends all the same, by itself or when it is told to.

use std::fs;

use nix::{sys::signal::Signal, unistd::Pid};
use rigkit_tests::{Project, Running};

/// A loop within the language's own library, which looks at no limit.
const LIBRARY_LOOP: &str = "
//- /rig.config.ts
Array.prototype.reverse.call({ length: 2 ** 53 - 1 });
";

#[test]
fn a_config_that_never_finishes_is_an_error() {
    let project = Project::new(LIBRARY_LOOP);
    for line in ["plan --json", "apply --json", "graph --json", "ls"] {
        let output = project
            .command(line)
            .env("RIGKIT_CPU_LIMIT_MS", "100")
            .run();
        if line == "ls" {
            assert_eq!(output.code, 0, "{}", output.transcript());
            continue;
        }
        let error = output.exits_with(1).error();
        assert_eq!(error["code"], "time-limit", "{line}");
        assert_eq!(error["position"]["line"], 1, "{line}: {error}");
    }
}

#[test]
fn a_signal_ends_a_config_that_never_finishes() {
    let project = Project::new(LIBRARY_LOOP);
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        for line in ["plan", "apply"] {
            let running = project
                .command(line)
                .env("RIGKIT_CPU_LIMIT_MS", "3600000")
                .start();
            while !is_loading(running.id()) {
                std::thread::yield_now();
            }
            running.signal(signal);
            let output = running.finish();
            assert_eq!(
                output.code,
                code,
                "{line} {signal}: {}",
                output.transcript()
            );
        }
    }
}

/// A loop of the language, which is interrupted where somebody looks.
const LOOP: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
export const web = workflow("web").sequence("web").task("a", () => ({ ctx: { x: 1 } }));
for (;;);
"#;

/// The processor time in seconds that an evaluation may use which is to be ended before.
const PROCESSOR_SECONDS: u64 = 20;

fn start(project: &Project, line: &str) -> Running {
    let limit = (PROCESSOR_SECONDS * 1_000).to_string();
    let command = project.command(line).env("RIGKIT_CPU_LIMIT_MS", limit);
    command.start()
}

#[test]
fn a_signal_ends_every_command_that_loads() {
    let signals = [
        (Signal::SIGTERM, 143),
        (Signal::SIGINT, 130),
        (Signal::SIGHUP, 129),
    ];
    let lines = [
        "plan",
        "graph",
        "ls -w web",
        "cache explain",
        "cache invalidate a",
        "doctor",
        "do",
        "run",
        "plan --out saved.json",
        "apply --dry-run",
        "apply --dry-run --until a",
        "plan --all",
    ];
    for project in [Project::new(LOOP), Project::of_stranger(LOOP)] {
        for (index, line) in lines.iter().enumerate() {
            let (signal, code) = signals[index % signals.len()];
            let running = start(&project, &format!("{line} --json"));
            while !is_loading(running.id()) {
                std::thread::yield_now();
            }
            running.signal(signal);
            let error = running.finish().exits_with(code).error();
            assert_eq!(error["code"], "cancelled", "{line} {signal}: {error}");
        }
    }
}

/// Whoever is killed ends nothing by itself.
#[test]
#[cfg(target_os = "linux")]
fn an_evaluation_ends_with_whoever_waits_for_it() {
    let project = Project::of_stranger(LOOP);
    for moment in [Moment::Started, Moment::Evaluating] {
        let running = start(&project, "graph");
        let evaluation = loop {
            match Evaluation::of(running.id()) {
                Some(evaluation) if moment == Moment::Started || evaluation.used > 0 => {
                    break evaluation;
                }
                _ => std::thread::yield_now(),
            }
        };
        running.signal(Signal::SIGKILL);
        assert_eq!(running.finish().code, -9);
        while let Some(later) = Evaluation::of_process(evaluation.id) {
            let used = later.used - evaluation.used;
            assert!(used < 500, "{moment:?}: it goes on");
            std::thread::yield_now();
        }
    }
}

/// When an evaluation loses whoever waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// As soon as there is a process.
    Started,
    /// While it uses the processor.
    Evaluating,
}

/// A process that evaluates for another one.
struct Evaluation {
    id: i32,
    parent: i32,
    /// Processor time, in hundredths of a second.
    used: u64,
}

impl Evaluation {
    fn of(parent: Pid) -> Option<Self> {
        let entries = fs::read_dir("/proc").unwrap();
        let processes = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let mut evaluations = processes.filter_map(Self::of_process);
        evaluations.find(|evaluation| evaluation.parent == parent.as_raw())
    }

    /// Reads what the kernel says of a process; nothing where it has ended or does something else.
    fn of_process(id: i32) -> Option<Self> {
        let words = fs::read_to_string(format!("/proc/{id}/cmdline")).ok()?;
        let line = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (_, fields) = line.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        let is_one = words.split('\0').any(|word| word == "__evaluate") && fields[0] != "Z";
        let number = |index: usize| fields[index].parse::<u64>().ok();
        is_one.then_some(Self {
            id,
            parent: fields[1].parse().ok()?,
            used: number(11)? + number(12)?,
        })
    }
}

/// Says whether a process has begun to load a config.
fn is_loading(process: Pid) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
        return false;
    };
    let mut names =
        threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("comm")).ok());
    names.any(|name| ["rigkit-handlers", "rigkit-load"].contains(&name.trim()))
}
