//! The fuzz targets on a stable compiler: each for a bounded time, with input that is made from
//! seeds by chance.
//!
//! `RIGKIT_FUZZ_SECONDS` says how long each target is tried, and `RIGKIT_FUZZ_SEED` repeats a run
//! that failed: the seed is printed at its start. What is found is kept in `fuzz/corpus`, and tried
//! first of all.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it tries"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests work in folders of their own"
)]

mod mutation;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use mutation::mutated;

/// Something that takes any bytes.
struct Target {
    /// The name of its file in `fuzz/fuzz_targets`, and of its folder in `fuzz/corpus`.
    name: &'static str,
    run: fn(&[u8]),
    seeds: fn() -> Vec<Vec<u8>>,
}

const STATE_FILE: Target = Target {
    name: "state_file",
    run: rigkit_engine::fuzzing::state_file,
    seeds: rigkit_engine::fuzzing::state_file_seeds,
};

const TRANSPILE_CACHE: Target = Target {
    name: "transpile_cache",
    run: rigkit_engine::fuzzing::transpile_cache,
    seeds: rigkit_engine::fuzzing::transpile_cache_seeds,
};

const CHILD_ANSWER: Target = Target {
    name: "child_answer",
    run: rigkit_engine::fuzzing::child_answer,
    seeds: rigkit_engine::fuzzing::child_answer_seeds,
};

const LSP_FRAMING: Target = Target {
    name: "lsp_framing",
    run: rigkit_lsp::fuzzing::lsp_framing,
    seeds: Vec::new,
};

const TARGETS: [&Target; 4] = [&STATE_FILE, &TRANSPILE_CACHE, &CHILD_ANSWER, &LSP_FRAMING];

#[test]
fn state_file() {
    STATE_FILE.fuzz();
}

#[test]
fn transpile_cache() {
    TRANSPILE_CACHE.fuzz();
}

#[test]
fn child_answer() {
    CHILD_ANSWER.fuzz();
}

#[test]
fn lsp_framing() {
    LSP_FRAMING.fuzz();
}

/// Both harnesses try the same.
#[test]
fn every_target_has_its_file() {
    let mut expected: Vec<String> = TARGETS
        .iter()
        .map(|target| format!("{}.rs", target.name))
        .collect();
    let files = fs::read_dir(folder().join("fuzz_targets")).unwrap();
    let mut found: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

impl Target {
    /// Tries all that is in the corpus, and for some time what can be made from it.
    fn fuzz(&self) {
        let mut seeds = (self.seeds)();
        seeds.extend(self.corpus());
        assert!(!seeds.is_empty(), "nothing to begin with");
        for seed in &seeds {
            (self.run)(seed);
        }
        let number = number_in("RIGKIT_FUZZ_SEED").unwrap_or_else(|| fastrand::u64(..));
        println!("RIGKIT_FUZZ_SEED={number}");
        let mut random = fastrand::Rng::with_seed(number);
        let seconds = number_in("RIGKIT_FUZZ_SECONDS").unwrap_or(2);
        let end = Instant::now() + Duration::from_secs(seconds);
        let mut inputs = 0_u64;
        while Instant::now() < end {
            let input = mutated(&seeds, &mut random);
            (self.run)(&input);
            inputs += 1;
        }
        println!("{}: {inputs} inputs", self.name);
        assert!(inputs > 0);
    }

    /// Returns what once went wrong, and examples of what goes right.
    fn corpus(&self) -> Vec<Vec<u8>> {
        let Ok(files) = fs::read_dir(folder().join("corpus").join(self.name)) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| fs::read(path).unwrap()).collect()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

fn number_in(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap())
}
