import { readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { RouteHandler } from "./call.ts";

/** The methods that a route module exports. */
type RouteModule = Partial<Record<string, RouteHandler>>;

type MountedRoute = {
  /** The folder's segments below app/: `api`, `orders`, `[order_number]`. */
  segments: string[];
  module: RouteModule;
};

type Match = { module: RouteModule; params: Record<string, string | string[]> };

/** Answers an API request, or null where the path is not the API's. */
export type ApiDoor = (request: Request) => Promise<Response | null>;

// Next keeps its own: next-auth builds on Next's request objects.
const leftToNext = "auth";

async function findRouteFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name === "route.ts")
    .map((entry) => path.join(entry.parentPath, entry.name));
}

// As Next sorts: a fixed segment before a parameter before the rest.
function rank(segment: string): number {
  if (segment.startsWith("[...")) return 2;
  return segment.startsWith("[") ? 1 : 0;
}

function compareRoutes(a: MountedRoute, b: MountedRoute): number {
  for (const [index, segment] of a.segments.entries()) {
    const other = b.segments[index];
    if (other === undefined) break;
    if (rank(segment) !== rank(other)) return rank(segment) - rank(other);
  }
  return b.segments.length - a.segments.length;
}

function matchSegments(
  pattern: readonly string[],
  given: readonly string[],
): Record<string, string | string[]> | null {
  const params: Record<string, string | string[]> = {};
  for (const [index, segment] of pattern.entries()) {
    if (segment.startsWith("[...")) {
      if (given.length <= index) return null;
      params[segment.slice(4, -1)] = given.slice(index);
      return params;
    }
    const value = given[index];
    if (value === undefined) return null;
    if (segment.startsWith("[")) params[segment.slice(1, -1)] = value;
    else if (segment !== value) return null;
  }
  return given.length === pattern.length ? params : null;
}

/** The segments of a path, decoded; one that does not decode stays as it is and matches nothing fixed. */
function segmentsOf(pathname: string): string[] {
  return pathname
    .split("/")
    .filter((segment) => segment !== "")
    .map((segment) => {
      try {
        return decodeURIComponent(segment);
      } catch {
        return segment;
      }
    });
}

/**
 * Mounts every route module below app/api by its folder: the very modules that Next serves too, without the
 * millisecond that Next's way to them costs. There is no second list of routes.
 */
export async function openApiDoor(appFolder: string): Promise<ApiDoor> {
  const apiFolder = path.join(appFolder, "api");
  const files = (await findRouteFiles(apiFolder)).filter(
    (file) => path.relative(apiFolder, file).split(path.sep)[0] !== leftToNext,
  );
  const routes = await Promise.all(
    files.map(async (file): Promise<MountedRoute> => {
      const segments = path.relative(appFolder, path.dirname(file)).split(path.sep);
      const module = (await import(pathToFileURL(file).href)) as RouteModule;
      return { segments, module };
    }),
  );
  routes.sort(compareRoutes);

  const find = (given: readonly string[]): Match | null => {
    for (const { segments, module } of routes) {
      const params = matchSegments(segments, given);
      if (params) return { module, params };
    }
    return null;
  };

  return async (request) => {
    const given = segmentsOf(new URL(request.url).pathname);
    if (given[0] !== "api" || given[1] === leftToNext) return null;
    const match = find(given);
    // A method that no module knows (TRACE, an invented one) is refused as any that the path lacks.
    const handler = match?.module[request.method] ?? match?.module.OPTIONS;
    return match && handler ? handler(request, { params: Promise.resolve(match.params) }) : null;
  };
}
