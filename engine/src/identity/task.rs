//! The identity of a task: what has to be the same for a stored run to be reusable.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    canonical::{canonical_json, hash_json},
    fingerprints::{Capture, FingerprintId, Fingerprints},
    secret::SecretDigests,
};
use crate::{
    definition::{Definition, OutputSchema, Scope, Task, TaskIndex, Workflow},
    digest::{Digest, hash_parts},
    error::EngineError,
    error_cause::with_texts,
    state::{RunId, StoredComponent},
};

/// The version of the scheme by which identities are made.
const FORMAT: &str = "4";

/// Names the parts of an identity, in the order in which a change of them is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ComponentName {
    Format,
    Path,
    Version,
    Handler,
    Config,
    Output,
    Providers,
    Upstream,
    /// What the checks of the providers found. It is known only to a plan that asks them,
    /// so it is kept beside the identity and compared only then.
    Checks,
}

impl ComponentName {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Path => "path",
            Self::Version => "version",
            Self::Handler => "handler",
            Self::Config => "config",
            Self::Output => "output",
            Self::Providers => "providers",
            Self::Upstream => "upstream",
            Self::Checks => "checks",
        }
    }
}

/// Is the printable value of the component `handler`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HandlerValue {
    pub(crate) body: Digest,
    pub(crate) captures: Vec<Capture>,
}

/// Is one provider in the printable value of the component `providers`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ProviderValue {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) config: Digest,
    pub(crate) plugin: Digest,
}

/// Is one run in the printable value of the component `upstream`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UpstreamValue {
    pub(crate) path: String,
    pub(crate) run: RunId,
}

/// Computes the identities of the tasks of one workflow; what tasks share is hashed once.
pub(crate) struct Identities<'a> {
    workflow: &'a Workflow,
    fingerprints: &'a Fingerprints,
    secrets: &'a SecretDigests,
    scopes: Vec<ScopeParts>,
    fixed: Vec<Digest>,
}

struct ScopeParts {
    config: Digest,
    providers: Digest,
    provider_values: Vec<ProviderValue>,
}

impl<'a> Identities<'a> {
    /// Prepares the identities of a workflow.
    ///
    /// # Errors
    /// Where the configuration of a provider that a task sees cannot be resolved.
    pub(crate) fn new(
        definition: &'a Definition,
        workflow: &'a Workflow,
        secrets: &'a SecretDigests,
    ) -> Result<Self, EngineError> {
        let scopes = workflow
            .scopes
            .iter()
            .enumerate()
            .map(|(index, scope)| scope_parts(definition, workflow, index, scope, secrets))
            .collect::<Result<Vec<_>, _>>()?;
        let mut identities = Self {
            workflow,
            fingerprints: &definition.fingerprints,
            secrets,
            scopes,
            fixed: Vec::new(),
        };
        identities.fixed = workflow
            .tasks
            .iter()
            .map(|task| identities.fixed_part(task))
            .collect();
        Ok(identities)
    }

    /// Gives the identity of a task that runs after these runs, which must be sorted.
    pub(crate) fn identity(&self, task: TaskIndex, upstream: &[RunId]) -> Digest {
        let upstream = upstream_hash(upstream);
        hash_parts(
            "identity",
            [&self.fixed[task.0].as_bytes()[..], upstream.as_bytes()],
        )
    }

    /// Gives every component of an identity with its printable value, to be stored with a run.
    pub(crate) fn components(
        &self,
        index: TaskIndex,
        upstream: &[RunId],
        paths: &[UpstreamValue],
    ) -> Vec<StoredComponent> {
        let task = self.workflow.task(index);
        let scope = &self.scopes[task.scope.0];
        let hashes = self.fixed_hashes(task);
        let handler = self.handler_value(task.handler.fingerprint);
        let config = Value::Object(self.workflow.scope(task.scope).config.clone());
        let values = [
            Some(FORMAT.to_owned()),
            Some(task.path.to_string()),
            task.options
                .version
                .as_ref()
                .map(|version| self.secrets.mask_text(version)),
            to_text(&handler),
            Some(canonical_json(&self.secrets.mask(&config))),
            self.output_value(task),
            to_text(&scope.provider_values),
        ];
        let mut components: Vec<StoredComponent> = FIXED
            .iter()
            .zip(hashes)
            .zip(values)
            .map(|((name, hash), value)| component(*name, hash, value))
            .collect();
        components.push(component(
            ComponentName::Upstream,
            upstream_hash(upstream),
            to_text(&paths),
        ));
        components
    }

    fn handler_value(&self, fingerprint: FingerprintId) -> HandlerValue {
        let mut captures = self.fingerprints.captures(fingerprint);
        for capture in &mut captures {
            capture.fingerprint = with_secrets(capture.fingerprint, &capture.secrets, self.secrets);
            capture.value = capture
                .value
                .as_deref()
                .map(|value| self.secrets.mask_text(value));
        }
        HandlerValue {
            body: self.fingerprints.body(fingerprint),
            captures,
        }
    }

    fn fixed_part(&self, task: &Task) -> Digest {
        let hashes = self.fixed_hashes(task);
        hash_parts("fixed", hashes.iter().map(|hash| &hash.as_bytes()[..]))
    }

