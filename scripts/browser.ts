/** Which browser the tests drive: the machine's own, or the one that comes with the npm packages. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { projectRoot } from "./project.ts";

export type Browser = { executablePath: string; libraryPath: string | undefined };

const systemBrowsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** CHROMIUM_PATH, else the machine's Chromium, else the packaged one with the libraries it brings. */
export async function findBrowser(): Promise<Browser> {
  const given = process.env["CHROMIUM_PATH"];
  if (given && given !== "packaged") return { executablePath: given, libraryPath: undefined };
  const system = systemBrowsers.find((file) => existsSync(file));
  if (system && given !== "packaged") return { executablePath: system, libraryPath: undefined };
  return packagedBrowser();
}

async function packagedBrowser(): Promise<Browser> {
  const { default: chromium } = await import("@sparticuz/chromium");
  const executablePath = await chromium.executablePath();
  return { executablePath, libraryPath: await unpackLibraries() };
}

/** The package unpacks its libraries only on the hosts it was made for; a bare Linux needs them too. */
async function unpackLibraries(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = path.join(tmpdir(), `tollbooth-browser-libraries-${uid}`);
  const libraries = path.join(folder, "lib");
  if (existsSync(libraries)) return libraries;
  const packed = path.join(projectRoot, "node_modules/@sparticuz/chromium/bin/al2023.tar.br");
  const unpacking = `${folder}.${process.pid}`;
  await mkdir(unpacking, { recursive: true });
  execFileSync("tar", ["-xf", "-", "-C", unpacking], {
    input: brotliDecompressSync(await readFile(packed)),
  });
  await rm(folder, { recursive: true, force: true });
  await rename(unpacking, folder);
  return libraries;
}
