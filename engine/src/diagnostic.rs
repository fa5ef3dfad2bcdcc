//! What is wrong with a project, where, and what to do about it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    error_cause::{self, ErrorCause},
    sandbox::Secrets,
    source::SourceRange,
};

/// Is one problem with a definition, made to be shown to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// Which rule it breaks.
    pub code: DiagnosticCode,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where it is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<SourceRange>,
    /// Other places that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedPlace>,
    /// What stands behind an error that the definition threw.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<ErrorCause>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Is a place that helps to understand a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedPlace {
    /// What is there.
    pub message: String,
    /// Where it is.
    pub range: SourceRange,
}

/// Tells an error from a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be done until it is mended.
    Error,
    /// Work goes on, but not as well as it could.
    Warning,
}

macro_rules! diagnostic_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal,)+) => {
        /// Names each rule that a definition can break.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum DiagnosticCode {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $variant,)+
        }

        impl DiagnosticCode {
            /// Lists every code.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Gives the code as it is written.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }
        }
    };
}

diagnostic_codes! {
    /// The text is not TypeScript.
    SyntaxError = "syntax-error",
    /// A module cannot be read.
    UnreadableModule = "unreadable-module",
    /// A module of the project belongs to another user.
    ForeignFile = "foreign-file",
    /// A module is larger or deeper than what is accepted.
    ModuleTooLarge = "module-too-large",
    /// An import leads nowhere.
    UnresolvedImport = "unresolved-import",
    /// A relative import leaves the project.
    ImportOutsideProject = "import-outside-project",
    /// A module does not export what is imported from it.
    MissingExport = "missing-export",
    /// The definition threw.
    DefinitionThrew = "definition-threw",
    /// The definition waits for something that never comes.
    DefinitionNeverSettles = "definition-never-settles",
    /// The definition used more processor time than allowed.
    TimeLimit = "time-limit",
    /// The definition used more memory than allowed.
    MemoryLimit = "memory-limit",
    /// The config has no workflow.
    NoWorkflow = "no-workflow",
    /// Two workflows have one name.
    DuplicateWorkflow = "duplicate-workflow",
    /// Something without a name.
    EmptyName = "empty-name",
    /// A name that is too long, or that cannot be shown.
    InvalidName = "invalid-name",
    /// Two tasks have one name or one path.
    DuplicateTask = "duplicate-task",
    /// A task without a handler.
    MissingHandler = "missing-handler",
    /// Something that is not a task, sequence or parallel node.
    NotANode = "not-a-node",
    /// A provider's name cannot be used.
    ReservedProviderName = "reserved-provider-name",
    /// Something that is not a provider.
    NotAProvider = "not-a-provider",
    /// A provider has no plugin.
    ProviderWithoutPlugin = "provider-without-plugin",
    /// A removed provider is not in scope.
    UnknownProvider = "unknown-provider",
    /// An operation id cannot be used.
    ReservedOperation = "reserved-operation",
    /// Two operations have one id.
    DuplicateOperation = "duplicate-operation",
    /// An id of a workspace operation is malformed.
    InvalidOperationId = "invalid-operation-id",
    /// An operation is not defined as it has to be.
    InvalidOperation = "invalid-operation",
    /// A workspace is not defined as it has to be.
    InvalidWorkspace = "invalid-workspace",
    /// A second workspace, or one in a nested node.
    MisplacedWorkspace = "misplaced-workspace",
    /// An operation in a nested node.
    MisplacedOperation = "misplaced-operation",
    /// A configuration that is not JSON.
    NotJson = "not-json",
    /// A duration that is none.
    InvalidCacheTtl = "invalid-cache-ttl",
    /// A task option that does not exist or has the wrong kind.
    InvalidOption = "invalid-option",
    /// A schema that is none.
    InvalidSchema = "invalid-schema",
    /// A handler cannot be fully seen by its fingerprint.
    UnseenCapture = "unseen-capture",
    /// A handler changes what it captures.
    AssignedCapture = "assigned-capture",
    /// The value of a secret cannot be told from text.
    WeakSecret = "weak-secret",
}

impl fmt::Display for DiagnosticCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Diagnostic {
    /// Makes an error.
    #[must_use]
    pub fn error(code: DiagnosticCode, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            range: None,
            related: Vec::new(),
            causes: Vec::new(),
            help: None,
        }
    }

    /// Keeps secrets out of what it says.
    #[must_use]
    pub fn masked(mut self, secrets: &Secrets) -> Self {
        self.message = secrets.mask(&self.message);
        self.help = self.help.map(|help| secrets.mask(&help));
        for place in &mut self.related {
            place.message = secrets.mask(&place.message);
        }
        self.causes = error_cause::with_texts(self.causes, &|text| secrets.mask(text));
        self
    }

    /// Makes it a warning.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Says where it is.
    #[must_use]
    pub fn at(mut self, range: impl Into<Option<SourceRange>>) -> Self {
        self.range = range.into();
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what stands behind it.
    #[must_use]
    pub fn caused_by(mut self, causes: Vec<ErrorCause>) -> Self {
        self.causes.extend(causes);
        self
    }

    /// Adds a place that belongs to it.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, range: Option<SourceRange>) -> Self {
        if let Some(range) = range {
            self.related.push(RelatedPlace {
                message: message.into(),
                range,
            });
        }
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}
