//! From TypeScript to the JavaScript that the sandbox evaluates.
//!
//! The result depends on the text and the file's extension alone, never on where the file
//! is. Its printed form is the normalized syntax of the module: types, comments and
//! formatting are gone.

use std::{ops::Range, path::Path};

use oxc::{
    allocator::Allocator,
    ast::ast::{
        Expression, ImportDeclaration, ImportDeclarationSpecifier, ImportExpression,
        ModuleExportName, Program, Statement, StringLiteral,
    },
    ast_visit::{Visit, walk},
    codegen::{Codegen, CodegenOptions, CodegenReturn, CommentOptions},
    diagnostics::{Diagnostics, OxcDiagnostic, Severity},
    parser::{ParseOptions, Parser},
    semantic::{Scoping, SemanticBuilder},
    span::{GetSpan, SourceType, Span},
    transformer::{JsxOptions, TransformOptions, Transformer, TypeScriptOptions},
};

use serde::{Deserialize, Serialize};

use super::{
    call_site::{CallSite, mark_call_sites},
    functions::{FoundFunctions, ModuleFunctions, find_functions, mark_functions},
    import::Import,
    module::MAX_PROBLEMS,
    nesting::too_deep,
};

/// Tells how a file's text is to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ModuleFormat {
    /// An ES module, or TypeScript that becomes one.
    EsModule,
    /// A CommonJS module of a package.
    CommonJs,
    /// JSON.
    Json,
}

/// Is a module ready to be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Transpiled {
    pub(super) code: String,
    pub(super) call_sites: Vec<CallSite>,
    pub(super) functions: ModuleFunctions,
    pub(super) imports: Vec<Import>,
    pub(super) default_export: Option<Range<u32>>,
    pub(super) has_module_syntax: bool,
}

/// Is a syntax error in one module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxProblem {
    pub(super) message: String,
    pub(super) span: Range<u32>,
    pub(super) help: Option<String>,
}

/// Says whether the builder calls and functions of a module are to be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Marks {
    /// Builder calls and functions.
    All,
    /// Builder calls.
    CallSites,
    None,
}

/// Turns the text of an ES module into JavaScript.
pub(super) fn transpile(
    path: &Path,
    text: &str,
    marks: Marks,
) -> Result<Transpiled, Vec<SyntaxProblem>> {
    let allocator = Allocator::default();
    let mut parsed = parse(&allocator, path, text)?;
    let scoping = strip_types(&allocator, path, &mut parsed.program)?;
    let imports = collect_imports(&parsed.program, parsed.has_dynamic_imports);
    let default_export = default_export(&parsed.program);
    let marked = match marks {
        Marks::All => set_marks(&allocator, &mut parsed.program, &scoping),
        Marks::CallSites => Marked {
            call_sites: mark_call_sites(&allocator, &mut parsed.program),
            ..Marked::default()
        },
        Marks::None => Marked::default(),
    };
    Ok(Transpiled {
        code: print(&parsed.program, None).code,
        call_sites: marked.call_sites,
        functions: marked.functions,
        imports,
        default_export,
        has_module_syntax: parsed.has_module_syntax,
    })
}

/// Gives the normalized syntax of a text, or nothing if it is not to be understood.
pub(crate) fn normalized_text(path: &Path, text: &str) -> Option<String> {
    transpile(path, text, Marks::None)
        .ok()
        .map(|transpiled| transpiled.code)
}

#[derive(Default)]
struct Marked {
    call_sites: Vec<CallSite>,
    functions: ModuleFunctions,
}

fn set_marks<'a>(allocator: &'a Allocator, program: &mut Program<'a>, scoping: &Scoping) -> Marked {
    let found: FoundFunctions<'a> = find_functions(program, scoping);
    let call_sites = mark_call_sites(allocator, program);
    mark_functions(allocator, program, &found);
    Marked {
        call_sites,
        functions: found.functions,
    }
}

/// Finds the offset in the original text that a position in the printed code came from.
///
/// The map is made only now, because almost no load needs one. Lines and columns count
/// from 1.
pub(crate) fn map_generated_position(
    path: &Path,
    text: &str,
    is_marked: bool,
    line: u32,
    column: u32,
) -> Option<u32> {
    let allocator = Allocator::default();
    let mut parsed = parse(&allocator, path, text).ok()?;
    let scoping = strip_types(&allocator, path, &mut parsed.program).ok()?;
    if is_marked {
        set_marks(&allocator, &mut parsed.program, &scoping);
    }
    let map = print(&parsed.program, Some(path)).map?;
    let table = map.generate_lookup_table();
    let token = map.lookup_token(&table, line.saturating_sub(1), column.saturating_sub(1))?;
    let lines = crate::source::LineIndex::new(std::sync::Arc::from(text));
    Some(lines.offset(crate::source::LineColumn {
        line: token.get_src_line() + 1,
        column: token.get_src_col() + 1,
    }))
}

pub(super) struct Parsed<'a> {
    pub(super) program: Program<'a>,
    has_module_syntax: bool,
    has_dynamic_imports: bool,
}

pub(super) fn parse<'a>(
    allocator: &'a Allocator,
    path: &Path,
    text: &'a str,
) -> Result<Parsed<'a>, Vec<SyntaxProblem>> {
    let source_type = SourceType::from_path(path)
        .unwrap_or_else(|_| SourceType::mjs())
        .with_module(true);
    let options = ParseOptions {
        preserve_parens: false,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(allocator, text, source_type)
        .with_options(options)
        .parse();
    let has_errors = parsed.panicked || parsed.diagnostics.iter().any(is_error);
    if has_errors {
        return Err(problems(&parsed.diagnostics));
    }
    if let Some(span) = too_deep(&parsed.program) {
        return Err(vec![SyntaxProblem {
            message: "the code nests deeper than what is accepted".to_owned(),
            span: span.start..span.start + 1,
            help: Some("split it into functions or modules".to_owned()),
        }]);
    }
    Ok(Parsed {
        has_module_syntax: parsed.module_record.has_module_syntax,
        has_dynamic_imports: !parsed.module_record.dynamic_imports.is_empty(),
        program: parsed.program,
    })
}

