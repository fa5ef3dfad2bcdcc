//! The documented JSON Schemas, which everything that `rig` writes has to fit.

use std::{
    collections::HashMap,
    error::Error,
    fs,
    path::PathBuf,
    sync::{Arc, LazyLock, Mutex},
};

use jsonschema::{Retrieve, Uri, Validator};
use serde_json::Value;

/// Demands that a document fits a schema of `docs/schema`.
///
/// # Panics
/// Where it does not.
pub fn check_document(schema: &str, document: &Value) {
    let validator = validator(schema);
    let problems: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(
        problems.is_empty(),
        "{document:#}\ndoes not fit {schema}: {problems:#?}"
    );
}

fn validator(schema: &str) -> Arc<Validator> {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> =
        LazyLock::new(Mutex::default);
    let mut validators = VALIDATORS.lock().unwrap();
    let validator = validators.entry(schema.to_owned()).or_insert_with(|| {
        let options = jsonschema::options().with_base_uri("json-schema:///schema.json");
        Arc::new(
            options
                .with_retriever(Neighbours)
                .build(&read(schema))
                .unwrap(),
        )
    });
    Arc::clone(validator)
}

/// Finds the schemas that one refers to by file name.
struct Neighbours;

impl Retrieve for Neighbours {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        Ok(read(uri.path().as_str().trim_start_matches('/')))
    }
}

fn read(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/schema")
        .join(name);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}
