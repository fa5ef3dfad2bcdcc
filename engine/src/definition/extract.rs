//! From what the builders noted to a definition: every rule is judged here, so that all
//! that is wrong is reported at once and at the place it was written.

use std::{collections::HashMap, sync::Arc};

use rquickjs::{Ctx, Function, Object, Value as JsValue};

use super::{
    flatten::flatten,
    model::{Definition, HandlerRef, ValueHandle, Workflow},
    place::Place,
    provider::ProviderIndex,
    provider_extract::FoundProvider,
    warnings::warnings,
};
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    identity::{Fingerprinter, shortened},
    modules::ModuleGraph,
    project::LoadOptions,
    sandbox::{
        json::display,
        loader::rigkit,
        realm::Realm,
        text::member_names,
        thrown::{Thrown, bounded},
    },
    source::SourceRange,
};

/// Reads the definition that a realm has evaluated, from the exports of its config.
pub(crate) fn extract<'js>(
    realm: &Realm,
    ctx: &Ctx<'js>,
    exports: &Object<'js>,
    options: &LoadOptions,
) -> Result<Definition, Vec<Diagnostic>> {
    let fingerprints = Fingerprinter::new(ctx, &realm.graph, options)
        .map_err(|error| vec![realm.explain(ctx, &error)])?;
    let mut extractor = Extractor {
        realm,
        ctx: ctx.clone(),
        graph: &realm.graph,
        fingerprints,
        problems: Vec::new(),
        providers: Vec::new(),
        providers_by_value: HashMap::new(),
    };
    let workflows = extractor.workflows(exports);
    let workflows = extractor.or_problem(workflows).unwrap_or_default();
    let providers = extractor.finish_providers();
    let providers = extractor.or_problem(providers).unwrap_or_default();
    if !extractor.problems.is_empty() {
        return Err(without_repetitions(extractor.problems));
    }
    let fingerprints = extractor
        .fingerprints
        .finish()
        .map_err(|error| vec![realm.explain(ctx, &error)])?;
    let mut definition = Definition {
        warnings: Vec::new(),
        workflows,
        providers,
        graph: Arc::clone(&realm.graph),
        fingerprints,
        console: Vec::new(),
        missed_variables: options.variables.missed_names(),
        secrets: options.variables.secrets().clone(),
    };
    definition.warnings = without_repetitions(warnings(&definition));
    Ok(definition)
}

/// A call in a loop or a factory is wrong every time it is made; once is enough to say so.
fn without_repetitions(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut told: Vec<Diagnostic> = Vec::new();
    for problem in problems {
        if told.len() < MAX_PROBLEMS && !told.contains(&problem) {
            told.push(problem);
        }
    }
    told
}

/// Nobody reads more than that at once.
const MAX_PROBLEMS: usize = 200;

/// Collects a definition and everything that is wrong with it.
pub(super) struct Extractor<'a, 'js> {
    pub(super) realm: &'a Realm,
    pub(super) ctx: Ctx<'js>,
    pub(super) graph: &'a Arc<ModuleGraph>,
    pub(super) fingerprints: Fingerprinter<'a, 'js>,
    problems: Vec<Diagnostic>,
    pub(super) providers: Vec<FoundProvider<'js>>,
    pub(super) providers_by_value: HashMap<ValueHandle, ProviderIndex>,
}

