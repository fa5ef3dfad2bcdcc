//! A machine that does not play along: full disks, damaged files, closed streams, odd names.

use std::{
    ffi::OsStr,
    fs::{self, File, Permissions},
    os::unix::{
        ffi::OsStrExt as _,
        fs::{PermissionsExt as _, symlink},
    },
    process::Stdio,
};

use insta::assert_snapshot;
use rigkit_tests::{Project, may_mount};
use rusqlite::Connection;

use crate::fixtures::WEB;

/// Runs on a disk that is too small, and grows until everything fits. Where that cannot be had,
/// the test after this one has to do.
#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let project = Project::new(WEB);
    if !may_mount() {
        return;
    }
    fs::create_dir(project.path(".rigkit")).unwrap();
    let output = project
        .command("plan --json")
        .may_mount()
        .after(
            r#"mount -t tmpfs -o size=4k tmpfs .rigkit
            for size in 4k 32k 64k 80k 96k 112k 128k 160k 10m; do
                mount -o remount,size=$size .rigkit
                echo "size $size" >&2
                "$0" apply --jobs 1 >&2
                echo "exit $?" >&2
            done"#,
        )
        .run();
    let told = &output.stderr;
    for apply in told.split("size ").skip(1) {
        let has_failed = apply.contains("exit 1");
        assert!(has_failed || apply.contains("exit 0"), "{told}");
        assert_eq!(has_failed, apply.contains("error:"), "{told}");
    }
    assert!(told.contains("error: no space is left for"), "{told}");
    assert!(told.ends_with("exit 0\n"), "{told}");
    let plan = output.exits_with(0).document("plan.json");
    assert_eq!(plan["workflows"][0]["cachedNodeCount"], 5);
}

/// Runs where files may not grow beyond a size.
#[test]
fn files_that_cannot_grow_lose_nothing() {
    let project = Project::new(WEB);
    project.done("apply --until install");
    let before = project.done("cache ls --json").stdout;
    for blocks in [0, 1, 20, 60, 100] {
        // In blocks of 512 bytes.
        let limited = |line: &str| {
            project
                .command(line)
                .after(&format!("ulimit -f {blocks}"))
                .run()
        };
        let output = limited("apply --jobs 1");
        assert!([0, 1].contains(&output.code), "{}", output.transcript());
        if output.code == 1 {
            assert!(output.stderr.contains("error:"), "{}", output.transcript());
        }
        let _ = project.done("plan --json").document("plan.json");
        if blocks == 0 {
            assert_eq!(output.code, 1, "{}", output.transcript());
            assert_eq!(project.done("cache ls --json").stdout, before);
        }
    }
    project.done("apply");
    assert_eq!(
        project.done("plan --json").document("plan.json")["workflows"][0]["cachedNodeCount"],
        5
    );
}

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let project = Project::new(WEB);
    for line in ["plan", "plan --json", "--help", "graph"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = project.command(line).stdout(full).run();
        assert_eq!(output.code, 1, "{}", output.transcript());
        assert!(
            output.stderr.contains("failed to write the output"),
            "{}",
            output.transcript()
        );
    }
}

/// What a relative home names is the project's, which could bring a key of its own.
#[test]
fn a_home_that_is_not_absolute_is_none() {
    for home in ["rel/home", ""] {
        let project = Project::new(WEB);
        for line in ["plan", "apply", "doctor", "plan"] {
            let output = project.command(line).env("HOME", home).run();
            assert!([0, 1].contains(&output.code), "{}", output.transcript());
        }
        for path in ["rel", ".rigkit/machine-key", ".rigkit/docs", ".rigkit/tmp"] {
            assert!(!project.path(path).exists(), "{home}: {path}");
        }
    }
}

/// The owner of everything has no limit, so it is somebody else who tries.
#[test]
fn a_thread_too_many_is_an_error() {
    let project = Project::new(WEB);
    let rig = project.outside().join("rig");
    fs::copy(rigkit_tests::rig(), &rig).unwrap();
    for path in [project.outside(), &rig] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    for threads in 1..6 {
        for line in ["doctor", "plan", "apply", "lsp"] {
            let limited = project.command(line).as_nobody(&rig);
            let output = limited.after(&format!("ulimit -u {threads}")).run();
            assert!([0, 1].contains(&output.code), "{}", output.transcript());
        }
    }
}

#[test]
fn a_small_stack_is_enough_to_begin() {
    let project = Project::new(WEB);
    for line in ["plan --json", "version", "log", "apply"] {
        let output = project.command(line).after("ulimit -s 64").run();
        assert_eq!(output.code, 0, "{}", output.transcript());
    }
}

