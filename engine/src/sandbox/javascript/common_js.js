// CommonJS for packages that have nothing else. Modules are cached by path, so circles end
// as they do in Node: with what has been exported so far.
(() => {
  "use strict";
  const rigkit = globalThis.__rigkit;
  const cache = new Map();

  function requireCommonJs(path) {
    const known = cache.get(path);
    if (known) return known.exports;
    const module = { exports: {}, id: path, filename: path, loaded: false };
    cache.set(path, module);
    try {
      run(module, path, rigkit.readCommonJs(path));
    } catch (error) {
      cache.delete(path);
      throw error;
    }
    module.loaded = true;
    return module.exports;
  }

  function run(module, path, text) {
    if (path.endsWith(".json")) {
      module.exports = JSON.parse(text);
      return;
    }
    const directory = path.slice(0, Math.max(path.lastIndexOf("/"), 1));
    const body = rigkit.compileCommonJs(path, text.replace(/^#!.*/, ""));
    body.call(module.exports, module.exports, requireFrom(path), module, path, directory);
  }

  function requireFrom(importer) {
    return (specifier) => {
      const [kind, target] = rigkit.resolveRequire(importer, specifier);
      return kind === "path" ? requireCommonJs(target) : rigkit.nodeModule(target);
    };
  }

  function exportNames(exported) {
    const isObject = (typeof exported === "object" && exported !== null) || typeof exported === "function";
    return isObject ? Object.keys(exported).filter((name) => name !== "default") : [];
  }

  rigkit.requireCommonJs = requireCommonJs;
  rigkit.exportNames = exportNames;
})();
