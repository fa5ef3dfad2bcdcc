//! What each wall holds by itself, and all of them together: a process that stands behind them
//! tries everything.
//!
//! The test starts its own program again, to run [`the_process_behind_the_walls`] alone, which
//! does nothing elsewhere.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    env, fs,
    net::{TcpListener, UdpSocket},
    path::Path,
    process::{Command, exit},
};

use nix::{
    sys::{
        mman::{MapFlags, ProtFlags, mmap_anonymous},
        signal::kill,
        socket::{AddressFamily, SockFlag, SockType, socket},
    },
    unistd::getppid,
};

use super::{Allowance, Wall, landlock, limits, seccomp};
use crate::testing::leave_out;

/// Tells the started process which walls to put up, and where its folder is.
const WALLS: &str = "RIGKIT_TEST_WALLS";
const FOLDER: &str = "RIGKIT_TEST_FOLDER";

/// Tries something and returns whether it can be done; the folder has a file `kept`.
type Attempt = fn(&Path) -> bool;

/// What is tried, in this order.
const ATTEMPTS: &[(&str, Attempt)] = &[
    ("read a file", |folder| {
        fs::read(folder.join("kept")).is_ok()
    }),
    ("write a file", |folder| {
        fs::write(folder.join("made"), "").is_ok()
    }),
    ("make a folder", |folder| {
        fs::create_dir(folder.join("folder")).is_ok()
    }),
    ("remove a file", |folder| {
        fs::remove_file(folder.join("kept")).is_ok()
    }),
    ("list a folder", |folder| fs::read_dir(folder).is_ok()),
    ("follow a link", |_| fs::read_link("/proc/self/exe").is_ok()),
    ("look at a file", |_| fs::metadata("/etc/passwd").is_ok()),
    ("listen", |_| TcpListener::bind("127.0.0.1:0").is_ok()),
    ("send a datagram", |_| {
        UdpSocket::bind("127.0.0.1:0")
            .is_ok_and(|socket| socket.send_to(b"x", "127.0.0.1:9").is_ok())
    }),
    ("make a local socket", |_| {
        let kind = (AddressFamily::Unix, SockType::Stream, SockFlag::empty());
        socket(kind.0, kind.1, kind.2, None).is_ok()
    }),
    ("start a program", |_| {
        Command::new("/bin/true")
            .status()
            .is_ok_and(|status| status.success())
    }),
    ("signal the parent", |_| kill(getppid(), None).is_ok()),
    ("make code", |_| is_code_made()),
    ("compute", |_| is_computing()),
];

#[expect(
    clippy::print_stdout,
    reason = "the test that has started this process reads it"
)]
#[test]
fn the_process_behind_the_walls() {
    let Ok(walls) = env::var(WALLS) else {
        return;
    };
    let folder = env::var(FOLDER).unwrap();
    for wall in walls.split_whitespace() {
        let stands = match wall {
            "limits" => limits::set(Allowance {
                memory: 256 << 20,
                cpu_seconds: 20,
            })
            .is_ok(),
            "landlock" => landlock() == Wall::Standing,
            "seccomp" => seccomp() == Wall::Standing,
            other => panic!("no wall `{other}`"),
        };
        if !stands {
            println!("{wall} is not to be had");
            exit(0);
        }
    }
    // The harness has begun a line.
    println!();
    for (name, attempt) in ATTEMPTS {
        println!("{name}: {}", attempt(Path::new(&folder)));
    }
    exit(0);
}

#[track_caller]
fn check(walls: &str, can: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kept"), "").unwrap();
    let this_test = "confined::confinement::tests::the_process_behind_the_walls";
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", this_test, "--nocapture", "--test-threads=1"])
        .env(WALLS, walls)
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    if text.contains("is not to be had") {
        // A kernel or a container without it: there `rig doctor` tells.
        leave_out(walls, "a kernel that has it, in a container that offers it");
        return;
    }
    let seen: BTreeMap<&str, bool> = text
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter_map(|(name, is_done)| Some((name, is_done.parse().ok()?)))
        .collect();
    assert_eq!(seen.len(), ATTEMPTS.len(), "{walls}: {text}");
    let done: Vec<&str> = ATTEMPTS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| seen[name])
        .collect();
    assert_eq!(done, can, "{walls}");
}

#[test]
fn each_wall_holds_its_part() {
    let everything: Vec<&str> = ATTEMPTS.iter().map(|(name, _)| *name).collect();
    check("", &everything);
    check(
        "limits",
        &[
            "make a folder",
            "remove a file",
            "follow a link",
            "look at a file",
            "signal the parent",
            "make code",
            "compute",
        ],
    );
    check(
        "landlock",
        &[
            "follow a link",
            "look at a file",
            "send a datagram",
            "make a local socket",
            "make code",
            "compute",
        ],
    );
    check("seccomp", &["compute"]);
}

#[test]
fn all_walls_leave_nothing_but_computing() {
    check("landlock limits seccomp", &["compute"]);
}

#[expect(unsafe_code, reason = "making executable memory is what is tried")]
fn is_code_made() -> bool {
    let length = std::num::NonZeroUsize::new(4096).unwrap();
    // SAFETY: the mapping is new, nobody runs or writes it, and it lives as long as the process.
    let mapped = unsafe {
        mmap_anonymous(
            None,
            length,
            ProtFlags::PROT_READ | ProtFlags::PROT_EXEC,
            MapFlags::MAP_PRIVATE,
        )
    };
    mapped.is_ok()
}

fn is_computing() -> bool {
    let mut texts: Vec<String> = (0..100_000).map(|number: u32| number.to_string()).collect();
    texts.sort();
    texts.len() == 100_000 && std::time::Instant::now().elapsed().as_secs() < 10
}
