import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { heading } from "./checkout.ts";
import { expect, test } from "./fixtures.ts";
import { demoPassword, emailOf } from "./shop.ts";

// Signing out ends every session of a person: these journeys use accounts of their own for that.
const newEmail = () => `e2e-${randomUUID().slice(0, 12)}@example.com`;
const goodPassword = "four words in a row";

const formButton = (page: Page, name: string) =>
  page.getByRole("main").getByRole("button", { name, exact: true });

/** Fills the open form of an e-mail and a password, and sends it. */
async function enter(page: Page, button: string, email: string, password: string): Promise<void> {
  await expect(formButton(page, button)).toBeEnabled();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await formButton(page, button).click();
}

const accountLink = (page: Page, email: string) =>
  page.getByRole("link", { name: `Account of ${email}` });

async function signUp(page: Page, email: string): Promise<void> {
  await page.goto("/signup");
  await enter(page, "Create account", email, goodPassword);
  await expect(accountLink(page, email)).toBeVisible();
}

test("a visitor signs up, is signed in, signs out, and signs in again", async ({ pageOf }) => {
  const email = newEmail();
  const page = await pageOf("visitor");
  await signUp(page, email);
  await expect(heading(page, "Parts for your car")).toBeVisible();
  await page.goto("/transactions");
  await expect(heading(page, "No transactions yet")).toBeVisible();

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("link", { name: "Sign in", exact: true })).toBeVisible();
  await page.goto("/transactions");
  await expect(page).toHaveURL(/\/signin\?/);

  await enter(page, "Sign in", email, goodPassword);
  await expect(page).toHaveURL(/\/transactions$/);
  await expect(accountLink(page, email)).toBeVisible();
});

test("signing out ends the session elsewhere too", async ({ pageOf }) => {
  const email = newEmail();
  const here = await pageOf("visitor");
  await signUp(here, email);
  const elsewhere = await pageOf("visitor");
  await elsewhere.goto("/signin");
  await enter(elsewhere, "Sign in", email, goodPassword);
  await expect(accountLink(elsewhere, email)).toBeVisible();

  await here.getByRole("button", { name: "Sign out" }).click();
  await expect(here.getByRole("link", { name: "Sign in", exact: true })).toBeVisible();
  await elsewhere.goto("/orders");
  await expect(elsewhere).toHaveURL(/\/signin\?/);
});

test("a wrong password and an unknown account get the same clear message", async ({
  pageOf,
  expectInConsole,
}) => {
  expectInConsole(/status of 401/);
  const page = await pageOf("visitor");
  await page.goto("/signin");
  for (const email of [emailOf("shopper"), newEmail()]) {
    await enter(page, "Sign in", email, "not the password");
    await expect(page.getByText("That e-mail and password do not match")).toBeVisible();
    await expect(page).toHaveURL(/\/signin$/);
  }
  await enter(page, "Sign in", emailOf("shopper"), demoPassword);
  await expect(accountLink(page, emailOf("shopper"))).toBeVisible();
});

test("a sign-in form with something missing says what, and goes there", async ({ pageOf }) => {
  const page = await pageOf("visitor");
  await page.goto("/signin");
  await enter(page, "Sign in", "", "");
  await expect(page.getByText("Enter your e-mail address.")).toBeVisible();
  await expect(page.getByText("Enter your password.")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toBeFocused();
});

test("an address that has an account, or a weak password, is refused in words", async ({
  pageOf,
  expectInConsole,
}) => {
  expectInConsole(/status of 4(00|09)/);
  const page = await pageOf("visitor");
  await page.goto("/signup");
  await enter(page, "Create account", newEmail(), "short");
  await expect(page.getByText("Choose a password of at least 10 characters.")).toBeVisible();
  await enter(page, "Create account", newEmail(), "aaaaaaaaaaaa");
  await expect(page.getByText("Use more than three different characters.")).toBeVisible();
  await enter(page, "Create account", emailOf("shopper"), goodPassword);
  await expect(page.getByLabel("E-mail")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("E-mail")).toBeFocused();
  await expect(page.getByRole("link", { name: "Sign in", exact: true }).first()).toBeVisible();
});

test("a changed password keeps this browser signed in, and the old one opens nothing", async ({
  pageOf,
  expectInConsole,
}) => {
  expectInConsole(/status of 401/);
  const email = newEmail();
  const page = await pageOf("visitor");
  await signUp(page, email);
  await page.goto("/account");
  await expect(formButton(page, "Change password")).toBeEnabled();
  await page.getByLabel("Current password").fill(goodPassword);
  await page.getByLabel("New password").fill("another four words here");
  await formButton(page, "Change password").click();
  await expect(page.getByText("Your password was changed")).toBeVisible();
  await page.goto("/orders");
  await expect(heading(page, "Your orders")).toBeVisible();

  const elsewhere = await pageOf("visitor");
  await elsewhere.goto("/signin");
  await enter(elsewhere, "Sign in", email, goodPassword);
  await expect(elsewhere.getByText("That e-mail and password do not match")).toBeVisible();
  await enter(elsewhere, "Sign in", email, "another four words here");
  await expect(accountLink(elsewhere, email)).toBeVisible();
});

test("a visitor is asked to sign in on every page that is somebody's own, and comes back to it", async ({
  pageOf,
}) => {
  const page = await pageOf("visitor");
  for (const path of [
    "/orders",
    "/transactions",
    "/account",
    "/admin",
    "/admin/transactions",
    "/admin/cases",
    "/admin/disputes",
    "/admin/webhooks",
    "/admin/reconciliation",
  ]) {
    await page.goto(path);
    await expect(page).toHaveURL(`/signin?callbackUrl=${encodeURIComponent(path)}`);
  }
  await page.goto("/orders");
  await enter(page, "Sign in", emailOf("second"), demoPassword);
  await expect(page).toHaveURL(/\/orders$/);
});

test("after signing in, nobody is sent to another site", async ({ pageOf }) => {
  const page = await pageOf("visitor");
  for (const away of [
    "https://elsewhere.example/",
    "//elsewhere.example",
    "/\\elsewhere.example",
  ]) {
    await page.context().clearCookies();
    await page.goto(`/signin?callbackUrl=${encodeURIComponent(away)}`);
    await enter(page, "Sign in", emailOf("second"), demoPassword);
    await expect(accountLink(page, emailOf("second"))).toBeVisible();
    await expect(page).toHaveURL("/");
  }
});

test("one click is enough to be any of the demo's people", async ({ pageOf }) => {
  const page = await pageOf("visitor");
  await page.goto("/signin");
  await page.getByRole("button", { name: /admin@example\.com/ }).click();
  await expect(accountLink(page, emailOf("admin"))).toBeVisible();
  await expect(page.getByRole("link", { name: "Dashboard" })).toBeVisible();
});
