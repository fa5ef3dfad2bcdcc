// A place nobody has used before: a home, projects, an editor's data.

import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { repository, rig } from "./places.ts";
import { run } from "./processes.ts";

/** A directory of its own, short enough for sockets. */
export class Desk {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes one, gives it to a test, and removes it, whatever comes of that. */
  static async with(use: (desk: Desk) => Promise<void>): Promise<void> {
    const desk = await Desk.#make();
    try {
      await use(desk);
    } finally {
      await desk.#remove();
    }
  }

  static async #make(): Promise<Desk> {
    const directory = await realpath(await mkdtemp(path.join(tmpdir(), "rig-")));
    const desk = new Desk(directory);
    for (const name of ["data/User", "data/Machine", "tmp", "home"]) {
      await mkdir(desk.path(name), { recursive: true });
    }
    return desk;
  }

  path(name: string): string {
    return path.join(this.directory, name);
  }

  /** Copies an example of the repository, with the declarations that editors read. */
  async example(name: string): Promise<string> {
    const project = this.path(name);
    const isMade = (file: string) => file.includes("/.rigkit");
    await cp(path.join(repository, "examples", name), project, { recursive: true, filter: (file) => !isMade(file) });
    await this.rig(project, "--quiet", "types");
    return project;
  }

  /** Makes a project of files, as `rig init` sets it up for editors. */
  async project(name: string, files: Record<string, string>): Promise<string> {
    const project = await this.folder(name, files);
    await cp(path.join(repository, "examples/quickstart/tsconfig.json"), path.join(project, "tsconfig.json"));
    await this.rig(project, "--quiet", "types");
    return project;
  }

  /** Makes a folder of files. */
  async folder(name: string, files: Record<string, string>): Promise<string> {
    const project = this.path(name);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(project, file)), { recursive: true });
      await writeFile(path.join(project, file), text);
    }
    return project;
  }

  /** Runs `rig` in a project, as a terminal beside the editor does. */
  async rig(project: string, ...words: string[]): Promise<string> {
    return run(rig, ["--chdir", project, ...words], { env: this.environment() });
  }

  /** The environment of the editor and of terminals: nothing of this machine's user. */
  environment(): Record<string, string> {
    return {
      PATH: `${path.dirname(rig)}:${process.env.PATH ?? ""}`,
      HOME: this.path("home"),
      TMPDIR: this.path("tmp"),
      RIGKIT_HOST_STORAGE_DIR: this.path("host"),
      EXTENSIONS_GALLERY: "{}",
      // Login shells, which the editor asks for their environment, set another PATH.
      RIG: rig,
      LANG: "C.UTF-8",
      SHELL: "/bin/bash",
    };
  }

  async #remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
