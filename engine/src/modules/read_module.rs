//! From the text of a file, or from inside the binary, to a module.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use rustc_hash::FxHashMap;

use super::{
    functions::ModuleFunctions,
    graph::IdentityUse,
    import::Import,
    module::{Module, ModuleOrigin},
    resolve::{BuiltInModule, is_installed},
    transpile::{Marks, ModuleFormat, SyntaxProblem, Transpiled, transpile},
    transpile_cache::TranspileCache,
};
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    sandbox::{PROVIDER_HOST_SOURCE, Zod, node_builtins, sdk_source},
    source::{LineColumn, without_byte_order_mark},
};

pub(super) fn built_in_module(built_in: BuiltInModule) -> Module {
    let code = match built_in {
        BuiltInModule::Sdk => sdk_source(Zod::Missing),
        BuiltInModule::ProviderHost => PROVIDER_HOST_SOURCE.to_owned(),
    };
    let mut module = plain_module(
        PathBuf::from(built_in.specifier()),
        ModuleOrigin::BuiltIn(built_in),
        code,
    );
    if built_in == BuiltInModule::ProviderHost {
        module.imports = vec![whole_import(BuiltInModule::Sdk.specifier())];
    }
    module
}

fn plain_module(path: PathBuf, origin: ModuleOrigin, code: String) -> Module {
    Module {
        path,
        origin,
        text: Arc::from(""),
        code,
        call_sites: Vec::new(),
        functions: ModuleFunctions::default(),
        imports: Vec::new(),
        default_export: None,
        format: ModuleFormat::EsModule,
        links: FxHashMap::default(),
        lines: OnceLock::new(),
    }
}

pub(super) fn node_module(name: &'static str) -> Module {
    plain_module(
        PathBuf::from(format!("node:{name}")),
        ModuleOrigin::Node(name),
        node_builtins::module_source(name),
    )
}

pub(super) fn whole_import(specifier: &str) -> Import {
    Import {
        specifier: specifier.to_owned(),
        span: 0..0,
        names: Vec::new(),
        is_namespace: true,
        is_dynamic: false,
    }
}

pub(super) fn wants_zod(module: &Module) -> bool {
    module.imports.iter().any(|import| {
        let names_zod = import.is_namespace || import.names.iter().any(|(name, _)| name == "z");
        import.specifier == BuiltInModule::Sdk.specifier() && names_zod
    })
}

pub(super) fn parse_module(
    path: &Path,
    text: Arc<str>,
    origin: ModuleOrigin,
    format: Option<ModuleFormat>,
    options: &ReadingOptions<'_>,
) -> Result<Module, Vec<Diagnostic>> {
    let mut module = plain_module(path.to_path_buf(), origin, String::new());
    module.text = text;
    match format {
        Some(ModuleFormat::Json) => {
            module.format = ModuleFormat::Json;
            module.code = json_module(&module)?;
        }
        Some(ModuleFormat::CommonJs) => module.format = ModuleFormat::CommonJs,
        Some(ModuleFormat::EsModule) => fill(&mut module, true, options)?,
        // A package file that does not say what it is: its syntax decides, as in Node.
        None => fill(&mut module, false, options).or_else(|problems| {
            module.format = ModuleFormat::CommonJs;
            if is_installed(&module.path) {
                Ok(())
            } else {
                Err(problems)
            }
        })?,
    }
    Ok(module)
}

/// Says how the text of a module is read.
pub(super) struct ReadingOptions<'a> {
    pub(super) cache: Option<&'a TranspileCache>,
    pub(super) identity: IdentityUse,
}

/// Returns how much of a module is marked.
pub(super) fn marks_of(origin: &ModuleOrigin, identity: IdentityUse) -> Marks {
    match (origin, identity) {
        (ModuleOrigin::Project, IdentityUse::Full) => Marks::All,
        (ModuleOrigin::Project, IdentityUse::None) => Marks::CallSites,
        _ => Marks::None,
    }
}

fn fill(
    module: &mut Module,
    is_es_module: bool,
    options: &ReadingOptions<'_>,
) -> Result<(), Vec<Diagnostic>> {
    let marks = marks_of(&module.origin, options.identity);
    let Transpiled {
        code,
        call_sites,
        functions,
        imports,
        default_export,
        has_module_syntax,
    } = match options.cache {
        Some(cache) => cache.transpile(&module.path, &module.text, marks),
        None => transpile(&module.path, &module.text, marks),
    }
    .map_err(|problems| syntax_errors(module, problems))?;
    let is_project = module.origin == ModuleOrigin::Project;
    if !is_es_module && !has_module_syntax && !is_project {
        module.format = ModuleFormat::CommonJs;
        return Ok(());
    }
    module.code = code;
    module.call_sites = call_sites;
    module.functions = functions;
    module.imports = imports;
    module.default_export = default_export;
    Ok(())
}

fn syntax_errors(module: &Module, problems: Vec<SyntaxProblem>) -> Vec<Diagnostic> {
    problems
        .into_iter()
        .map(|problem| {
            let diagnostic = Diagnostic::error(DiagnosticCode::SyntaxError, problem.message)
                .at(module.range(&problem.span));
            match problem.help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            }
        })
        .collect()
}

fn json_module(module: &Module) -> Result<String, Vec<Diagnostic>> {
    // An editor may have left the mark in its buffer.
    let text = without_byte_order_mark(&module.text);
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let place = LineColumn {
            line: u32::try_from(error.line()).unwrap_or(1),
            column: u32::try_from(error.column()).unwrap_or(1),
        };
        let offset = module.lines().offset(place);
        let message = format!("this is not JSON: {error}");
        return Err(vec![
            Diagnostic::error(DiagnosticCode::SyntaxError, message)
                .at(module.range(&(offset..offset + 1))),
        ]);
    }
    // `JSON.parse` and not a literal: `__proto__` is an ordinary key in JSON.
    let literal = serde_json::Value::from(text).to_string();
    Ok(format!("export default JSON.parse({literal});\n"))
}