    fn fixed_hashes(&self, task: &Task) -> [Digest; 7] {
        let scope = &self.scopes[task.scope.0];
        let version = task
            .options
            .version
            .as_ref()
            .map(|version| self.secrets.digest_text(version));
        let path = [
            self.workflow.name.as_bytes(),
            task.path.as_bytes(),
            task.name.as_bytes(),
        ];
        [
            hash_parts("format", [FORMAT.as_bytes()]),
            hash_parts("path", path),
            hash_parts("version", version.as_deref().map(str::as_bytes)),
            sealed(self.fingerprints, task.handler.fingerprint, self.secrets),
            scope.config,
            self.output_hash(task),
            scope.providers,
        ]
    }

    fn output_hash(&self, task: &Task) -> Digest {
        match &task.options.output {
            None => hash_parts("output", []),
            Some(OutputSchema::JsonSchema { schema, .. }) => {
                hash_json("output-json-schema", &self.secrets.digest(schema))
            }
            Some(OutputSchema::Code { fingerprint, .. }) => {
                let hash = sealed(self.fingerprints, *fingerprint, self.secrets);
                hash_parts("output-code", [&hash.as_bytes()[..]])
            }
        }
    }

    fn output_value(&self, task: &Task) -> Option<String> {
        match &task.options.output {
            Some(OutputSchema::JsonSchema { schema, .. }) => {
                Some(canonical_json(&self.secrets.mask(schema)))
            }
            _ => None,
        }
    }
}

/// Gives the whole of a fingerprint; a secret enters it as a keyed digest only.
fn sealed(fingerprints: &Fingerprints, id: FingerprintId, secrets: &SecretDigests) -> Digest {
    let hash = fingerprints.hash(id);
    let found = fingerprints.secrets(id);
    with_secrets(hash, &found, secrets)
}

/// Returns a digest that tells secrets apart, with a keyed digest of each.
fn with_secrets(hash: Digest, texts: &[impl AsRef<str>], secrets: &SecretDigests) -> Digest {
    if texts.is_empty() {
        return hash;
    }
    let keyed: Vec<_> = texts
        .iter()
        .map(|text| secrets.digest_text(text.as_ref()))
        .collect();
    let parts =
        std::iter::once(&hash.as_bytes()[..]).chain(keyed.iter().map(|text| text.as_bytes()));
    hash_parts("sealed", parts)
}

const FIXED: [ComponentName; 7] = [
    ComponentName::Format,
    ComponentName::Path,
    ComponentName::Version,
    ComponentName::Handler,
    ComponentName::Config,
    ComponentName::Output,
    ComponentName::Providers,
];

fn component(name: ComponentName, hash: Digest, value: Option<String>) -> StoredComponent {
    StoredComponent {
        name: name.as_str().to_owned(),
        hash,
        value,
    }
}

fn scope_parts(
    definition: &Definition,
    workflow: &Workflow,
    index: usize,
    scope: &Scope,
    secrets: &SecretDigests,
) -> Result<ScopeParts, EngineError> {
    let mut values = Vec::new();
    for (name, provider) in &scope.providers {
        let provider = definition.provider(*provider);
        let config = provider
            .config
            .as_ref()
            .map_err(|thrown| EngineError::ProviderConfig {
                provider: name.to_string(),
                needed_by: user_of_scope(workflow, index),
                message: secrets.mask_text(&thrown.message),
                causes: with_texts(thrown.causes.clone(), &|text| secrets.mask_text(text)),
                range: definition.range(&provider.place),
            })?;
        values.push(ProviderValue {
            name: name.to_string(),
            id: provider.provider_id.clone(),
            config: hash_json("provider-config", &secrets.digest(config)),
            plugin: sealed(&definition.fingerprints, provider.plugin, secrets),
        });
    }
    let hashes: Vec<Digest> = values.iter().map(provider_hash).collect();
    Ok(ScopeParts {
        config: hash_json(
            "config",
            &secrets.digest(&Value::Object(scope.config.clone())),
        ),
        providers: hash_parts("providers", hashes.iter().map(|hash| &hash.as_bytes()[..])),
        provider_values: values,
    })
}

fn provider_hash(provider: &ProviderValue) -> Digest {
    hash_parts(
        "provider",
        [
            provider.name.as_bytes(),
            provider.id.as_bytes(),
            provider.config.as_bytes(),
            provider.plugin.as_bytes(),
        ],
    )
}

fn user_of_scope(workflow: &Workflow, scope: usize) -> String {
    let task = workflow.tasks.iter().find(|task| task.scope.0 == scope);
    task.map_or_else(|| workflow.name.to_string(), |task| task.path.to_string())
}

fn upstream_hash(upstream: &[RunId]) -> Digest {
    hash_parts(
        "upstream",
        upstream.iter().map(|run| run.as_str().as_bytes()),
    )
}

fn to_text(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// Hashes what the checks of providers found, by provider name.
pub(crate) fn checks_component(
    fingerprints: &HashMap<Arc<str>, Vec<String>>,
    scope: &Scope,
    secrets: &SecretDigests,
) -> Option<StoredComponent> {
    let found: serde_json::Map<String, Value> = scope
        .providers
        .keys()
        .filter_map(|name| Some((name.to_string(), json!(fingerprints.get(name)?))))
        .collect();
    if found.is_empty() {
        return None;
    }
    let found = Value::Object(found);
    let hash = hash_json("checks", &secrets.digest(&found));
    Some(component(
        ComponentName::Checks,
        hash,
        Some(canonical_json(&secrets.mask(&found))),
    ))
}
