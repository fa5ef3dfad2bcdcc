//! Makes the next snapshot of a project, on a thread that may take its time.

use std::sync::{Arc, atomic::AtomicBool};

use jiff::Timestamp;
use rigkit_engine::{
    Answers, Engine, EngineError, EngineOptions, definition::Definition, project::Environment,
    source::Footprint,
};

use super::{Problem, Snapshot, Standing};
use crate::{open_project::Moment, trust::EnvironmentSource};

/// Is what an evaluation needs.
pub(crate) struct Evaluation {
    /// What the engine works on, but for its environment.
    pub(crate) engine_options: EngineOptions,
    /// What the environment of the project is read from; nothing where nobody trusts it.
    pub(crate) environment: Option<EnvironmentSource>,
    /// What had happened when it began.
    pub(crate) moment: Moment,
    /// Whether the text changed, or only what surrounds it.
    pub(crate) is_text_new: bool,
    /// What was known before.
    pub(crate) previous: Arc<Snapshot>,
    /// What the providers said since then.
    pub(crate) answers: Option<Arc<Answers>>,
    /// Stops it, because what it evaluates is no longer what the editor shows.
    pub(crate) interrupt: Arc<AtomicBool>,
}

/// Makes the next snapshot, unless it is interrupted.
pub(crate) fn evaluate(evaluation: &Evaluation) -> Option<Snapshot> {
    let environment = environment(evaluation);
    let mut snapshot = Snapshot {
        moment: evaluation.moment,
        environment: environment.clone(),
        ..(*evaluation.previous).clone()
    };
    let engine = Engine::new(EngineOptions {
        environment,
        ..evaluation.engine_options.clone()
    });
    if evaluation.is_text_new {
        let footprint = Footprint::default();
        let loaded = engine.evaluate(&evaluation.interrupt, &footprint);
        snapshot.take_up(loaded.transpose()?);
        if evaluation.environment.is_none() {
            snapshot.explain_missing_variables();
        }
        snapshot.looked_at = Arc::new(footprint.paths());
        snapshot.footprint = footprint;
    } else {
        snapshot.forget_planning_problems();
    }
    let environment = &engine.options().environment;
    let warnings = environment.warnings.iter().map(Problem::from);
    let left_out = environment.left_out.iter().map(Problem::from);
    snapshot.problems.extend(warnings.chain(left_out));
    snapshot.answers.clone_from(&evaluation.answers);
    snapshot.make_plans(engine.options(), evaluation.environment.is_some());
    snapshot.expires_at = snapshot.next_expiry(Timestamp::now());
    Some(snapshot)
}

fn environment(evaluation: &Evaluation) -> Environment {
    match &evaluation.environment {
        Some(source) => source.read(&evaluation.engine_options.project.root),
        None => Environment::untrusted(),
    }
}

impl Snapshot {
    fn take_up(&mut self, loaded: Result<Definition, EngineError>) {
        match loaded {
            Ok(definition) => {
                self.problems = definition.warnings.iter().map(Problem::from).collect();
                self.definition = Some(Arc::new(definition));
                self.closed_texts = Arc::default();
                self.standing = Standing::Current;
            }
            Err(error) => {
                self.problems = Problem::of_error(&error);
                self.standing = match self.definition {
                    Some(_) => Standing::Behind,
                    None => Standing::Unknown,
                };
            }
        }
    }

    /// What is missing may well be there once the project is trusted.
    fn explain_missing_variables(&mut self) {
        self.problems
            .iter_mut()
            .for_each(Problem::explain_missing_variable);
    }

    /// Planning says again what it has against the project.
    fn forget_planning_problems(&mut self) {
        self.problems
            .retain(|problem| matches!(problem.code, super::ProblemCode::Definition(_)));
    }

    fn make_plans(&mut self, options: &EngineOptions, is_trusted: bool) {
        let Some(definition) = self.definition.clone() else {
            return;
        };
        let engine = Engine::for_definition(options.clone(), &definition);
        let plans = match &self.answers {
            Some(answers) => engine.plan_with_answers(&definition, answers),
            None => engine.plan_definition(&definition, None),
        };
        self.unplanned = None;
        match plans {
            Ok(plans) => self.plans = plans.into(),
            Err(error) => {
                self.plans = Arc::default();
                self.planning_failed(&error, is_trusted);
            }
        }
        // A state that cannot be read has been told of already.
        self.workspaces = engine
            .workspaces_beside(Some(&definition))
            .unwrap_or_default()
            .into();
    }

    fn planning_failed(&mut self, error: &EngineError, is_trusted: bool) {
        // Without its environment a provider may well not know how it is configured.
        let is_expected = matches!(error, EngineError::ProviderConfig { .. }) && !is_trusted;
        let reason = if is_expected {
            format!("{error}, and the environment is not read, for nobody trusts the project")
        } else {
            error.to_string()
        };
        if self.standing == Standing::Current {
            let problems = Problem::of_error(error).into_iter();
            self.problems.extend(problems.map(|problem| {
                if is_expected {
                    problem.for_want_of_trust(&reason)
                } else {
                    problem
                }
            }));
        }
        self.unplanned = Some(reason.into());
    }
}
