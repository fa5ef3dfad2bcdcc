/** What a task of the task runner says, and the command line it stands for. */

import type { ProjectSummary } from "../protocol";

/** The type of the tasks, as `tasks.json` names it. */
export const TASK_TYPE = "rig";

/** What `tasks.json` can say. */
export interface RigTask {
  type: typeof TASK_TYPE;
  command: RigCommand;
  /** The directory of the project, relative to the folder of the workspace. */
  project?: string;
  workflow?: string;
  /** The task after which an apply stops. */
  until?: string;
  /** The name of the workspace that is created. */
  workspace?: string;
}

/** What a task can do. */
export type RigCommand = "apply" | "plan" | "create" | "doctor";

const COMMANDS: readonly string[] = ["apply", "plan", "create", "doctor"];

/** Reads what `tasks.json` says; nothing where it says something else. */
export function readTask(definition: Record<string, unknown>): RigTask | undefined {
  const { type, command } = definition;
  if (type !== TASK_TYPE || typeof command !== "string" || !COMMANDS.includes(command)) {
    return undefined;
  }
  const text = (name: string): Record<string, string> => {
    const value = definition[name];
    return typeof value === "string" && value !== "" ? { [name]: value } : {};
  };
  return {
    type: TASK_TYPE,
    command: command as RigCommand,
    ...text("project"),
    ...text("workflow"),
    ...text("until"),
    ...text("workspace"),
  };
}

/** Writes the words after `rig`. */
export function commandLine({ command, workflow, until, workspace }: RigTask): string[] {
  return [
    ...(workflow === undefined ? [] : ["--workflow", workflow]),
    command,
    ...(command === "apply" && until !== undefined ? ["--until", until] : []),
    ...(command === "create" && workspace !== undefined ? ["--", workspace] : []),
  ];
}

/** Names a task: `apply`, with what tells it apart from others. */
export function nameOf({ command, project, workflow, until, workspace }: RigTask): string {
  const details = [project, workflow, until ?? workspace].filter((part) => part !== undefined);
  return details.length === 0 ? command : `${command} (${details.join(", ")})`;
}

/** Lists the tasks of a project: everything at once, and each of its workflows where it has several. */
export function tasksOf(project: ProjectSummary, path: string): RigTask[] {
  const where = path === "" ? {} : { project: path };
  const workflows = project.workflows.length > 1 ? project.workflows : [undefined];
  return (["apply", "plan"] as const).flatMap((command) =>
    workflows.map((workflow) => ({
      type: TASK_TYPE,
      command,
      ...where,
      ...(workflow !== undefined && { workflow: workflow.name }),
    })),
  );
}
