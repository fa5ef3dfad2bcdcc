//! Projects made at random: whatever a project looks like, how it is written does not count,
//! and a change counts for exactly the tasks that can reach it.

use std::{collections::BTreeMap, fmt::Write as _};

use proptest::{prelude::*, sample::Index};
use rigkit_engine::digest::Digest;

use crate::support::TestProject;

/// Is something that tasks use: a constant or a helper.
#[derive(Debug, Clone)]
struct Item {
    file: usize,
    form: usize,
    /// What a helper uses: any other item, also in a circle.
    uses: Vec<usize>,
    value: u32,
}

#[derive(Debug, Clone)]
struct Task {
    file: usize,
    uses: Vec<usize>,
}

#[derive(Debug, Clone)]
struct Model {
    items: Vec<Item>,
    tasks: Vec<Task>,
}

const FILES: usize = 4;

/// The ways to write an item; those below `CONSTANTS` use nothing.
const FORMS: usize = 8;
const CONSTANTS: usize = 3;

fn uses(items: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..items, 0..4)
}

fn models() -> impl Strategy<Value = Model> {
    (3_usize..14).prop_flat_map(|count| {
        let item = (0..FILES, 0..FORMS, uses(count), 0_u32..100);
        let item = item.prop_map(|(file, form, uses, value)| Item {
            file,
            form,
            uses,
            value,
        });
        let task = (0..FILES, uses(count)).prop_map(|(file, uses)| Task { file, uses });
        let items = prop::collection::vec(item, count);
        let tasks = prop::collection::vec(task, 2..7);
        (items, tasks).prop_map(|(items, tasks)| Model { items, tasks })
    })
}

/// Decides how a model is written, where that does not matter.
#[derive(Debug, Clone, Copy)]
struct Layout(u64);

impl Layout {
    /// Chooses one of several ways for a thing, always the same one.
    fn choose(self, thing: &str, ways: u64) -> u64 {
        let text = format!("{} {thing}", self.0);
        // FNV-1a, which is as good as any way to spread choices.
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        (hash >> 17) % ways
    }

    fn pick<'t>(self, thing: &str, texts: &[&'t str]) -> &'t str {
        let way = self.choose(thing, texts.len() as u64);
        texts[usize::try_from(way).unwrap()]
    }

    /// Gives a name to an item.
    fn name(self, item: usize) -> String {
        let word = self.pick(&format!("word {item}"), &["alpha", "build", "$c", "_d"]);
        format!("{word}{item}")
    }

    fn file(self, file: usize) -> String {
        let directory = self.pick(&format!("file {file}"), &["", "lib/", "lib/deep/"]);
        let word = self.pick(&format!("file word {file}"), &["part", "module"]);
        format!("{directory}{word}{file}")
    }

    /// Sorts lines in an order of its own.
    fn shuffle(self, thing: &str, lines: &mut [String]) {
        lines.sort_by_cached_key(|line| self.choose(&format!("{thing} {line}"), u64::MAX));
    }

    fn space(self, thing: &str) -> &'static str {
        let spaces = [" ", "\n", "  /* a comment */ ", "\n// Another comment.\n  "];
        self.pick(&format!("space {thing}"), &spaces)
    }
}

impl Model {
    fn write(&self, layout: Layout) -> TestProject {
        let project = TestProject::new(&self.config(layout));
        for file in 0..FILES {
            let name = format!("{}.ts", layout.file(file));
            project.write_file(&name, &self.file_text(file, layout));
        }
        project
    }

    fn config(&self, layout: Layout) -> String {
        let mut text = "import { sequence } from \"@rigkit/sdk\";\n".to_owned();
        for file in 0..FILES {
            let path = layout.file(file);
            writeln!(text, "import * as tasks{file} from \"./{path}\";").unwrap();
        }
        text.push_str("export const app = sequence(\"app\")");
        for (index, task) in self.tasks.iter().enumerate() {
            write!(text, ".add(tasks{}.task{index})", task.file).unwrap();
        }
        text
    }