fn strip_types<'a>(
    allocator: &'a Allocator,
    path: &Path,
    program: &mut Program<'a>,
) -> Result<Scoping, Vec<SyntaxProblem>> {
    let semantic = SemanticBuilder::new_compiler()
        .with_enum_eval(true)
        .with_excess_capacity(0.5)
        .build(program);
    if semantic.diagnostics.iter().any(is_error) {
        return Err(problems(&semantic.diagnostics));
    }
    let is_jsx = path
        .extension()
        .is_some_and(|extension| extension == "tsx" || extension == "jsx");
    let options = TransformOptions {
        jsx: if is_jsx {
            JsxOptions::default()
        } else {
            JsxOptions::disable()
        },
        typescript: TypeScriptOptions {
            rewrite_import_extensions: None,
            ..TypeScriptOptions::default()
        },
        ..TransformOptions::default()
    };
    let transformed = Transformer::new(allocator, path, &options)
        .build_with_scoping(semantic.semantic.into_scoping(), program);
    if transformed.diagnostics.iter().any(is_error) {
        return Err(problems(&transformed.diagnostics));
    }
    Ok(transformed.scoping)
}

fn print<'a>(program: &Program<'a>, source_map: Option<&Path>) -> CodegenReturn<'a> {
    let options = CodegenOptions {
        comments: CommentOptions::disabled(),
        source_map_path: source_map.map(Path::to_path_buf),
        // Indented, the text of nested blocks would grow with the square of their number.
        indent_width: 0,
        ..CodegenOptions::default()
    };
    Codegen::new().with_options(options).build(program)
}

fn is_error(diagnostic: &OxcDiagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

fn problems(diagnostics: &Diagnostics) -> Vec<SyntaxProblem> {
    diagnostics
        .iter()
        .filter(|diagnostic| is_error(diagnostic))
        .take(MAX_PROBLEMS + 1)
        .map(|diagnostic| SyntaxProblem {
            message: lower_first(&diagnostic.message),
            span: first_label(diagnostic),
            help: diagnostic.help.as_deref().map(str::to_owned),
        })
        .collect()
}

fn first_label(diagnostic: &OxcDiagnostic) -> Range<u32> {
    diagnostic.labels.first().map_or(0..0, |label| {
        let span = label.span();
        span.start..span.end
    })
}

fn lower_first(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut characters = message.chars();
    match (characters.next(), characters.clone().next()) {
        // An acronym or a code such as `TS(1005)` keeps its capitals.
        (Some(first), Some(second))
            if first.is_uppercase() && (second.is_lowercase() || second == ' ') =>
        {
            first.to_lowercase().chain(characters).collect()
        }
        _ => message.to_owned(),
    }
}

fn collect_imports(program: &Program<'_>, has_dynamic_imports: bool) -> Vec<Import> {
    let mut imports: Vec<Import> = program.body.iter().filter_map(static_import).collect();
    if has_dynamic_imports {
        let mut finder = DynamicImports { found: Vec::new() };
        finder.visit_program(program);
        imports.append(&mut finder.found);
    }
    imports
}

fn default_export(program: &Program<'_>) -> Option<Range<u32>> {
    program.body.iter().find_map(|statement| match statement {
        Statement::ExportDefaultDeclaration(export) => Some(range(export.declaration.span())),
        _ => None,
    })
}

fn static_import(statement: &Statement<'_>) -> Option<Import> {
    match statement {
        Statement::ImportDeclaration(import) => Some(from_import(import)),
        Statement::ExportFromDeclaration(export) => {
            let mut import = from_source(&export.source);
            import.names = export
                .specifiers
                .iter()
                .map(|specifier| exported_name(&specifier.local))
                .collect();
            Some(import)
        }
        Statement::ExportAllDeclaration(export) => Some(Import {
            is_namespace: true,
            ..from_source(&export.source)
        }),
        _ => None,
    }
}

fn from_import(import: &ImportDeclaration<'_>) -> Import {
    let mut found = from_source(&import.source);
    for specifier in import.specifiers.iter().flatten() {
        match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(named) => {
                found.names.push(exported_name(&named.imported));
            }
            ImportDeclarationSpecifier::ImportDefaultSpecifier(default) => {
                found
                    .names
                    .push(("default".to_owned(), range(default.span)));
            }
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => found.is_namespace = true,
        }
    }
    found
}

fn from_source(source: &StringLiteral<'_>) -> Import {
    Import {
        specifier: source.value.to_string(),
        span: range(source.span),
        names: Vec::new(),
        is_namespace: false,
        is_dynamic: false,
    }
}

fn exported_name(name: &ModuleExportName<'_>) -> (String, Range<u32>) {
    (name.name().to_string(), range(name.span()))
}

struct DynamicImports {
    found: Vec<Import>,
}

impl<'a> Visit<'a> for DynamicImports {
    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        if let Expression::StringLiteral(source) = &import.source {
            self.found.push(Import {
                is_namespace: true,
                is_dynamic: true,
                ..from_source(source)
            });
        }
        walk::walk_import_expression(self, import);
    }
}

fn range(span: Span) -> Range<u32> {
    span.start..span.end
}
