//! Reads what stands behind an error that code of a project made: its cause, and the members of an
//! `AggregateError`.
//!
//! The code decides on all of it, so each reading has an end: chains may be circles, lists may have millions of
//! members, and getters may throw.

use rquickjs::{Ctx, Exception, Object, Value};

use super::thrown::{as_error, member, place_of, shown, text_member, title, with_callee};
use crate::{
    error_cause::{CauseRelation, ErrorCause},
    modules::ModuleGraph,
};

/// How many errors may stand one behind the other.
const MOST_LEVELS: usize = 8;

/// How many errors of one that was thrown are told.
const MOST_ERRORS: usize = 24;

/// The most bytes that are told of one of them.
const MOST_OF_A_CAUSE: usize = 4 * 1024;

/// What is told in place of those that are too many.
const LEFT_OUT: &str = "further errors, which are left out";

/// What is told of an error that stands behind itself.
const CIRCLE: &str = "an error that is told above";

/// Returns what stands behind an error.
pub(super) fn behind<'js>(
    ctx: &Ctx<'js>,
    error: &Exception<'js>,
    graph: &ModuleGraph,
) -> Vec<ErrorCause> {
    let mut reader = Reader {
        ctx,
        graph,
        errors_left: MOST_ERRORS,
        above: Vec::new(),
    };
    reader.behind(error)
}

struct Reader<'a, 'js> {
    ctx: &'a Ctx<'js>,
    graph: &'a ModuleGraph,
    errors_left: usize,
    /// The errors that what is read stands behind, outermost first.
    above: Vec<Object<'js>>,
}

impl<'js> Reader<'_, 'js> {
    /// The cause comes last, for what is told of members is told further in.
    fn behind(&mut self, error: &Exception<'js>) -> Vec<ErrorCause> {
        let cause = member(self.ctx, error, "cause").filter(|cause| !cause.is_undefined());
        let members = self.members(error);
        self.above.push(error.as_object().clone());
        let cause = cause.map(|cause| self.read(CauseRelation::Cause, &cause));
        let mut causes = Vec::new();
        for member in members {
            let is_last = self.is_enough();
            causes.push(self.read(CauseRelation::Member, &member));
            if is_last {
                break;
            }
        }
        self.above.pop();
        causes.extend(cause);
        causes
    }

    fn is_enough(&self) -> bool {
        self.errors_left == 0 || self.above.len() > MOST_LEVELS
    }

    /// Other errors than those of the language's own class have members where all that is in their list is
    /// an error: a list of anything else is data.
    fn members(&self, error: &Exception<'js>) -> Vec<Value<'js>> {
        let list = member(self.ctx, error, "errors").and_then(Value::into_array);
        let Some(list) = list else {
            return Vec::new();
        };
        let read = |index| list.get::<Value>(index);
        let members: Vec<Value> = (0..list.len())
            .filter_map(|index| read(index).inspect_err(|_| drop(self.ctx.catch())).ok())
            // One more than are told shows that there are more.
            .take(self.errors_left + 1)
            .collect();
        let name = text_member(self.ctx, error, "name");
        let is_aggregate = name.is_some_and(|name| name == "AggregateError");
        if is_aggregate || members.iter().all(|member| as_error(member).is_some()) {
            members
        } else {
            Vec::new()
        }
    }

    fn read(&mut self, relation: CauseRelation, value: &Value<'js>) -> ErrorCause {
        if self.is_enough() {
            return told(relation, LEFT_OUT);
        }
        self.errors_left -= 1;
        let Some(error) = as_error(value) else {
            return told(relation, &shown(self.ctx, value));
        };
        if self.above.contains(error.as_object()) {
            return told(relation, CIRCLE);
        }
        let text = |name| text_member(self.ctx, &error, name).unwrap_or_default();
        let stack = text("stack");
        let message = with_callee(text("message"), &stack, self.graph);
        ErrorCause {
            range: place_of(&stack, self.graph),
            causes: self.behind(&error),
            ..told(relation, &title(&text("name"), &message))
        }
    }
}

fn told(relation: CauseRelation, message: &str) -> ErrorCause {
    let end = message.floor_char_boundary(MOST_OF_A_CAUSE);
    let (message, rest) = message.split_at(end);
    let mark = if rest.is_empty() { "" } else { "…" };
    ErrorCause {
        relation,
        message: format!("{message}{mark}"),
        range: None,
        causes: Vec::new(),
    }
}
