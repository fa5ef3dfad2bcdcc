/** The messages of `rig lsp` that the protocol of language servers does not have. */

import { NotificationType, RequestType0 } from "vscode-languageclient/node";
import type { RunEventParams } from "../protocol";

/** Asks for everything that is known of the open projects. */
export const projectsRequest = new RequestType0<unknown, undefined>("rigkit/projects");

/** Tells that something new is known of a project. */
export const stateChanged = new NotificationType<{ config: string }>("rigkit/stateChanged");

/** Tells of something that happened in a run. */
export const runEvent = new NotificationType<RunEventParams>("rigkit/event");
