/** Everything that is known of the open projects, as the server told it last. */

import { EventEmitter, type Disposable, type Event } from "vscode";
import type { ProjectSummary, WorkflowSummary } from "./protocol";

/** A workflow with the project it belongs to. */
export interface OwnedWorkflow {
  project: ProjectSummary;
  workflow: WorkflowSummary;
}

/** Keeps what is known, and tells of news. */
export class Projects implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #fetch: () => Promise<ProjectSummary[] | undefined>;
  #all: readonly ProjectSummary[] = [];
  #fetching: Promise<void> | undefined;
  #isOutdated = false;

  /** `fetch` asks the server; it gives nothing where there is none. */
  constructor(fetch: () => Promise<ProjectSummary[] | undefined>) {
    this.#fetch = fetch;
  }

  /** Tells that something else is known now. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Lists the projects. */
  get all(): readonly ProjectSummary[] {
    return this.#all;
  }

  /** Lists the workflows of all projects. */
  get workflows(): OwnedWorkflow[] {
    return this.#all.flatMap((project) =>
      project.workflows.map((workflow) => ({ project, workflow })),
    );
  }

  /** Finds a workflow by the config it is defined by, and its name. */
  workflow(config: string | undefined, name: string | undefined): OwnedWorkflow | undefined {
    return this.workflows.find(
      ({ project, workflow }) => project.config === config && workflow.name === name,
    );
  }

  /** Asks the server anew. However often it is called, one question at a time is on its way. */
  async refresh(): Promise<void> {
    this.#isOutdated = true;
    this.#fetching ??= this.#fetchUntilCurrent().finally(() => {
      this.#fetching = undefined;
    });
    await this.#fetching;
  }

  /** Forgets everything, for the server that knew it is gone. */
  clear(): void {
    this.#take([]);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #fetchUntilCurrent(): Promise<void> {
    while (this.#isOutdated) {
      this.#isOutdated = false;
      const fetched = await this.#fetch();
      if (fetched !== undefined) {
        this.#take(fetched);
      }
    }
  }

  #take(projects: readonly ProjectSummary[]): void {
    this.#all = projects;
    this.#changed.fire();
  }
}
