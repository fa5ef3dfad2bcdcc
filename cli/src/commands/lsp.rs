//! `rig lsp`: serves an editor, until it leaves.

use rigkit_engine::confined::Evaluator;
use rigkit_lsp::{Ending, ServerOptions, serve};

use crate::{
    context::{self, Context},
    failure::{Exit, Failure},
};

/// Serves the editor on standard input and output.
pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let named = context.options.config.is_some();
    let config = named.then(|| context.project().cloned()).transpose()?;
    let limits = context::limits()?;
    let host_dir = context::host_directory();
    let options = ServerOptions {
        variables: context::utf8_variables()
            .collect::<std::collections::BTreeMap<_, _>>()
            .into(),
        undecodable_variables: context::undecodable_variables().into(),
        limits,
        evaluator: Some(Evaluator::kept_ready(None, limits)),
        host_storage_dir: context::host_storage_directory(&host_dir),
        host_dir,
        config,
        who: context::who(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    match serve(options).map_err(Failure::Output)? {
        Ending::Orderly => Ok(Exit::Done),
        // The protocol asks for this exit code where no goodbye was said.
        Ending::Abrupt => Ok(Exit::Failed),
    }
}
