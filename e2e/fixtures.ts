import {
  expect,
  test as base,
  type Browser,
  type BrowserContext,
  type Page,
} from "@playwright/test";
import { baseUrl, demoPassword, emailOf, type Person } from "./shop.ts";

export { expect };

type Fixtures = {
  /** A page of a browser of its own, signed in as that person. A second call is a second browser. */
  pageOf: (person: Person | "visitor") => Promise<Page>;
  /** Names an error in the browser's console that belongs to the test, such as an answer of 402. */
  expectInConsole: (pattern: RegExp) => void;
};

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;
const sessions = new Map<Person, Promise<Cookies>>();

async function newSession(browser: Browser, person: Person): Promise<Cookies> {
  const context = await browser.newContext({ baseURL: baseUrl });
  const csrf = await context.request.get("/api/auth/csrf");
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  await context.request.post("/api/auth/callback/credentials", {
    form: { csrfToken, email: emailOf(person), password: demoPassword, json: "true" },
  });
  const cookies = await context.cookies();
  await context.close();
  expect(cookies.map((cookie) => cookie.name).join(), `a session of ${person}`).toContain(
    "session",
  );
  return cookies;
}

/** The cookies of a person's session; signed in once a worker. */
function sessionOf(browser: Browser, person: Person): Promise<Cookies> {
  const session = sessions.get(person) ?? newSession(browser, person);
  sessions.set(person, session);
  return session;
}

type Watch = { found: string[]; report: (text: string) => void };

/** Collects what no page may do: errors in the console or thrown, refused content, answers of 500 and above. */
async function watch(context: BrowserContext, { report }: Watch): Promise<void> {
  await context.exposeBinding("reportViolation", (_source, text: string) => report(text));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const { reportViolation } = window as unknown as { reportViolation: (text: string) => void };
      reportViolation(`CSP ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
  context.on("console", (message) => {
    if (message.type() === "error") report(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", ({ error }) => report(`thrown: ${String(error())}`));
  context.on("response", (response) => {
    if (response.status() >= 500) report(`${response.status()} from ${response.url()}`);
  });
}

export const test = base.extend<Fixtures & { seen: Watch & { expected: RegExp[] } }>({
  // Playwright wants the first argument taken apart, be it empty.

  seen: async ({}, use) => {
    const found: string[] = [];
    const expected: RegExp[] = [];
    await use({ found, expected, report: (text) => found.push(text) });
    const unexpected = found.filter((text) => !expected.some((pattern) => pattern.test(text)));
    expect(unexpected, "errors in the browser").toEqual([]);
  },

  expectInConsole: async ({ seen }, use) => {
    await use((pattern) => void seen.expected.push(pattern));
  },

  pageOf: async ({ browser, seen }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (person) => {
      const context = await browser.newContext({ baseURL: baseUrl, locale: "en-US" });
      contexts.push(context);
      await watch(context, seen);
      if (person !== "visitor") await context.addCookies(await sessionOf(browser, person));
      return await context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});
