/** Lists as Stripe gives them, page by page, and the objects that are put in place of their ids. */
import type { Call, Context } from "../stand-in.ts";
import { invalid, missing } from "./answers.ts";
import { expandable, shown, type Kind, type Kinds } from "./documents.ts";
import { Params } from "./params.ts";

const pageMost = 100;
const pageUsual = 10;
const batch = 200;
const expandDepth = 4;

const paging = ["limit", "starting_after", "ending_before", "created"];

type Json = Record<string, unknown>;

const bySourceId: Readonly<Record<string, Kind>> = { ch: "charge", re: "refund", du: "dispute" };

/** An object as shown, with what `expand[]` asks for in place of ids. */
export async function expanded(
  context: Context,
  data: Json,
  paths: readonly string[],
): Promise<Json> {
  const view = shown(data);
  for (const path of paths) await expandPath(context, view, path, path.split("."));
  return view;
}

async function expandPath(
  context: Context,
  object: Json,
  path: string,
  [name = "", ...rest]: string[],
): Promise<void> {
  const value = object[name];
  const kind = name === "source" ? bySourceId[String(value).split("_")[0] ?? ""] : expandable[name];
  if (!kind || !(name in object) || path.split(".").length > expandDepth) {
    throw invalid(`This property cannot be expanded (${path}).`, { param: "expand" });
  }
  if (typeof value === "string") {
    const found = await context.book.get(kind, value);
    if (found) object[name] = shown(found.data);
  }
  const inner = object[name];
  if (rest.length > 0 && typeof inner === "object" && inner !== null) {
    await expandPath(context, inner as Json, path, rest);
  }
}

/**
 * A page of a list, the newest first. `filters`: the parameters besides those of paging; `select` reads
 * them into what the book narrows by, and a test of each object.
 */
export async function listOf<K extends Kind>(
  context: Context,
  call: Call,
  kind: K,
  filters: readonly string[],
  select: (params: Params) => { parent?: string; keep?: (data: Kinds[K]) => boolean } = () => ({}),
): Promise<Json> {
  const params = new Params(call, [...paging, ...filters]);
  const limit = params.integer("limit") ?? pageUsual;
  if (limit < 1 || limit > pageMost) {
    throw invalid(`Invalid limit: must be between 1 and ${pageMost}`, { param: "limit" });
  }
  const { parent, keep = () => true } = select(params);
  const range = { ...createdRange(params), ...(parent === undefined ? {} : { parent }) };
  const before = params.text("ending_before");
  const cursor = before ?? params.text("starting_after");
  const end = before === null ? "starting_after" : "ending_before";
  if (cursor !== null && !(await context.book.get(kind, cursor))) {
    throw missing(kind, cursor, end);
  }
  const found = await collect(
    context,
    kind,
    { ...range, oldestFirst: before !== null },
    cursor,
    limit + 1,
    keep,
  );
  const page = found.slice(0, limit);
  if (before !== null) page.reverse();
  const paths = params.expand().map((path) => listPath(path));
  const data: Json[] = [];
  for (const object of page) data.push(await expanded(context, object, paths));
  return { object: "list", data, has_more: found.length > limit, url: call.path };
}

async function collect<K extends Kind>(
  { book }: Context,
  kind: K,
  filter: { parent?: string; from?: Date; until?: Date; oldestFirst: boolean },
  cursor: string | null,
  enough: number,
  keep: (data: Kinds[K]) => boolean,
): Promise<Kinds[K][]> {
  const found: Kinds[K][] = [];
  let after = cursor;
  while (found.length < enough) {
    const more = { limit: batch, ...(after === null ? {} : { after }) };
    const rows = await book.list<Kinds[K]>(kind, { ...filter, ...more });
    found.push(...rows.map(({ data }) => data).filter(keep));
    after = rows.at(-1)?.id ?? null;
    if (rows.length < batch) break;
  }
  return found.slice(0, enough);
}

function listPath(path: string): string {
  if (path.startsWith("data.")) return path.slice("data.".length);
  throw invalid(`This property cannot be expanded (${path}). You may want to try data.${path}.`, {
    param: "expand",
  });
}

/** `created=…` or `created[gte]=…`, in whole seconds, as times. */
function createdRange(params: Params): { from?: Date; until?: Date } {
  const value = params.value("created");
  if (value === undefined || value === "") return {};
  const bounds = typeof value === "string" ? { gte: value, lte: value } : value;
  if (Array.isArray(bounds)) throw invalid("Invalid object: created", { param: "created" });
  const at = (name: string): number | null => {
    const text = bounds[name];
    if (text === undefined) return null;
    if (typeof text !== "string" || !/^\d{1,12}$/.test(text)) {
      throw invalid(`Invalid integer: created[${name}]`, { param: `created[${name}]` });
    }
    return Number(text) * 1_000;
  };
  const [gte, gt, lte, lt] = [at("gte"), at("gt"), at("lte"), at("lt")];
  const from = gte ?? (gt === null ? null : gt + 1_000);
  const until = lte === null ? (lt === null ? null : lt - 1) : lte + 999;
  return {
    ...(from === null ? {} : { from: new Date(from) }),
    ...(until === null ? {} : { until: new Date(until) }),
  };
}