    fn file_text(&self, file: usize, layout: Layout) -> String {
        let items = self.items.iter().enumerate();
        let mut declarations: Vec<String> = items
            .filter(|(_, item)| item.file == file)
            .map(|(index, item)| self.declaration(index, item, layout))
            .collect();
        let mut imports = self.imports(file, layout);
        imports.push("import { task } from \"@rigkit/sdk\";".to_owned());
        layout.shuffle(&format!("imports {file}"), &mut imports);
        layout.shuffle(&format!("declarations {file}"), &mut declarations);
        // What is called while the file is loaded comes first.
        declarations.insert(0, "const keep = (inner) => () => inner();".to_owned());
        let tasks = self.tasks.iter().enumerate();
        let tasks = tasks
            .filter(|(_, task)| task.file == file)
            .map(|(index, task)| self.task(index, task, layout));
        imports
            .into_iter()
            .chain(declarations)
            .chain(tasks)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Writes imports of the items that are in other files.
    fn imports(&self, file: usize, layout: Layout) -> Vec<String> {
        let here = self.items.iter().filter(|item| item.file == file);
        let by_items = here.filter(|item| item.form >= CONSTANTS);
        let tasks = self.tasks.iter().filter(|task| task.file == file);
        let mut used: Vec<usize> = by_items
            .flat_map(|item| &item.uses)
            .chain(tasks.flat_map(|task| &task.uses))
            .copied()
            .filter(|used| self.items[*used].file != file)
            .collect();
        used.sort_unstable();
        used.dedup();
        let up = "../".repeat(layout.file(file).matches('/').count());
        used.into_iter()
            .map(|index| {
                let (name, from) = (layout.name(index), layout.file(self.items[index].file));
                format!("import {{ {name} }} from \"./{up}{from}\";")
            })
            .collect()
    }

    fn declaration(&self, index: usize, item: &Item, layout: Layout) -> String {
        let (name, value) = (layout.name(index), item.value);
        let space = layout.space(&name);
        let kind = layout.pick(&name, &["", ": unknown"]);
        let used = self.used(&item.uses, layout);
        let body = format!("[{value},{space}{used}]");
        let declared = match item.form {
            0 => format!("export const {name}{kind} ={space}{value};"),
            1 => format!("export const {name} = {{ spare: 1,{space}held: {{ value: {value} }} }};"),
            2 => format!("export let {name} = 0;{space}{name} = {value};"),
            3 => format!("export function {name}(){kind} {{{space}return {body}; }}"),
            4 => format!("export const {name} = (){kind} =>{space}{body};"),
            5 => format!("export const {name} = {{ run: () => {body},{space}spare: () => 2 }};"),
            6 => format!("export const {name} = keep(() =>{space}{body});"),
            _ => format!("export const {name} = {{{space}run() {{ return {body}; }} }};"),
        };
        let comment = layout.pick(&format!("comment {name}"), &["", "/** Is something. */\n"]);
        format!("{comment}{declared}")
    }

    /// Writes the use of items.
    fn used(&self, uses: &[usize], layout: Layout) -> String {
        let uses = uses.iter().map(|index| {
            let name = layout.name(*index);
            match self.items[*index].form {
                0 | 2 => name,
                1 => format!("{name}.held.value"),
                3 | 4 | 6 => format!("{name}()"),
                _ => format!("{name}.run()"),
            }
        });
        uses.collect::<Vec<_>>().join(", ")
    }

    fn task(&self, index: usize, task: &Task, layout: Layout) -> String {
        let space = layout.space(&format!("task {index}"));
        let parameter = layout.pick(&format!("task {index}"), &["x", "other", "x: object"]);
        let used = self.used(&task.uses, layout);
        format!(
            "export const task{index} = task(\"t{index}\",{space}({parameter}) => void [{used}]);"
        )
    }

    /// Lists the tasks that can reach an item.
    fn reaching(&self, item: usize) -> Vec<String> {
        let reaches = |task: &Task| {
            let mut seen = vec![false; self.items.len()];
            let mut queue = task.uses.clone();
            while let Some(next) = queue.pop() {
                if !std::mem::replace(&mut seen[next], true) && self.items[next].form >= CONSTANTS {
                    queue.extend(&self.items[next].uses);
                }
            }
            seen[item]
        };
        let tasks = self.tasks.iter().enumerate();
        tasks
            .filter(|(_, task)| reaches(task))
            .map(|(index, _)| format!("t{index}"))
            .collect()
    }
}

/// Gives what each handler counts with.
fn handlers(project: &TestProject) -> BTreeMap<String, Digest> {
    let definition = project.engine().definition();
    let definition = definition.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(definition.warnings, []);
    let tasks = definition.workflows[0].tasks.iter();
    tasks
        .map(|task| {
            let hash = definition.fingerprints.hash(task.handler.fingerprint);
            (task.name.to_string(), hash)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn how_a_project_is_written_does_not_count(
        model in models(),
        first in any::<u64>(),
        second in any::<u64>(),
    ) {
        let before = handlers(&model.write(Layout(first)));
        let after = handlers(&model.write(Layout(second)));
        prop_assert_eq!(before, after);
    }

    #[test]
    fn a_change_counts_for_the_tasks_that_can_reach_it(
        mut model in models(),
        layouts in (any::<u64>(), any::<u64>()),
        changed in any::<Index>(),
    ) {
        let before = handlers(&model.write(Layout(layouts.0)));
        let changed = changed.index(model.items.len());
        model.items[changed].value += 1;
        let after = handlers(&model.write(Layout(layouts.1)));
        let differing: Vec<String> = before
            .iter()
            .filter(|(name, hash)| after[*name] != **hash)
            .map(|(name, _)| name.clone())
            .collect();
        prop_assert_eq!(differing, model.reaching(changed));
    }
}