/// Whatever `TZ` names, no other file than one of the system's zones is read.
#[test]
fn a_time_zone_without_end_is_not_read() {
    let project = Project::new(WEB);
    project.done("apply");
    let output = project.command("log latest").env("TZ", ":/dev/zero").run();
    assert!(
        output.stdout.contains(" UTC by "),
        "{}",
        output.transcript()
    );
}

#[test]
fn a_project_that_cannot_be_written_says_so() {
    let project = Project::new(WEB);
    fs::write(project.path(".rigkit"), "").unwrap();
    assert_snapshot!(project.transcript(&["plan", "apply", "create one", "types", "ls"]));
    assert!(!project.path("ran.log").exists());
    assert_eq!(
        project.rig("apply --json").exits_with(1).error()["code"],
        "state"
    );
}

/// The owner of everything may write everywhere, so there it is somebody else who tries.
#[test]
fn a_read_only_directory_can_be_planned() {
    let project = Project::new(WEB);
    project.done("apply --until clone");
    let rig = project.outside().join("rig");
    fs::copy(rigkit_tests::rig(), &rig).unwrap();
    let state = project.path(".rigkit");
    let modes = [
        (project.outside(), 0o755),
        (&project.root(), 0o555),
        (&state, 0o555),
        (&rig, 0o755),
    ];
    for (path, mode) in modes {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
    let told: Vec<String> = ["plan", "apply", "ls"]
        .map(|line| project.command(line).as_nobody(&rig).run().transcript())
        .into();
    let doctor = project.command("doctor --json").as_nobody(&rig).run();
    for path in [project.root(), state] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    assert_snapshot!(project.redact(&told.join("\n")));
    assert_eq!(project.lines("ran.log"), ["clone"]);
    let state = project.path(".rigkit").canonicalize().unwrap();
    assert_problem(
        doctor,
        &format!("`{}` cannot be written: Permission denied", state.display()),
        &format!("make it writable: chmod u+w {}", state.display()),
    );
}

/// Demands that the doctor finds a problem and knows what to do about it.
fn assert_problem(doctor: rigkit_tests::Output, message: &str, help: &str) {
    let document = doctor.exits_with(1).document("doctor.json");
    let problems = document["problems"].as_array().unwrap();
    let begins = |value: &serde_json::Value, text: &str| {
        value.as_str().is_some_and(|value| value.starts_with(text))
    };
    let is_it =
        |one: &serde_json::Value| begins(&one["message"], message) && begins(&one["help"], help);
    assert!(problems.iter().any(is_it), "{message}: {document}");
}

#[test]
fn a_damaged_state_is_refused_and_left_alone() {
    let project = Project::new(WEB);
    project.done("apply");
    let state = project.state_in_one_file();
    let whole = fs::read(&state).unwrap();

    let mut without_header = whole.clone();
    without_header[..16].copy_from_slice(b"not a database!!");
    let mut middle = whole.clone();
    let from = middle.len() / 4;
    middle[from..].fill(0x5a);
    let cut = whole[..whole.len() / 3].to_vec();
    for (name, damaged) in [
        ("header", without_header),
        ("middle", middle),
        ("cut", cut),
        ("text", b"hello\n".to_vec()),
    ] {
        fs::write(&state, &damaged).unwrap();
        let ran = project.lines("ran.log").len();
        let output = project.rig("apply");
        assert_eq!(output.code, 1, "{name}: {}", output.transcript());
        assert!(
            output.stderr.contains("state.sqlite"),
            "{name}: {}",
            output.transcript()
        );
        assert_eq!(fs::read(&state).unwrap(), damaged, "{name} was altered");
        assert_eq!(project.lines("ran.log").len(), ran, "{name}: something ran");
        assert_eq!(
            project.rig("plan --json").exits_with(1).error()["code"],
            "state",
            "{name}"
        );
        assert_eq!(project.rig("doctor").code, 1, "{name}");
        assert_eq!(fs::read(&state).unwrap(), damaged, "{name} was altered");
    }
    fs::write(&state, b"hello\n").unwrap();
    assert_snapshot!(project.transcript(&[
        "plan",
        "create one",
        "cache ls",
        "ls",
        "cache clear",
        "log"
    ]));
    fs::write(&state, &whole).unwrap();
    assert_eq!(
        project.done("plan --json").document("plan.json")["workflows"][0]["cachedNodeCount"],
        5
    );
}

#[test]
fn a_newer_state_is_refused_and_left_alone() {
    let project = Project::new(WEB);
    project.done("apply");
    let state = project.path(".rigkit/state.sqlite");
    let connection = Connection::open(&state).unwrap();
    connection
        .pragma_update(None, "user_version", 1000)
        .unwrap();
    connection
        .pragma_update(None, "journal_mode", "DELETE")
        .unwrap();
    drop(connection);
    let before = fs::read(&state).unwrap();
    assert_snapshot!(project.transcript(&[
        "plan",
        "apply",
        "create one",
        "rm --all --yes",
        "cache invalidate --all"
    ]));
    assert_eq!(fs::read(&state).unwrap(), before);
    assert_eq!(
        project.rig("plan --json").exits_with(1).error()["code"],
        "state"
    );
}

#[test]
fn a_database_of_something_else_is_refused_and_left_alone() {
    let project = Project::new(WEB);
    let state = project.path("other.db");
    Connection::open(&state)
        .unwrap()
        .execute_batch("CREATE TABLE birds (name TEXT)")
        .unwrap();
    let before = fs::read(&state).unwrap();
    assert_snapshot!(project.transcript(&["apply --state other.db"]));
    assert_eq!(fs::read(&state).unwrap(), before);
    assert!(!project.path("ran.log").exists());
}

#[test]
fn a_closed_output_is_no_failure_of_a_document() {
    let project = Project::new(WEB);
    for line in ["plan", "plan --json", "graph", "--help", "log"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = project.command(line).stdout(writer).run();
        assert_eq!(
            (output.code, output.stderr.contains("panicked")),
            (0, false),
            "{}",
            output.transcript()
        );
    }
}

/// Whoever listened may leave; the work is done all the same.
#[test]
fn events_nobody_reads_stop_nothing() {
    let project = Project::new(WEB);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = project.command("apply --events").stdout(writer).run();
    assert_eq!(output.code, 0, "{}", output.transcript());
    assert_eq!(project.lines("ran.log").len(), 5);
}

#[test]
fn streams_may_be_closed() {
    let project = Project::new(WEB);
    for (line, closed) in [
        ("apply", "<&-"),
        ("plan", ">&-"),
        ("plan", "2>&-"),
        ("create one", "<&- 2>&-"),
        ("ls", "<&- >&- 2>&-"),
    ] {
        let output = project.command(line).after(&format!("exec {closed}")).run();
        assert!(
            [0, 1].contains(&output.code),
            "{closed}: {}",
            output.transcript()
        );
        assert!(
            !output.stderr.contains("panicked"),
            "{closed}: {}",
            output.transcript()
        );
    }
    assert_eq!(project.lines("ran.log").len(), 5);
    assert_eq!(
        project.done("ls --json").document("ls.json")["workspaces"][0]["name"],
        "one"
    );
}

/// Where nobody can answer, nobody is asked.
#[test]
fn a_closed_input_is_no_person() {
    let project = Project::new(WEB);
    project.done("create one");
    for line in ["create", "rm one", "run", "do hello"] {
        let output = project.command(line).stdin(Stdio::null()).run();
        assert_eq!(output.code, 2, "{}", output.transcript());
        let output = project.command(line).after("exec <&-").run();
        assert_eq!(output.code, 2, "{}", output.transcript());
    }
}

#[test]
fn names_that_are_not_text() {
    let odd = OsStr::from_bytes(b"odd-\xff-name");
    let project = Project::new(WEB);
    // A file nobody can name does not disturb, whether beside the config or among the modules.
    fs::write(project.root().join(odd), "").unwrap();
    project.done("apply");

    let directory = project.outside().join(odd);
    fs::create_dir(&directory).unwrap();
    symlink(project.path("settings.ts"), directory.join("settings.ts")).unwrap();
    fs::copy(
        project.path("rig.config.ts"),
        directory.join("rig.config.ts"),
    )
    .unwrap();
    let transcript = |line: &str| {
        let output = project.command(line).directory(directory.clone()).run();
        assert!([0, 1, 2].contains(&output.code), "{}", output.transcript());
        assert!(
            !output.stderr.contains("panicked"),
            "{}",
            output.transcript()
        );
        output.transcript()
    };
    let told = ["plan", "apply", "plan --json", "projects", "doctor"].map(transcript);
    drop(told);

    for line in [
        "create",
        "rm --yes",
        "apply --until",
        "do",
        "plan -w",
        "-C",
        "run one",
        "cache explain",
    ] {
        let output = project.command(line).arg(odd).run();
        assert_eq!(output.code, 2, "{}", output.transcript());
        assert!(
            !output.stderr.contains("panicked"),
            "{}",
            output.transcript()
        );
    }
    let listed = project.command("plan").env("ODD", odd).run();
    assert_eq!(
        listed.code,
        0,
        "a variable that is no text is left out: {}",
        listed.transcript()
    );
}
