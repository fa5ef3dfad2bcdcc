//! `rig plan`: what is cached, what is pending, and why.

use std::{io, path::Path};

use jiff::Timestamp;
use rigkit_engine::{
    Engine, PlanRequest,
    disk::{Links, Root},
    plan::{PlanLevel, SavedPlan, WorkflowPlan},
};
use serde::Serialize;

use super::all_projects::{Heading, ProjectResult, in_each_project};
use crate::{
    arguments::PlanOptions,
    context::Context,
    failure::{Exit, Failure, UsageCode},
    output, plan_text,
    session::Session,
    styled_text::Line,
    workflow_choice::{meant_workflow, with_workflow},
};

/// Is the document of a plan.
#[derive(Serialize)]
struct PlanDocument<'a> {
    workflows: &'a [WorkflowPlan],
}

/// Plans the workflows.
pub(super) fn run(options: &PlanOptions, context: &Context) -> Result<Exit, Failure> {
    if let Some(word) = &options.stray {
        return Err(unexpected(word, context));
    }
    if options.all {
        return all_projects(options.detailed_exitcode, context);
    }
    let workflow = context.options.workflow.as_deref();
    let engine = if options.checks {
        context.engine_to_run("rig plan --checks")?
    } else {
        context.engine()?
    };
    let plans = match &options.out {
        Some(path) => save(path, workflow, &engine, context)?,
        None => planned(workflow, &engine, context)?,
    };
    show(&plans, context)?;
    Ok(exit(options.detailed_exitcode, &plans))
}

fn unexpected(word: &str, context: &Context) -> Failure {
    let help = meant_workflow(word, "rig plan", context);
    let usage = || "see what it takes: rig plan --help".to_owned();
    Failure::usage(
        UsageCode::Unexpected,
        format!("`rig plan` does not take `{word}`"),
        help.unwrap_or_else(usage),
    )
}

/// Plans one workflow or all of them, as sure as providers can be.
pub(super) fn plans(
    workflow: Option<&str>,
    context: &Context,
) -> Result<Vec<WorkflowPlan>, Failure> {
    planned(workflow, &context.engine()?, context)
}

fn planned(
    workflow: Option<&str>,
    engine: &Engine,
    context: &Context,
) -> Result<Vec<WorkflowPlan>, Failure> {
    let session = Session::quiet(context);
    let request = PlanRequest {
        workflow: workflow.map(str::to_owned),
        level: PlanLevel::Verified,
    };
    Ok(engine.plan(&request, &session.run)?)
}

/// Plans one task of a workflow and everything before it.
pub(super) fn plans_until(
    workflow: Option<&str>,
    until: &str,
    context: &Context,
) -> Result<Vec<WorkflowPlan>, Failure> {
    let engine = context.engine()?;
    let session = Session::quiet(context);
    with_workflow(workflow, |workflow| {
        let level = PlanLevel::Verified;
        engine.plan_until(&PlanRequest { workflow, level }, until, &session.run)
    })
}

/// Shows plans, as text or as a document.
pub(super) fn show(plans: &[WorkflowPlan], context: &Context) -> Result<(), Failure> {
    if context.options.json {
        return output::document(&PlanDocument { workflows: plans });
    }
    output::lines(&text(plans, context))
}

fn text(plans: &[WorkflowPlan], context: &Context) -> Vec<Line> {
    let now = Timestamp::now();
    let is_verbose = context.options.verbose > 0;
    let plans_text = plans
        .iter()
        .flat_map(|plan| plan_text::of(plan, is_verbose, now));
    plans_text.chain(plan_text::unasked(plans)).collect()
}

fn save(
    path: &Path,
    workflow: Option<&str>,
    engine: &Engine,
    context: &Context,
) -> Result<Vec<WorkflowPlan>, Failure> {
    let session = Session::quiet(context);
    let saved = engine.save_plan(workflow, &session.run)?;
    let written = write_saved(path, &engine.options().project.root, &saved);
    written.map_err(Failure::file("write", path))?;
    Ok(saved.workflows)
}

/// A repository may have laid a link where the plan goes, so there the plan takes the link's place.
/// Elsewhere the person decides what is written to, a pipe for one.
fn write_saved(path: &Path, project_root: &Path, saved: &SavedPlan) -> io::Result<()> {
    let mut bytes = serde_json::to_vec_pretty(saved)?;
    bytes.push(b'\n');
    let path = std::path::absolute(path)?;
    match path.strip_prefix(project_root) {
        Ok(relative) => {
            Root::open(project_root, Links::Inside)?.replace(relative, &bytes)?;
            Ok(())
        }
        Err(_) => write_anywhere(&path, &bytes),
    }
}

#[expect(clippy::disallowed_methods, reason = "the person names the file")]
fn write_anywhere(path: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::write(path, bytes)
}

fn exit(is_pending_told: bool, plans: &[WorkflowPlan]) -> Exit {
    let is_pending = plans.iter().any(|plan| !plan.up_to_date);
    if is_pending_told && is_pending {
        Exit::PendingWork
    } else {
        Exit::Done
    }
}

/// The plans of one of several projects.
#[derive(Serialize)]
pub(super) struct ProjectPlans {
    workflows: Vec<WorkflowPlan>,
}

/// Plans every workflow of every project.
pub(super) fn all_projects(is_pending_told: bool, context: &Context) -> Result<Exit, Failure> {
    in_each_project(context, Heading::OfData, |context| {
        let planned = plans(None, context).and_then(|workflows| {
            if !context.options.json {
                output::lines(&text(&workflows, context))?;
            }
            let exit = exit(is_pending_told, &workflows);
            Ok((ProjectPlans { workflows }, exit))
        });
        vec![ProjectResult::of_project(planned)]
    })
}
