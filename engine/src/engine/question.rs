//! Questions to code of the project: one at a time, each with what it may use.

use serde_json::Value;

use super::session::Session;
use crate::{
    definition::{Scope, Workflow},
    error::EngineError,
    event::Event,
    runtime::{Allowance, CallFailure, CallOutcome, Work},
    sandbox::Thrown,
};

/// What the language throws where its memory is used up.
const OUT_OF_MEMORY: &str = "out of memory";

/// How badly a plan needs the answers to its questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswersNeeded {
    /// It goes on without those that take too long.
    IfInTime,
    /// It waits for all of them, for what runs next depends on them.
    All,
}

/// Asks code of the project on behalf of one workflow.
pub(super) struct Questioner<'a> {
    pub(super) session: &'a Session,
    pub(super) workflow: &'a Workflow,
    pub(super) needed: AnswersNeeded,
}

impl Questioner<'_> {
    /// Returns the answer of a node; nothing where it gave none in its time, of which an event
    /// tells.
    ///
    /// # Errors
    /// Where the node fails or the caller cancels.
    pub(super) async fn ask(&self, node: &str, work: Work) -> Result<Option<Value>, EngineError> {
        let session = self.session;
        let allowance = match self.needed {
            AnswersNeeded::IfInTime => Allowance::Question(session.question_time),
            AnswersNeeded::All => Allowance::Unlimited,
        };
        let scope = Scope::default();
        let asked = session.call_within(allowance, self.workflow, node, &scope, work);
        match asked.await {
            Ok(result) => Ok(Some(match result.outcome {
                CallOutcome::Value(value) => value,
                _ => Value::Null,
            })),
            Err(CallFailure::Unanswered) => {
                session.emitter.emit(self.unanswered(node));
                Ok(None)
            }
            Err(failure) => {
                let failure = explained(failure, allowance);
                Err(session.failure(node, failure, None).into_error(None))
            }
        }
    }

    fn unanswered(&self, node: &str) -> Event {
        let waited = self.session.question_time.as_millis();
        Event::CheckUnanswered {
            workflow: self.workflow.name.to_string(),
            node_path: node.to_owned(),
            waited_ms: u64::try_from(waited).unwrap_or(u64::MAX),
        }
    }
}

/// Adds what to do where a question used more memory than it may.
fn explained(failure: CallFailure, allowance: Allowance) -> CallFailure {
    match (failure, allowance) {
        (CallFailure::Threw(thrown), Allowance::Question(_))
            if thrown.message == OUT_OF_MEMORY && thrown.help.is_none() =>
        {
            let help =
                "what a plan asks has the memory of a definition: raise RIGKIT_MEMORY_LIMIT_MIB";
            CallFailure::Threw(Thrown {
                help: Some(help.to_owned()),
                ..thrown
            })
        }
        (failure, _) => failure,
    }
}

/// Returns the node under which a provider is asked.
pub(super) fn provider_node(name: &str) -> String {
    format!("provider.{name}")
}
