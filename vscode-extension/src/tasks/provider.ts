/** Offers what `rig` does to the task runner. */

import { relative, sep } from "node:path";
import {
  ProcessExecution,
  Task,
  TaskGroup,
  tasks,
  TaskScope,
  Uri,
  workspace,
  type Disposable,
  type TaskProvider,
  type WorkspaceFolder,
} from "vscode";
import type { App } from "../app";
import { candidate } from "../server/binary";
import { settings } from "../settings";
import { line } from "../show/text";
import { commandLine, nameOf, readTask, TASK_TYPE, tasksOf, type RigTask } from "./definition";

/** Registers the provider. */
export function registerTasks(app: App): Disposable {
  return tasks.registerTaskProvider(TASK_TYPE, new RigTaskProvider(app));
}

class RigTaskProvider implements TaskProvider {
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  provideTasks(): Task[] {
    if (!settings.detectsTasks()) {
      return [];
    }
    return this.#app.projects.all.flatMap((project) => {
      const folder = workspace.getWorkspaceFolder(Uri.parse(project.config));
      if (folder === undefined) {
        return [];
      }
      const path = relative(folder.uri.fsPath, project.root).split(sep).join("/");
      return tasksOf(project, path).map((task) => this.#task(task, folder));
    });
  }

  resolveTask({ definition, scope }: Task): Task | undefined {
    const read = readTask(definition);
    const folder = typeof scope === "object" ? scope : workspace.workspaceFolders?.[0];
    // The editor compares the definition, which has to be the one it has.
    return read && this.#task({ ...definition, ...read }, folder);
  }

  #task(definition: RigTask, folder: WorkspaceFolder | undefined): Task {
    const { path } = candidate(settings.serverPath(), this.#app.extensionPath);
    const cwd = folder && Uri.joinPath(folder.uri, definition.project ?? "").fsPath;
    const execution = new ProcessExecution(path, commandLine(definition), cwd ? { cwd } : {});
    const scope = folder ?? TaskScope.Workspace;
    const task = new Task(definition, scope, line(nameOf(definition)), "rig", execution, []);
    if (definition.command === "apply") {
      task.group = TaskGroup.Build;
    }
    return task;
  }
}
