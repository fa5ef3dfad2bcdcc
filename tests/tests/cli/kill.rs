//! Kills an apply again and again, at whatever moment: what had finished is never lost and never
//! done again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
};

use fastrand::Rng;
use nix::sys::signal::Signal;
use rigkit_tests::{Output, Project};
use rusqlite::Connection;
use serde_json::Value;

/// How many applies are killed at least.
const ROUNDS: usize = 25;

/// How many tasks there are.
const TASKS: usize = 34;

/// Where something goes on for ever, this ends it.
const MOST_ROUNDS: usize = 400;

#[test]
fn what_had_finished_survives_every_kill() {
    let project = Project::new(&config());
    Kills::new(&project, 1).run();
}

/// A config of [`TASKS`] tasks: a chain, branches with chains of their own, branches in branches.
fn config() -> String {
    let chain = |name: &str, length: usize| {
        (0..length).fold(format!(r#"sequence("{name}")"#), |chain, index| {
            format!(r#"{chain}.task("{name}-{index}", append("{name}-{index}"))"#)
        })
    };
    let mut config = String::from(
        r#"
//- /rig.config.ts
import { sequence, workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

const append = (name) => async ({ host, step }) => {
  await host.writeFile("ran.log", `${name}\n`, { append: true });
  if (name.endsWith("1")) await host.exec(`echo ${name}`);
  return { ctx: { ...step.ctx, [name]: name } };
};
export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
"#,
    );
    let before = chain("before", 6).replace(r#"sequence("before")"#, "");
    let after = chain("after", 4).replace(r#"sequence("after")"#, "");
    let nested = format!(
        r#"sequence("c").parallel({{ d: {}, e: {} }})"#,
        chain("d", 4),
        chain("e", 4)
    );
    writeln!(config, "  {before}").unwrap();
    writeln!(
        config,
        "  .parallel({{ a: {}, b: {}, c: {nested} }})",
        chain("a", 8),
        chain("b", 8)
    )
    .unwrap();
    writeln!(config, "  {after};").unwrap();
    config
}

/// A moment at which an apply is killed.
#[derive(Debug)]
enum Moment {
    /// As soon as the process exists, or shortly after.
    Start { steps: u32 },
    /// When that many events were told of tasks that run.
    Event { count: usize },
}

struct Kills<'a> {
    project: &'a Project,
    random: Rng,
    /// The tasks that were told to have finished, with how often they had run by then.
    finished: BTreeMap<String, usize>,
}

impl<'a> Kills<'a> {
    fn new(project: &'a Project, seed: u64) -> Self {
        Self {
            project,
            random: Rng::with_seed(seed),
            finished: BTreeMap::new(),
        }
    }

    /// Applies the workflow until it is done, and all over again until there were enough kills.
    fn run(mut self) {
        let mut rounds = 0;
        while rounds < ROUNDS {
            rounds += self.apply_to_the_end();
            self.check_that_all_ran_once();
            self.project.done("cache clear --yes");
            fs::remove_file(self.project.path("ran.log")).unwrap();
            self.finished.clear();
        }
    }

    /// Gives how many applies it took.
    fn apply_to_the_end(&mut self) -> usize {
        for round in 0..MOST_ROUNDS {
            let moment = self.moment(round);
            let output = self.apply_until(&moment);
            self.check_state();
            match output.code {
                0 => return round,
                code => assert_eq!(code, -9, "{}", output.transcript()),
            }
        }
        panic!("it never ends");
    }

    fn check_that_all_ran_once(&self) {
        assert_eq!(self.finished.len(), TASKS);
        let document = self.project.done("apply --json").document("apply.json");
        assert_eq!(document["plan"]["cachedNodeCount"], TASKS);
        assert_eq!(
            self.runs(),
            self.runs_of_finished(),
            "a finished task ran again"
        );
    }

    /// Early in a process one round, late in it another; few events, so that many rounds are
    /// needed.
    fn moment(&mut self, round: usize) -> Moment {
        match self.random.u32(0..4) {
            0 => Moment::Start {
                steps: self.random.u32(0..40),
            },
            // Now and then there is no progress, but not for ever.
            _ if round > MOST_ROUNDS / 2 => Moment::Event { count: 50 },
            _ => Moment::Event {
                count: self.random.usize(0..9),
            },
        }
    }

    fn apply_until(&mut self, moment: &Moment) -> Output {
        let mut running = self.project.command("apply --events").start();
        match *moment {
            // Yielding is no clock: it only lets the process get somewhere.
            Moment::Start { steps } => (0..steps * 50).for_each(|_| std::thread::yield_now()),
            Moment::Event { mut count } => {
                while let Some(event) = running.next_event() {
                    if event["type"] == "apply.completed" {
                        // It got to its end, so it may end.
                        return self.note(running.finish());
                    }
                    if is_of_a_running_task(&event) {
                        if count == 0 {
                            break;
                        }
                        count -= 1;
                    }
                }
            }
        }
        // A process that has just ended is not there to be killed, and that is fine.
        let _ = nix::sys::signal::kill(running.id(), Signal::SIGKILL);
        self.note(running.finish())
    }

    /// Notes which tasks were told to have finished.
    fn note(&mut self, output: Output) -> Output {
        let runs = self.runs();
        for line in output.stdout.lines() {
            // The last line of a killed process may be cut off.
            let event: Value = serde_json::from_str(line).unwrap_or_default();
            let path = event["nodePath"].as_str().unwrap_or_default().to_owned();
            match event["type"].as_str() {
                Some("node.completed") => {
                    let count = runs[name(&path)];
                    let known = self.finished.insert(path, count);
                    assert_eq!(known, None, "a finished task ran again: {line}");
                }
                Some("node.started") => assert!(!self.finished.contains_key(&path), "{line}"),
                _ => {}
            }
        }
        output
    }

    /// Everything that was told to have finished is cached, and the state is whole.
    fn check_state(&mut self) {
        let plan = self.project.done("plan --json").document("plan.json");
        let nodes = plan["workflows"][0]["nodes"].as_array().unwrap();
        let cached = nodes.iter().filter(|node| node["status"] == "cached");
        let cached: BTreeSet<String> = cached
            .map(|node| node["path"].as_str().unwrap().to_owned())
            .collect();
        let lost: Vec<&String> = self
            .finished
            .keys()
            .filter(|path| !cached.contains(*path))
            .collect();
        assert!(lost.is_empty(), "{lost:?}");
        // A task may be stored without the process having lived to tell; it is finished too.
        let runs = self.runs();
        for path in cached {
            let count = runs[name(&path)];
            self.finished.entry(path).or_insert(count);
        }
        check_integrity(self.project);
    }

    /// How often each task has run.
    fn runs(&self) -> BTreeMap<String, usize> {
        let mut runs = BTreeMap::new();
        for line in self.project.lines("ran.log") {
            *runs.entry(line).or_default() += 1;
        }
        runs
    }

    fn runs_of_finished(&self) -> BTreeMap<String, usize> {
        self.finished
            .iter()
            .map(|(path, count)| (name(path).to_owned(), *count))
            .collect()
    }
}

fn is_of_a_running_task(event: &Value) -> bool {
    event["nodePath"].is_string() && event["type"] != "node.cached"
}

fn name(path: &str) -> &str {
    path.rsplit('.').next().unwrap()
}

/// Demands that the database is sound and holds no half of a record.
fn check_integrity(project: &Project) {
    let state = project.path(".rigkit/state.sqlite");
    if !state.exists() {
        return;
    }
    let connection = Connection::open(state).unwrap();
    let check = |query: &str, expected: &[&str]| {
        let mut statement = connection.prepare(query).unwrap();
        let rows = statement
            .query_map((), |row| row.get_ref(0).map(|value| format!("{value:?}")))
            .unwrap();
        let rows: Vec<String> = rows.map(Result::unwrap).collect();
        assert_eq!(rows, expected, "{query}");
    };
    check(
        "SELECT integrity_check = 'ok' FROM pragma_integrity_check",
        &["Integer(1)"],
    );
    check("SELECT \"table\" FROM pragma_foreign_key_check", &[]);
    check(
        "SELECT node_path FROM node_runs WHERE
           (SELECT count(*) FROM identity_components WHERE run = node_runs.ordinal) < 8
           OR NOT json_valid(output)
           OR NOT EXISTS (SELECT 1 FROM current_runs WHERE run = node_runs.ordinal)",
        &[],
    );
}
