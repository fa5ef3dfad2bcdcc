//! What an installed package counts with: its name and version, and those of the packages that
//! it reaches.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    path::{Path, PathBuf},
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
    /// Gives what a module of a package counts with: its file, whatever directory the package is
    /// installed in, and the versions.
    pub(super) fn digest(&mut self, graph: &ModuleGraph, module: ModuleId) -> Digest {
        if let Some(known) = self.known.get(&module) {
            return *known;
        }
        let packages = self.reached(graph, module);
        let digest = digest_of(&graph.module(module).path, packages);
        self.known.insert(module, digest);
        digest
    }

    /// Gives what a file of a package counts with, however it was loaded; nothing for a file of
    /// the project.
    pub(super) fn file_digest(&mut self, graph: &ModuleGraph, file: &Path) -> Option<Digest> {
        if let Some(module) = graph.find_by_name(file) {
            let is_packaged = matches!(graph.module(module).origin, ModuleOrigin::Package(_));
            return is_packaged.then(|| self.digest(graph, module));
        }
        let mut required = self.required(graph).values().flatten();
        let found = required.find(|required| required.path == file)?.clone();
        found.package.as_ref()?;
        Some(self.required_digest(graph, &found))
    }

    /// Gives what a file of a package counts with that a CommonJS module requires.
    pub(super) fn required_digest(&mut self, graph: &ModuleGraph, file: &RequiredFile) -> Digest {
        let package = file.package.iter();
        let mut packages = package
            .map(|package| (package.name.clone(), package.version.clone()))
            .collect();
        follow_requires(self.required(graph), vec![file.path.clone()], &mut packages);
        digest_of(&file.path, packages)
    }

    /// Gives the files that CommonJS modules require, by who requires them.
    pub(super) fn required(&mut self, graph: &ModuleGraph) -> &HashMap<PathBuf, Vec<RequiredFile>> {
        self.required.get_or_insert_with(|| graph.required_files())
    }

    fn reached(&mut self, graph: &ModuleGraph, start: ModuleId) -> Packages {
        let required = self.required(graph);
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

/// Is a set of packages, by name and version.
type Packages = BTreeSet<(String, String)>;

fn digest_of(path: &Path, packages: Packages) -> Digest {
    let versions = packages
        .into_iter()
        .map(|(name, version)| format!("{name}@{version}"));
    let parts: Vec<String> = std::iter::once(file_in_packages(path))
        .chain(versions)
        .collect();
    hash_parts("packages", parts.iter().map(String::as_bytes))
}

/// Gives the part of a path that begins with the name of the package.
fn file_in_packages(path: &Path) -> String {
    let path = path.to_string_lossy();
    let start = path.rfind("/node_modules/").unwrap_or_default();
    path.get(start..).unwrap_or_default().to_owned()
}

fn follow_requires(
    required: &HashMap<PathBuf, Vec<RequiredFile>>,
    mut files: Vec<PathBuf>,
    packages: &mut Packages,
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
