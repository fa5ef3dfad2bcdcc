//! The sandbox in which definitions evaluate: a language runtime without files, processes
//! or network.

mod causes;
mod common_js;
pub(crate) mod compiled;
mod cpu_meter;
pub(crate) mod globals;
mod heap;
pub(crate) mod json;
mod limits;
pub(crate) mod loader;
pub(crate) mod node_builtins;
pub(crate) mod realm;
mod secrets;
pub(crate) mod text;
pub(crate) mod thrown;
mod variables;

pub(crate) use cpu_meter::CpuMeter;
pub use limits::SandboxLimits;
pub(crate) use limits::{check_limits, thread_time};
pub(crate) use secrets::StreamMask;
pub use secrets::{MASK, Secrets};
pub use thrown::{Frame, Thrown};
pub use variables::Variables;

pub(crate) const PROVIDER_HOST_SOURCE: &str =
    include_str!("../runtime/javascript/provider_host.js");

const ZOD_MISSING: &str = include_str!("javascript/zod_missing.js");

/// Says where `z` of the SDK comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zod {
    /// From the project's own zod.
    Installed,
    /// From nowhere: using it throws.
    Missing,
}

/// Writes the module `@rigkit/sdk`.
pub(crate) fn sdk_source(zod: Zod) -> String {
    let sdk = compiled::SDK;
    match zod {
        Zod::Installed => format!("export * from \"{sdk}\";\nexport {{ z }} from \"zod\";\n"),
        Zod::Missing => format!("export * from \"{sdk}\";\n{ZOD_MISSING}"),
    }
}
