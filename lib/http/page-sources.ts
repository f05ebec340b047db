import { processGlobal } from "../process-global.ts";

/** Whose scripts, frames and calls a page allows beside its own, as CSP sources. */
export type PageSources = {
  script: readonly string[];
  frame: readonly string[];
  connect: readonly string[];
};

const holder = (): { sources: PageSources } =>
  processGlobal("page-sources", () => ({ sources: { script: [], frame: [], connect: [] } }));

/** The sources as they are now; nothing until somebody has set them. */
export function pageSources(): PageSources {
  return holder().sources;
}

export function setPageSources(sources: PageSources): void {
  holder().sources = sources;
}
