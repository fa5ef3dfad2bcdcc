//! `rig graph`: the workflows as trees or graphs, colored by state.

use rigkit_engine::{
    graph::{Graph, GraphsDocument, draw_svg},
    plan::WorkflowPlan,
};

use crate::{
    arguments::GraphOptions,
    context::Context,
    failure::{Exit, Failure},
    graph::{GraphFormat, dot, mermaid, tree},
    output,
};

/// Draws the workflows.
pub(super) fn run(options: &GraphOptions, context: &Context) -> Result<Exit, Failure> {
    let engine = context.engine()?;
    let definition = engine.definition()?;
    let plans: Vec<WorkflowPlan> =
        engine.plan_definition(&definition, context.options.workflow.as_deref())?;
    let graphs: Vec<Graph> = plans
        .into_iter()
        .filter_map(|plan| Some(Graph::new(definition.workflow(&plan.workflow)?, plan)))
        .collect();
    let format = if context.options.json {
        GraphFormat::Json
    } else {
        options.format
    };
    match format {
        GraphFormat::Json => output::document(&GraphsDocument::new(&graphs))?,
        GraphFormat::Tree => output::lines(&tree::draw(&graphs))?,
        GraphFormat::Dot => output::data(&dot::draw(&graphs))?,
        GraphFormat::Mermaid => output::data(&mermaid::draw(&graphs))?,
        GraphFormat::Svg => output::data(&draw_svg(&graphs)?)?,
    }
    Ok(Exit::Done)
}
