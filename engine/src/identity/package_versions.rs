//! What an installed package counts with: its name and version, and those of the packages that
//! it reaches.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    path::PathBuf,
};

use crate::{
    digest::{Digest, hash_parts},
    modules::{ModuleGraph, ModuleId, ModuleOrigin, RequiredFile},
};

/// Knows what the packages of a graph count with; each is looked up once.
#[derive(Default)]
pub(super) struct PackageVersions {
    known: HashMap<ModuleId, Digest>,
    required: Option<HashMap<PathBuf, Vec<RequiredFile>>>,
}

impl PackageVersions {
    /// Gives what a module of a package counts with.
    pub(super) fn digest(&mut self, graph: &ModuleGraph, module: ModuleId) -> Digest {
        if let Some(known) = self.known.get(&module) {
            return *known;
        }
        let packages = self.reached(graph, module);
        let texts: Vec<String> = packages
            .into_iter()
            .map(|(name, version)| format!("{name}@{version}"))
            .collect();
        let digest = hash_parts("packages", texts.iter().map(String::as_bytes));
        self.known.insert(module, digest);
        digest
    }

    fn reached(&mut self, graph: &ModuleGraph, start: ModuleId) -> BTreeSet<(String, String)> {
        let required = self.required.get_or_insert_with(|| graph.required_files());
        let mut packages = BTreeSet::new();
        let mut seen = HashSet::from([start]);
        let mut queue = vec![start];
        let mut files = Vec::new();
        while let Some(id) = queue.pop() {
            let module = graph.module(id);
            if let ModuleOrigin::Package(package) = &module.origin {
                packages.insert((package.name.clone(), package.version.clone()));
            }
            let links = module
                .imports
                .iter()
                .filter_map(|import| module.link(&import.specifier));
            queue.extend(links.filter(|target| seen.insert(*target)));
            files.push(module.path.clone());
        }
        follow_requires(required, files, &mut packages);
        packages
    }
}

fn follow_requires(
    required: &HashMap<PathBuf, Vec<RequiredFile>>,
    mut files: Vec<PathBuf>,
    packages: &mut BTreeSet<(String, String)>,
) {
    let mut seen: HashSet<PathBuf> = files.iter().cloned().collect();
    while let Some(file) = files.pop() {
        for found in required.get(&file).into_iter().flatten() {
            if let Some(package) = &found.package {
                packages.insert((package.name.clone(), package.version.clone()));
            }
            if seen.insert(found.path.clone()) {
                files.push(found.path.clone());
            }
        }
    }
}
