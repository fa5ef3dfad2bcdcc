//! What a module exports, and what it declares and could export: read off its text for messages about
//! imports that lead nowhere.

use std::{ops::Range, path::Path};

use oxc::{
    allocator::Allocator,
    ast::ast::{Declaration, Statement},
    parser::Parser,
    span::{GetSpan as _, SourceType},
};

/// The names of a module that an import may have meant.
#[derive(Debug, Default)]
pub(crate) struct ModuleNames {
    /// What it exports by name, but for the default export.
    pub(crate) exported: Vec<String>,
    /// What it declares at its top level and does not export, with the whole statement.
    pub(crate) declared: Vec<(String, Range<u32>)>,
}

impl ModuleNames {
    /// Reads the text of a module; one that cannot be read has no names.
    pub(crate) fn read(path: &Path, text: &str) -> Self {
        let allocator = Allocator::default();
        let source_type = SourceType::from_path(path).unwrap_or_default();
        let parsed = Parser::new(&allocator, text, source_type).parse();
        if parsed.panicked {
            return Self::default();
        }
        let bindings = parsed.module_record.exported_bindings.keys();
        let mut exported: Vec<String> = bindings.map(ToString::to_string).collect();
        exported.sort();
        let declared = parsed.program.body.iter().flat_map(declared);
        let is_hidden = |(name, _): &(String, Range<u32>)| !exported.contains(name);
        Self {
            declared: declared.filter(is_hidden).collect(),
            exported,
        }
    }
}

fn declared(statement: &Statement<'_>) -> Vec<(String, Range<u32>)> {
    let Some(declaration) = statement.as_declaration() else {
        return Vec::new();
    };
    let span = statement.span();
    let names: Vec<String> = match declaration {
        Declaration::VariableDeclaration(variables) => variables
            .declarations
            .iter()
            .filter_map(|variable| Some(variable.id.get_identifier_name()?.to_string()))
            .collect(),
        Declaration::FunctionDeclaration(function) => {
            function.name().iter().map(ToString::to_string).collect()
        }
        Declaration::ClassDeclaration(class) => {
            class.name().iter().map(ToString::to_string).collect()
        }
        _ => Vec::new(),
    };
    let with_range = names.into_iter().map(|name| (name, span.start..span.end));
    with_range.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_off_the_text() {
        let text = "export const a = 1, b = 2;\nconst c: number = 3;\nfunction d() {}\nexport { c as e };\nexport default 1;\nclass F {}\n";
        let names = ModuleNames::read(Path::new("a.ts"), text);
        assert_eq!(names.exported, ["a", "b", "e"]);
        let declared = names.declared.iter();
        let declared: Vec<(&str, &str)> = declared
            .map(|(name, span)| (&**name, &text[span.start as usize..span.end as usize]))
            .collect();
        assert_eq!(
            declared,
            [
                ("c", "const c: number = 3;"),
                ("d", "function d() {}"),
                ("F", "class F {}"),
            ]
        );
        assert!(
            ModuleNames::read(Path::new("a.ts"), "const (")
                .exported
                .is_empty()
        );
    }
}
