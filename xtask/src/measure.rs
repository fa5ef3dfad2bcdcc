//! Timing whole processes: the scenarios take turns, so that a busy machine slows all alike.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    bench::Failure,
    machine::peak_memory_mib,
    project::{BenchProject, Person},
};

/// Is a command that is measured, with what it has to reach.
pub(crate) struct Scenario<'a> {
    pub(crate) name: &'static str,
    rig: &'a Path,
    project: &'a BenchProject,
    person: Person,
    arguments: Vec<&'static str>,
    pub(crate) limit_ms: Option<f64>,
    pub(crate) limit_mib: Option<f64>,
}

impl<'a> Scenario<'a> {
    pub(crate) fn new(
        name: &'static str,
        rig: &'a Path,
        project: &'a BenchProject,
        arguments: &[&'static str],
    ) -> Self {
        Self {
            name,
            rig,
            project,
            person: Person::Trusting,
            arguments: arguments.to_vec(),
            limit_ms: None,
            limit_mib: None,
        }
    }

    pub(crate) fn by(mut self, person: Person) -> Self {
        self.person = person;
        self
    }

    pub(crate) fn limit_ms(mut self, limit: f64) -> Self {
        self.limit_ms = Some(limit);
        self
    }

    pub(crate) fn limit_mib(mut self, limit: f64) -> Self {
        self.limit_mib = Some(limit);
        self
    }

    fn command(&self) -> Command {
        let mut command = self.project.rig(self.rig, self.person);
        command
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn time(&self) -> Result<Duration, Failure> {
        let started = Instant::now();
        let status = self.command().status()?;
        let elapsed = started.elapsed();
        if !status.success() {
            return Err(format!("{} failed: {status}", self.name).into());
        }
        Ok(elapsed)
    }
}

/// Is what a scenario took.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    times: Vec<Duration>,
    pub(crate) peak_mib: f64,
    pub(crate) limit_ms: Option<f64>,
    pub(crate) limit_mib: Option<f64>,
}

impl Measured {
    pub(crate) fn median_ms(&self) -> f64 {
        self.times[self.times.len() / 2].as_secs_f64() * 1_000.0
    }

    pub(crate) fn fastest_ms(&self) -> f64 {
        self.times[0].as_secs_f64() * 1_000.0
    }
}

/// Measures scenarios in turns.
pub(crate) fn measure_all(
    scenarios: &[Scenario<'_>],
    rounds: usize,
) -> Result<Vec<Measured>, Failure> {
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); scenarios.len()];
    for scenario in scenarios {
        // The first run pays for what the disk has not in memory yet.
        scenario.time()?;
    }
    for _ in 0..rounds {
        for (scenario, times) in scenarios.iter().zip(&mut times) {
            // What another scenario has left in the processor's caches is not what is measured.
            scenario.time()?;
            times.push(scenario.time()?);
        }
    }
    scenarios
        .iter()
        .zip(times)
        .map(|(scenario, mut times)| {
            times.sort();
            Ok(Measured {
                name: scenario.name,
                times,
                peak_mib: peak_memory_mib(&mut scenario.command())?,
                limit_ms: scenario.limit_ms,
                limit_mib: scenario.limit_mib,
            })
        })
        .collect()
}
