/** Keeps a server running, and is how everything else talks to it. */

import { EventEmitter, type Disposable, type LogOutputChannel } from "vscode";
import {
  DidChangeConfigurationNotification,
  DidChangeWorkspaceFoldersNotification,
  ExecuteCommandRequest,
  type LanguageClient,
  type WorkspaceFoldersChangeEvent,
} from "vscode-languageclient/node";
import type { CommandArguments, CommandName, ProjectSummary } from "../protocol";
import { serverSettings, settings } from "../settings";
import { candidate, check } from "./binary";
import { projectsRequest } from "./messageTypes";
import type { ServerProblem } from "./problem";
import { RestartPolicy } from "./restart";
import { Session } from "./session";
import { isProjects } from "./shapes";
import type { ServerState } from "./state";
import { TIMED_OUT, within } from "./timeout";

/** What the server needs from whoever makes it. */
export interface ServerHost {
  extensionPath: string;
  log: LogOutputChannel;
  /** Listens to a client before it is started. */
  listen: (client: LanguageClient) => void;
}

/** Is the server, whichever process it is at the moment. */
export class Server implements Disposable {
  readonly #host: ServerHost;
  readonly #changed = new EventEmitter<ServerState>();
  readonly #restarts = new RestartPolicy();
  #state: ServerState = { kind: "stopped" };
  #session: Session | undefined;
  #pause: NodeJS.Timeout | undefined;
  /** Counts the starts and stops, so that a start notices that it was overtaken. */
  #turn = 0;

  constructor(host: ServerHost) {
    this.#host = host;
  }

  /** Tells how the server stands, whenever that is something else. */
  readonly onDidChange = this.#changed.event;

  /** Gives how the server stands. */
  get state(): ServerState {
    return this.#state;
  }

  /** Starts the server, if nobody has yet. */
  async start(): Promise<void> {
    if (this.#state.kind === "stopped") {
      await this.restart();
    }
  }

  /** Starts the server, or starts it anew because a person wants so. */
  async restart(): Promise<void> {
    this.#restarts.reset();
    await this.stop();
    await this.#start();
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    this.#turn += 1;
    clearTimeout(this.#pause);
    const session = this.#session;
    this.#session = undefined;
    const isDeaf = this.#state.kind === "unresponsive";
    this.#become({ kind: "stopped" });
    if (isDeaf) {
      session?.kill();
    }
    await session?.stop();
  }

  /** Asks for everything that is known of projects; gives nothing where no server answers. */
  async projects(): Promise<ProjectSummary[] | undefined> {
    const session = this.#session;
    if (session?.client.isRunning() !== true) {
      return undefined;
    }
    const patience = settings.serverTimeout();
    const asked = session.client.sendRequest(projectsRequest).catch((error: unknown) => {
      this.#host.log.warn(String(error));
      return undefined;
    });
    const answer = await within(patience, asked);
    if (answer === TIMED_OUT) {
      this.#isDeaf(session, patience, asked);
      return undefined;
    }
    if (answer !== undefined && !isProjects(answer)) {
      this.#fail(session, { kind: "nonsense", detail: projectsRequest.method });
      return undefined;
    }
    return answer;
  }

  /** Has a command carried out; the promise is settled when its run is over. */
  async execute(
    command: CommandName,
    sent: CommandArguments,
    progressToken?: string,
  ): Promise<unknown> {
    const client = this.client;
    if (client === undefined) {
      return undefined;
    }
    const parameters = {
      command,
      arguments: [sent],
      ...(progressToken !== undefined && { workDoneToken: progressToken }),
    };
    return await client.sendRequest(ExecuteCommandRequest.type, parameters);
  }

  /** Gives the client, where a server runs. */
  get client(): LanguageClient | undefined {
    const client = this.#session?.client;
    return client?.isRunning() === true ? client : undefined;
  }

  /** Tells the server the settings as they are now. */
  async tellSettings(): Promise<void> {
    await this.client?.sendNotification(DidChangeConfigurationNotification.type, {
      settings: { rigkit: serverSettings() },
    });
  }

  /** Tells the server that folders are to be let go of and looked through. */
  async tellFolders(event: WorkspaceFoldersChangeEvent): Promise<void> {
    await this.client?.sendNotification(DidChangeWorkspaceFoldersNotification.type, { event });
  }

  dispose(): void {
    clearTimeout(this.#pause);
    this.#changed.dispose();
  }

  async #start(): Promise<void> {
    const turn = ++this.#turn;
    this.#become({ kind: "starting" });
    const checked = await check(candidate(settings.serverPath(), this.#host.extensionPath));
    if (this.#turn !== turn) {
      return;
    }
    if (checked.kind !== "usable") {
      this.#become({ kind: "failed", problem: checked });
      return;
    }
    const { path, version } = checked;
    const session = new Session(path, this.#host.log, {
      ended: () => {
        this.#ended(session);
      },
      garbled: ({ message }) => {
        this.#fail(session, { kind: "nonsense", detail: message.split("\n", 1).join() });
      },
    });
    this.#session = session;
    this.#host.listen(session.client);
    const start = await session.start(settings.serverTimeout());
    if (this.#session !== session) {
      return;
    }
    switch (start.kind) {
      case "started":
        this.#become({ kind: "running", path, version });
        break;
      case "ended":
        this.#ended(session);
        break;
      case "failed":
        this.#fail(session, start.problem);
    }
  }

  #fail(session: Session, problem: ServerProblem): void {
    if (this.#session !== session) {
      return;
    }
    this.#session = undefined;
    session.kill();
    this.#become({ kind: "failed", problem });
  }

  #ended(session: Session): void {
    if (this.#session !== session) {
      return;
    }
    this.#session = undefined;
    const restart = this.#restarts.ended();
    if (restart.kind === "giveUp") {
      this.#become({ kind: "failed", problem: { kind: "keepsCrashing", times: restart.times } });
      return;
    }
    this.#become({ kind: "pausing", pause: restart.pause });
    this.#pause = setTimeout(() => void this.#start(), restart.pause);
  }

  /** Notes that the server does not answer, until it does. */
  #isDeaf(session: Session, patience: number, asked: Promise<unknown>): void {
    const before = this.#state;
    if (this.#session !== session || before.kind !== "running") {
      return;
    }
    const problem: ServerProblem = { kind: "unresponsive", seconds: patience / 1000 };
    this.#become({ kind: "unresponsive", problem });
    void asked.then(() => {
      if (this.#session === session) {
        this.#become(before);
      }
    });
  }

  #become(state: ServerState): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}
