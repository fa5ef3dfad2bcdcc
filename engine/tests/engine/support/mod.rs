//! A project in a temporary directory, an engine on it, and what runs of it leave behind.

mod host;
mod project;
mod recording;
mod text;

pub use host::FakeHost;
pub use project::TestProject;
pub use recording::Recording;
pub use text::{failure_lines, fixture_files, lines};

/// Is a module with a provider whose runtime is `local`: commands, prompts and all that.
pub const TOOLS: &str = r#"
//- /tools.ts
import { defineProvider } from "@rigkit/sdk";
export const tools = defineProvider("tools", {}, {
  providerId: "tools",
  createProvider: () => ({ providerId: "tools", runtime: ({ local }) => local }),
});
"#;
