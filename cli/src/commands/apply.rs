//! `rig apply`: runs what is pending.

use std::path::Path;

use rigkit_engine::{
    ApplyOutcome, ApplyRequest, EngineError, LockBehaviour, display_text, plan::SavedPlan,
};

use super::{
    all_projects::{Heading, ProjectResult, in_each_project},
    plan,
};
use crate::{
    arguments::{ApplyLimits, ApplyOptions},
    context::Context,
    failure::{Exit, Failure},
    output,
    session::Session,
    signals,
    workflow_choice::{meant_workflow, with_workflow},
};

/// Applies a workflow.
pub(super) fn run(options: &ApplyOptions, context: &Context) -> Result<Exit, Failure> {
    if options.all && options.dry_run {
        return plan::all_projects(false, context);
    }
    if options.all {
        return in_each_project(context, Heading::OfProgress, |context| {
            every_workflow(options, context)
        });
    }
    if options.dry_run {
        let workflow = context.options.workflow.as_deref();
        let plans = match &options.until {
            Some(until) => plan::plans_until(workflow, until, context)?,
            None => plan::plans(workflow, context)?,
        };
        plan::show(&plans, context)?;
        return Ok(Exit::Done);
    }
    let outcome = apply(options, context)?;
    if context.options.json {
        output::document(&outcome)?;
    }
    Ok(Exit::Done)
}

/// Applies each workflow of a project. One that fails keeps no other from its turn.
fn every_workflow(options: &ApplyOptions, context: &Context) -> Vec<ProjectResult<ApplyOutcome>> {
    let names = context
        .engine_to_run("rig apply")
        .and_then(|engine| Ok((engine.definition()?, engine)));
    let (definition, engine) = match names {
        Ok(loaded) => loaded,
        Err(failure) => return vec![ProjectResult::of_project(Err(failure))],
    };
    let mut results = Vec::new();
    for workflow in &definition.workflows {
        let session = Session::watched(context, &options.events);
        let request = ApplyRequest {
            workflow: Some(workflow.name.to_string()),
            until: None,
            jobs: options.apply.jobs,
            lock: lock_behaviour(&options.apply),
            saved_plan: None,
        };
        let applied = engine.apply(&request, &session.run);
        drop(session);
        let applied = applied
            .map(|outcome| (outcome, Exit::Done))
            .map_err(|error| signals::or_cancelled(error.into()));
        let is_cancelled = matches!(applied, Err(Failure::Cancelled));
        results.push(ProjectResult::of_workflow(&workflow.name, applied));
        if is_cancelled {
            break;
        }
    }
    results
}

fn apply(options: &ApplyOptions, context: &Context) -> Result<ApplyOutcome, Failure> {
    let path = options.plan.as_deref().or(options.saved.as_deref());
    let saved_plan = path.map(|path| read_saved(path, context)).transpose()?;
    let named = context
        .options
        .workflow
        .clone()
        .or_else(|| only_workflow(saved_plan.as_ref()));
    let engine = context.engine_to_run("rig apply")?;
    let session = Session::watched(context, &options.events);
    with_workflow(named.as_deref(), |workflow| {
        let request = ApplyRequest {
            workflow,
            until: options.until.clone(),
            jobs: options.apply.jobs,
            lock: lock_behaviour(&options.apply),
            saved_plan: saved_plan.clone(),
        };
        engine.apply(&request, &session.run)
    })
}

/// Says what to do when another apply of the workflow is running.
pub(super) fn lock_behaviour(limits: &ApplyLimits) -> LockBehaviour {
    if limits.no_wait {
        LockBehaviour::Fail
    } else {
        LockBehaviour::Wait
    }
}

#[expect(clippy::disallowed_methods, reason = "the person names the file")]
fn read_saved(path: &Path, context: &Context) -> Result<SavedPlan, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::named_file(path));
    let text = text.map_err(|failure| {
        failure.or_help(|| {
            let save = || {
                format!(
                    "save a plan first: rig plan --out {}",
                    display_text::path(path)
                )
            };
            meant_workflow(path.to_str()?, "rig apply", context).or_else(|| Some(save()))
        })
    })?;
    let bad = |error: serde_json::Error| EngineError::BadPlan {
        path: path.to_path_buf(),
        reason: error.to_string(),
    };
    Ok(serde_json::from_str(&text).map_err(bad)?)
}

fn only_workflow(saved: Option<&SavedPlan>) -> Option<String> {
    match saved?.workflows.as_slice() {
        [only] => Some(only.workflow.clone()),
        _ => None,
    }
}
