/** The template of a gateway (scripts/gateway-template), written out under another name. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const templateFolder = "scripts/gateway-template";

/** Where the template's folders go. A file's own name may carry the gateway's. */
function targetOf(file: string, name: string): string {
  const [folder = "", ...rest] = file.slice(templateFolder.length + 1).split("/");
  const own = rest
    .join("/")
    .replace("template", name)
    .replace("contract-test.ts", "contract.test.ts");
  switch (folder) {
    case "adapter":
      return `lib/gateways/${name}/${own}`;
    case "sandbox":
      return `sandbox/${name}/${own}`;
    default:
      return `components/checkout/gateways/${own}`;
  }
}

/** `acme` → `Acme`. */
export function titleOf(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** Every file of the new gateway, by its path from the root. */
export async function filesFromTemplate(root: string, name: string): Promise<Map<string, string>> {
  const entries = await readdir(path.join(root, templateFolder), { recursive: true });
  const files = entries
    .filter((entry) => /\.tsx?$/.test(entry))
    .map((entry) => path.posix.join(templateFolder, entry));
  const written = new Map<string, string>();
  for (const file of files.sort()) {
    const source = await readFile(path.join(root, file), "utf8");
    written.set(targetOf(file, name), renamed(moved(source, file, name), name));
  }
  return written;
}

/**
 * Imports as they are from the file's new place. `#lib/…` stays outside of `lib`, where it is the house's
 * way; inside, imports are relative.
 */
function moved(source: string, file: string, name: string): string {
  const target = targetOf(file, name);
  return source.replace(/(?<=from ")[^"]+(?=")/g, (specifier) => {
    const isOfLib = specifier.startsWith("#lib/");
    if (!isOfLib && !specifier.startsWith(".")) return specifier;
    if (isOfLib && !target.startsWith("lib/")) return specifier;
    const meant = isOfLib
      ? `lib/${specifier.slice("#lib/".length)}.ts`
      : path.posix.join(path.posix.dirname(file), specifier);
    const there = meant.startsWith(templateFolder) ? targetOf(meant, name) : meant;
    const relative = path.posix.relative(path.posix.dirname(target), there);
    return relative.startsWith(".") ? relative : `./${relative}`;
  });
}

/** The template's name is none of a gateway's, so it is cast there; the new one needs no cast. */
function renamed(source: string, name: string): string {
  const own = source
    .replaceAll(" as string as RemoteGateway", "")
    .replaceAll("Template", titleOf(name))
    .replaceAll("template", name);
  return /\bRemoteGateway\b/.test(own.replace(/^import type \{ RemoteGateway \}.*$/m, ""))
    ? own
    : own.replace(/^import type \{ RemoteGateway \}.*\n/m, "");
}
