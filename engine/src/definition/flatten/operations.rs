//! Workspaces and operations of a workflow, judged where they are written.

use super::{
    Arc, Diagnostic, DiagnosticCode, Flattening, Function, JsValue, Object, Operation, Place,
    Position, RESERVED_OPERATION_IDS, Scope, Standing, WorkspaceDefinition,
};
use crate::definition::options::{OPERATION, WORKSPACE};

impl<'js> Flattening<'_, '_, 'js> {
    pub(super) fn workspace(
        &mut self,
        value: &JsValue<'js>,
        site: &Place,
        scope: &Scope,
        sequence: &Position,
    ) -> rquickjs::Result<()> {
        let graph = self.extractor.graph;
        if sequence.standing != Standing::Root {
            let help = "define the workspace on the sequence that is exported";
            let message = "a nested sequence cannot define a workspace";
            self.extractor.refuse(
                DiagnosticCode::MisplacedWorkspace,
                message,
                site.range(graph),
                help,
            );
            return Ok(());
        }
        if let Some(first) = &self.workspace {
            let problem = Diagnostic::error(
                DiagnosticCode::MisplacedWorkspace,
                "the workflow defines a workspace twice",
            )
            .at(site.range(graph))
            .related("the first one", first.place.range(graph));
            self.extractor.report(problem);
            return Ok(());
        }
        let meant = match value.as_object() {
            Some(options) => self
                .extractor
                .check_option_names(options, &WORKSPACE, &[], site)?,
            None => Vec::new(),
        };
        let create = self.hook(value, "create", &meant, site)?;
        let remove = self.hook(value, "remove", &meant, site)?;
        if let (Some(create), Some(remove)) = (create, remove) {
            let scope = self.scope(scope);
            self.workspace = Some(WorkspaceDefinition {
                place: site.clone(),
                create: self.extractor.handler(&create)?,
                remove: self.extractor.handler(&remove)?,
                scope,
            });
        }
        Ok(())
    }

    fn hook(
        &mut self,
        value: &JsValue<'js>,
        name: &str,
        meant: &[&str],
        site: &Place,
    ) -> rquickjs::Result<Option<Function<'js>>> {
        let hook = match value.as_object() {
            Some(definition) => definition.get::<_, JsValue>(name)?,
            None => JsValue::new_undefined(self.extractor.ctx.clone()),
        };
        let function = hook.as_function().cloned();
        // A misspelt name is told where it is written.
        if function.is_none() && !meant.contains(&name) {
            let range = site.property(self.extractor.graph, &[name]);
            let message = format!("the workspace has no function `{name}`");
            let help = "workspace({ create: async ({ workspace }) => ({ … }), remove: async ({ workspace }) => { … } })";
            self.extractor
                .refuse(DiagnosticCode::InvalidWorkspace, message, range, help);
        }
        Ok(function)
    }

    pub(super) fn operation(
        &mut self,
        value: &JsValue<'js>,
        site: &Place,
        scope: &Scope,
        sequence: &Position,
        kind: OperationKind,
    ) -> rquickjs::Result<()> {
        let graph = self.extractor.graph;
        if sequence.standing != Standing::Root {
            let message = "a nested sequence cannot define an operation";
            let help = "define the operation on the sequence that is exported";
            self.extractor.refuse(
                DiagnosticCode::MisplacedOperation,
                message,
                site.range(graph),
                help,
            );
            return Ok(());
        }
        let Some(definition) = value.as_object() else {
            return Ok(());
        };
        let Some(id) = self.operation_id(definition, site, kind)? else {
            return Ok(());
        };
        let meant = self.operation_options(definition, site)?;
        let run: JsValue = definition.get("run")?;
        let Some(run) = run.as_function().cloned() else {
            if meant.contains(&"run") {
                return Ok(());
            }
            let message = format!("the operation `{id}` has no function `run`");
            let range = site.property(graph, &["run"]);
            let help = "operation(id, { run: async ({ input }) => { … } })";
            self.extractor
                .refuse(DiagnosticCode::InvalidOperation, message, range, help);
            return Ok(());
        };
        let Some(input) = self.extractor.operation_input(definition, site, &id)? else {
            return Ok(());
        };
        let operation = Operation {
            title: self.extractor.text_option(definition, "title", site)?,
            description: self
                .extractor
                .text_option(definition, "description", site)?,
            run: self.extractor.handler(&run)?,
            scope: self.scope(scope),
            place: site.clone(),
            id,
            input,
        };
        self.operations_of(kind).push(operation);
        Ok(())
    }

    /// Judges the names of the options of an operation, to which the builder has added the id. What is no
    /// object at all is kept under a name of its own.
    fn operation_options(
        &mut self,
        definition: &Object<'js>,
        site: &Place,
    ) -> rquickjs::Result<Vec<&'static str>> {
        if definition.contains_key("definition")? && !definition.contains_key("run")? {
            return Ok(Vec::new());
        }
        self.extractor
            .check_option_names(definition, &OPERATION, &["id"], site)
    }

    fn operation_id(
        &mut self,
        definition: &Object<'js>,
        site: &Place,
        kind: OperationKind,
    ) -> rquickjs::Result<Option<Arc<str>>> {
        let id: JsValue = definition.get("id")?;
        let Some(id) = self.extractor.name_text(&id, site, "an operation") else {
            return Ok(None);
        };
        let range = site.argument(self.extractor.graph, 0);
        if RESERVED_OPERATION_IDS.contains(&&*id) {
            let message =
                format!("`{id}` cannot be the id of an operation: it is a command of rig");
            self.extractor
                .refuse(DiagnosticCode::ReservedOperation, message, range, "");
            return Ok(None);
        }
        if kind == OperationKind::Workspace && id.contains('/') {
            let message = format!("the id of a workspace operation cannot have a `/`: `{id}`");
            let help = "a workspace operation is addressed as `workspace/operation`";
            self.extractor
                .refuse(DiagnosticCode::InvalidOperationId, message, range, help);
            return Ok(None);
        }
        let known = self
            .operations_of(kind)
            .iter()
            .find(|operation| operation.id == id);
        if let Some(first) = known.map(|operation| operation.place.clone()) {
            let graph = self.extractor.graph;
            let problem = Diagnostic::error(
                DiagnosticCode::DuplicateOperation,
                format!("two operations have the id `{id}`"),
            )
            .at(range)
            .related("the first one", first.argument(graph, 0));
            self.extractor.report(problem);
            return Ok(None);
        }
        Ok(Some(id))
    }

    fn operations_of(&mut self, kind: OperationKind) -> &mut Vec<Operation> {
        match kind {
            OperationKind::Project => &mut self.operations,
            OperationKind::Workspace => &mut self.workspace_operations,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OperationKind {
    Project,
    Workspace,
}
