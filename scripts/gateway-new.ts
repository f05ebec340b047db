/**
 * `npm run gateway:new acme`: an adapter, its stand-in in the sandbox, its part of the checkout and its
 * contract test, from scripts/gateway-template, entered wherever gateways are known by name. What it
 * writes passes the contract at once; docs/adding-a-gateway.md says how to go on.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format, resolveConfig } from "prettier";
import { filesFromTemplate } from "./new-gateway/from-template.ts";
import { registrations } from "./new-gateway/register.ts";
import { projectRoot } from "./project.ts";
import { Refusal, runScript } from "./terminal.ts";

// Words that the code has another meaning for.
const reserved = new Set(["constructor", "contract", "gateway", "gateways", "template", "testing"]);

/** Why a gateway cannot be called that, in a sentence; null: it can. */
export async function nameProblem(root: string, name: string): Promise<string | null> {
  if (!/^[a-z][a-z0-9]{2,19}$/.test(name)) {
    return "Name the gateway with 3 to 20 small letters and digits, a letter first: npm run gateway:new acme";
  }
  if (reserved.has(name)) return `A gateway cannot be called ${name}: choose another name.`;
  const known = await readFile(path.join(root, "lib/domain/payment.ts"), "utf8");
  const names = /gatewayNames = \[([^\]]*)\]/.exec(known)?.[1] ?? "";
  const folders = [`lib/gateways/${name}`, `sandbox/${name}`];
  const isTaken =
    names.includes(`"${name}"`) || folders.some((folder) => existsSync(path.join(root, folder)));
  return isTaken ? `There is a gateway called ${name} already.` : null;
}

/**
 * Writes a new gateway into the project at `root`. Returns the paths of what it wrote and changed. Throws
 * `Refusal`, and has then written nothing.
 */
export async function newGateway(root: string, name: string): Promise<string[]> {
  const problem = await nameProblem(root, name);
  if (problem !== null) throw new Refusal(problem);
  const files = [...(await filesFromTemplate(root, name)), ...(await registrations(root, name))];
  const style = await resolveConfig(path.join(root, "package.json"));
  const formatted = await Promise.all(
    files.map(async ([file, text]) => [file, await format(text, { ...style, filepath: file })]),
  );
  for (const [file = "", text = ""] of formatted) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  return files.map(([file]) => file);
}

async function main(): Promise<void> {
  const name = process.argv[2] ?? "";
  for (const file of await newGateway(projectRoot, name)) console.log(file);
  console.log(
    `\n${name} is there and passes the contract: npx vitest run lib/gateways/${name}\nGo on with docs/adding-a-gateway.md.`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await runScript(main);