impl<'js> Extractor<'_, 'js> {
    /// Notes a problem.
    pub(super) fn refuse(
        &mut self,
        code: DiagnosticCode,
        message: impl Into<String>,
        range: Option<SourceRange>,
        help: &str,
    ) {
        let problem = Diagnostic::error(code, bounded(message.into())).at(range);
        self.problems.push(if help.is_empty() {
            problem
        } else {
            problem.help(help)
        });
    }

    /// Notes a problem that is already made.
    pub(super) fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// Turns a failure of the language, such as a getter that throws, into a problem.
    pub(super) fn or_problem<T>(&mut self, result: rquickjs::Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                let problem = self.realm.explain(&self.ctx, &error);
                self.problems.push(problem);
                None
            }
        }
    }

    /// Takes the exception that is pending.
    pub(super) fn thrown(&self) -> Thrown {
        Thrown::catch(&self.ctx, self.graph)
    }

    /// Keeps a value in the sandbox, so that it can be named from outside.
    pub(super) fn keep(&self, value: JsValue<'js>) -> rquickjs::Result<ValueHandle> {
        let keep: Function = rigkit(&self.ctx)?.get("keep")?;
        keep.call((value,)).map(ValueHandle)
    }

    /// Keeps a handler and fingerprints it.
    pub(super) fn handler(&mut self, function: &Function<'js>) -> rquickjs::Result<HandlerRef> {
        Ok(HandlerRef {
            function: self.keep(function.clone().into_value())?,
            fingerprint: self.fingerprints.read(function.as_value())?,
        })
    }

    /// Reads the place a builder noted in a node, an entry or a provider.
    pub(super) fn place(&self, object: &Object<'js>) -> Place {
        match object.get::<_, JsValue>("site") {
            Ok(site) => Place::from_site(&site, self.graph),
            Err(_) => Place::Unknown,
        }
    }

    fn workflows(&mut self, exports: &Object<'js>) -> rquickjs::Result<Vec<Workflow>> {
        let default: JsValue = exports.get("default")?;
        let (roots, config) = match default.as_object() {
            Some(config) if kind_of(config)? == "rigkit.config" => {
                (self.config_roots(config)?, Some(config))
            }
            Some(node) if is_node(node)? => (vec![node.clone()], None),
            _ if !default.is_undefined() => {
                self.not_a_config(&default);
                return Ok(Vec::new());
            }
            _ => (self.named_roots(exports)?, None),
        };
        if roots.is_empty() && self.problems.is_empty() {
            self.no_workflow();
        }
        let mut workflows = Vec::new();
        for root in roots {
            let workflow = flatten(self, &root, config)?;
            workflows.extend(workflow);
        }
        self.check_unique_names(&workflows);
        Ok(workflows)
    }

    fn config_roots(&mut self, config: &Object<'js>) -> rquickjs::Result<Vec<Object<'js>>> {
        let place = self.place(config);
        let workflows: JsValue = config.get("workflows")?;
        let Some(workflows) = workflows.as_object() else {
            let range = place.property(self.graph, &["workflows"]);
            let help = "give `workflows` an object of workflows: `workflows: { web }`";
            self.refuse(
                DiagnosticCode::NoWorkflow,
                "the config names no workflows",
                range,
                help,
            );
            return Ok(Vec::new());
        };
        let mut roots = Vec::new();
        for (name, key) in member_names(workflows)? {
            let key_text = name.text;
            let value: JsValue = workflows.get(key)?;
            match value.as_object() {
                Some(node) if is_node(node)? => roots.push(node.clone()),
                _ => {
                    let range = place.property(self.graph, &["workflows", &key_text]);
                    let message = format!(
                        "`workflows.{key_text}` is not a workflow but {}",
                        describe(&self.ctx, &value)
                    );
                    let help = "a workflow is what `workflow(name).sequence(name)` and the calls on it give";
                    self.refuse(DiagnosticCode::NotANode, message, range, help);
                }
            }
        }
        Ok(roots)
    }

    fn named_roots(&mut self, exports: &Object<'js>) -> rquickjs::Result<Vec<Object<'js>>> {
        let mut roots: Vec<Object<'js>> = Vec::new();
        for key in exports.keys::<String>() {
            let key = key?;
            let value: JsValue = exports.get(key.as_str())?;
            let Some(object) = value.as_object() else {
                continue;
            };
            if is_node(object)? && !roots.contains(object) {
                roots.push(object.clone());
            }
        }
        let workflows: JsValue = exports.get("workflows")?;
        match workflows.as_object() {
            Some(object) if roots.is_empty() && !is_node(object)? => {
                let config = Object::new(self.ctx.clone())?;
                config.set("workflows", object.clone())?;
                self.config_roots(&config)
            }
            _ => Ok(roots),
        }
    }

    fn not_a_config(&mut self, value: &JsValue<'js>) {
        let message = format!(
            "the default export is neither a config nor a workflow but {}",
            describe(&self.ctx, value)
        );
        let help =
            "export default defineConfig({ workflows: { … } }), or export the workflows by name";
        let entry = self.graph.module(ModuleGraph::ENTRY);
        let range = entry.range(&entry.default_export.clone().unwrap_or_default());
        self.refuse(DiagnosticCode::NoWorkflow, message, Some(range), help);
    }

    fn no_workflow(&mut self) {
        let entry = self.graph.module(ModuleGraph::ENTRY).range(&(0..0));
        self.refuse(
            DiagnosticCode::NoWorkflow,
            "the config exports no workflow",
            Some(entry),
            SMALLEST_CONFIG,
        );
    }

    fn check_unique_names(&mut self, workflows: &[Workflow]) {
        let mut first: HashMap<&str, &Workflow> = HashMap::new();
        for workflow in workflows {
            let Some(other) = first.insert(&workflow.name, workflow) else {
                continue;
            };
            let problem = Diagnostic::error(
                DiagnosticCode::DuplicateWorkflow,
                format!("two workflows are named `{}`", workflow.name),
            )
            .at(workflow.place.argument(self.graph, 0))
            .related("the first one", other.place.argument(self.graph, 0))
            .help("a workflow's name is the one given to `workflow(name)`; export one node of it");
            self.problems.push(problem);
        }
    }
}

const SMALLEST_CONFIG: &str = "the smallest config that works:

    import { workflow } from \"@rigkit/sdk\";

    export const app = workflow(\"app\")
      .sequence(\"app\")
      .task(\"hello\", () => ({ ctx: { greeting: \"hello\" } }));";

/// Gives the `kind` of a value of the SDK, or nothing.
pub(super) fn kind_of(object: &Object<'_>) -> rquickjs::Result<String> {
    let kind: JsValue = object.get("kind")?;
    Ok(kind
        .as_string()
        .and_then(|kind| kind.to_string().ok())
        .unwrap_or_default())
}

/// Says whether a value is a task, a sequence or a parallel node.
pub(super) fn is_node(object: &Object<'_>) -> rquickjs::Result<bool> {
    Ok(kind_of(object)? == "rigkit.workflow-node")
}

/// Names what a value is, for a message.
pub(super) fn describe<'js>(ctx: &Ctx<'js>, value: &JsValue<'js>) -> String {
    if value.is_function() {
        return "a function".to_owned();
    }
    if value.is_string() {
        return format!("the text {:?}", shortened(&display(ctx, value)));
    }
    match value.as_object() {
        Some(_) if value.is_array() => "an array".to_owned(),
        Some(object) => match kind_of(object) {
            Ok(kind) if !kind.is_empty() => format!("an object of kind `{kind}`"),
            _ => "an object".to_owned(),
        },
        None => format!("`{}`", shortened(&display(ctx, value))),
    }
}
