/** The messages of `rig lsp` that the protocol of language servers does not have. */

import { NotificationType, RequestType, RequestType0 } from "vscode-languageclient/node";
import type { PromptAnswer, PromptParams, RunEventParams } from "../protocol";

/** Asks for everything that is known of the open projects. */
export const projectsRequest = new RequestType0<unknown, undefined>("rigkit/projects");

/** Is asked by the server: a question of a run to the person. */
export const promptRequest = new RequestType<PromptParams, PromptAnswer, undefined>(
  "rigkit/prompt",
);

/** Tells that something new is known of a project. */
export const stateChanged = new NotificationType<{ config: string }>("rigkit/stateChanged");

/** Tells of something that happened in a run. */
export const runEvent = new NotificationType<RunEventParams>("rigkit/event");
