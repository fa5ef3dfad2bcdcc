//! Files of variables as the engine reads them and as the npm package `dotenv` does: texts made at
//! random, before anything in them is expanded.
//!
//! `RIGKIT_FUZZ_SEED` repeats a run that failed: the seed is printed at its start.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it tries"
)]

use std::{
    collections::BTreeMap,
    env,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use fastrand::Rng;
use rigkit_engine::testing::dotenv_assignments;
use rigkit_tests::packages_of;

/// What texts are put together from, the frequent ones more than once.
const PIECES: &[&str] = &[
    "A",
    "B",
    "NAME",
    "a.b-c",
    "x",
    "1",
    "=",
    "=",
    "=",
    " = ",
    ":",
    ": ",
    "export ",
    "export",
    "#",
    " # note",
    "'",
    "'",
    "\"",
    "\"",
    "`",
    "\\",
    "\\n",
    "\\r",
    "\\\"",
    "\\'",
    "\\t",
    "$",
    "$A",
    "${A}",
    " ",
    "  ",
    "\t",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "two words",
    "é",
    "→",
    ",",
    "\u{feff}",
    "\u{a0}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{b}",
    "\n'",
    "\n\"",
    "A=1\n",
    "B='",
    "C=\"",
    "D=`",
];

/// What a file that people write looks like.
const LINES: &[&str] = &[
    "A=1",
    "export B=two",
    "C = 'it''s'",
    "D=\"a\\nb\"",
    "E=`x`",
    "F=a#b",
    "G=\"a # b\" # note",
    "# note",
    "",
    "H=",
    "I='one",
    "two'",
    "J: yes",
    "K=\"{\\\"a\\\": 1}\"",
    "L='a\" # it's",
    "M=\"unclosed",
    "N=a 'b' c",
    "not a line",
    "O=\"-----BEGIN",
    "b3Blbg==",
    "-----END\"",
    "P=$2a$10$x",
    "  Q=\tr  ",
];

fn text(random: &mut Rng) -> String {
    if random.bool() {
        let break_of_line = ["\n", "\r\n", "\r"][random.usize(..3)];
        let lines: Vec<&str> = (0..random.usize(..8))
            .map(|_| LINES[random.usize(..LINES.len())])
            .collect();
        return lines.join(break_of_line);
    }
    (0..random.usize(..24))
        .map(|_| PIECES[random.usize(..PIECES.len())])
        .collect()
}

/// Returns what the package reads from each text.
fn read_by_package(folder: &Path, texts: &[String]) -> Vec<BTreeMap<String, String>> {
    let mut node = Command::new("node")
        .arg("parse.mjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let written = serde_json::to_vec(texts).unwrap();
    node.stdin.take().unwrap().write_all(&written).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn files_are_read_as_the_package_reads_them() {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("dotenv");
    let _installed = packages_of(&folder);
    let seed = env::var("RIGKIT_FUZZ_SEED")
        .map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("seed {seed}");
    let mut random = Rng::with_seed(seed);
    let texts: Vec<String> = (0..20_000).map(|_| text(&mut random)).collect();
    for (text, by_package) in texts.iter().zip(read_by_package(&folder, &texts)) {
        let read: BTreeMap<String, String> = dotenv_assignments(text).into_iter().collect();
        assert_eq!(read, by_package, "of {text:?}, seed {seed}");
    }
}
