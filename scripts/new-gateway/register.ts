/** Where a gateway is entered so that the shop and the sandbox know it. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Refusal } from "../terminal.ts";
import { titleOf } from "./from-template.ts";

type Edit = { file: string; change: (source: string, name: string) => string };

const pairs: Readonly<Record<string, string>> = { "[": "]", "{": "}" };

/** Adds an entry at the end of the list or object whose opening bracket ends the match. */
function append(source: string, opening: RegExp, entry: string): string {
  const match = opening.exec(source);
  if (!match) {
    throw new Refusal(
      `Nothing was written: this script looks for ${opening} and does not find it.`,
    );
  }
  const start = match.index + match[0].length;
  const open = source[start - 1] ?? "";
  let depth = 1;
  let end = start;
  for (; depth > 0 && end < source.length; end += 1) {
    if (source[end] === open) depth += 1;
    if (source[end] === pairs[open]) depth -= 1;
  }
  const before = source.slice(0, end - 1).trimEnd();
  const comma = /[,[{]$/.test(before) ? "" : ",";
  return `${before}${comma} ${entry} ${source.slice(end - 1)}`;
}

/** Adds an import after those that are there. */
function addImport(source: string, statement: string): string {
  const imports = [...source.matchAll(/^(?:import [^;]*?|\} )from "[^"]+";$/gm)];
  const last = imports.at(-1);
  const at = last ? last.index + last[0].length : 0;
  return `${source.slice(0, at)}\n${statement}${source.slice(at)}`;
}

/** The number after the highest `offset` of the sandbox's ports. */
function nextOffset(source: string): number {
  const offsets = [...source.matchAll(/offset: (\d+)/g)].map(([, digits]) => Number(digits));
  return Math.max(0, ...offsets) + 1;
}

const edits: readonly Edit[] = [
  {
    file: "lib/domain/payment.ts",
    change: (source, name) => append(source, /gatewayNames = \[/, `"${name}"`),
  },
  {
    file: "lib/gateways/registry.ts",
    change: (source, name) =>
      append(
        addImport(source, `import { ${name}Gateway } from "./${name}/${name}-gateway.ts";`),
        /const adapters[^=]*= \{/,
        `${name}: ${name}Gateway`,
      ),
  },
  {
    file: "lib/gateways/endpoints.ts",
    change: (source, name) => {
      const placed = append(
        source,
        /const real[^=]*= \{/,
        `\n// The address of the real service goes here.\n${name}: sameInBothModes({ api: "https://api.${name}.example", script: null, sources: none })`,
      );
      const port = `${name}: { offset: ${nextOffset(source)}, script: null }`;
      return append(placed, /const sandboxPorts[^=]*= \{/, port);
    },
  },
  {
    file: "sandbox/credentials.ts",
    change: (source, name) =>
      append(
        source,
        // The type of the table has an arrow in it, and so an equals sign.
        /const forms[\s\S]*?\n> = \{/,
        `${name}: (part) => ({ merchantId: \`mer_\${part("merchant", 12)}\`, publicKey: \`pk_test_\${part("public", 32)}\`, secretKey: \`sk_test_\${part("secret", 32)}\`, webhookSecret: part("webhook", 32) })`,
      ),
  },
  {
    file: "sandbox/stand-ins.ts",
    change: (source, name) =>
      append(
        addImport(source, `import { ${name}StandIn } from "./${name}/${name}-stand-in.ts";`),
        /standIns[^=]*= \[/,
        `${name}StandIn`,
      ),
  },
  {
    file: "lib/sandbox/choices.ts",
    change: (source, name) =>
      append(
        source,
        /const actsOf[^=]*= \{/,
        `${name}: ordered("pay", "fail_payment", "succeed_refund")`,
      ),
  },
  {
    file: "components/admin/gateway-words.ts",
    change: (source, name) =>
      append(
        source,
        /const named[^=]*= \{/,
        `${name}: { merchantId: { label: "Merchant id", hint: "" }, publicKey: { label: "Public key", hint: "Begins with pk_." }, secretKey: { label: "Secret key", hint: "Begins with sk_." }, webhookSecret: { label: "Webhook secret", hint: "" } }`,
      ),
  },
  {
    file: "components/checkout/method.ts",
    change: (source, name) => source.replace(/(gateway: "dummy"[^;]*);/, `$1 | "${name}";`),
  },
  {
    file: "components/checkout/method-words.ts",
    change: (source, name) =>
      append(
        source,
        /const methodWords[\s\S]*?> = \{/,
        `${name}: { name: "${titleOf(name)}", hint: "On its page" }`,
      ),
  },
  {
    file: "components/checkout/gateway-method.tsx",
    change: (source, name) =>
      append(
        addImport(
          source,
          `import { ${titleOf(name)}Method } from "./gateways/${name}-method.tsx";`,
        ),
        /const parts[^=]*= \{/,
        `${name}: ${titleOf(name)}Method`,
      ),
  },
  {
    file: "prisma/seed.ts",
    change: (source, name) => append(source, /const homeCurrencies[^=]*= \{/, `${name}: "USD"`),
  },
  {
    file: "scripts/faults/sandbox-side.ts",
    change: (source, name) => append(source, /const ways[^=]*= \{/, `${name}: ["page", "told"]`),
  },
];

/** The files that know gateways by name, with the new one in them, by their paths. Throws `Refusal`. */
export async function registrations(root: string, name: string): Promise<Map<string, string>> {
  const changed = new Map<string, string>();
  // A table that has gone is missed by the compiler, if by anything: scripts/gateway-new.test.ts asks it.
  for (const { file, change } of edits.filter(({ file }) => existsSync(path.join(root, file)))) {
    const source = changed.get(file) ?? (await readFile(path.join(root, file), "utf8"));
    changed.set(file, change(source, name));
  }
  return changed;
}
