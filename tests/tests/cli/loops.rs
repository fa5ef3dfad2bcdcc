//! Configs that never finish: `rig` ends all the same, by itself or when it is told to.

use std::fs;

use nix::{sys::signal::Signal, unistd::Pid};
use rigkit_tests::Project;

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

/// Says whether a process has begun to load a config for a run.
fn is_loading(process: Pid) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
        return false;
    };
    let mut names =
        threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("comm")).ok());
    names.any(|name| name.trim() == "rigkit-handlers")
}
