//! Plans that were made without the variables of the environment, in words.

use crate::plan::WorkflowPlan;

/// Returns what makes a plan provisional, naming the variables that it was made without.
#[must_use]
pub fn provisional(plan: &WorkflowPlan) -> Option<String> {
    let names: Vec<String> = plan
        .provisional
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "provisional: made without {}, for nobody trusts the project",
            names.join(", ")
        )
    })
}
