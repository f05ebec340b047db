import tseslint from "typescript-eslint";

/**
 * Imports point one way: domain ← db, gateways ← payments, orders, webhooks, outbox ←
 * reconciliation ← cases ← jobs ← auth, http ← app.
 * A folder may import what its entry does not forbid.
 */
const above = (...folders) => folders.map((folder) => `**/${folder}/**`);
const directions = [
  [
    "lib/domain",
    [
      ...above(
        "db",
        "gateways",
        "payments",
        "orders",
        "webhooks",
        "outbox",
        "reconciliation",
        "cases",
        "jobs",
        "auth",
        "http",
      ),
      ...above("observability"),
      "#*",
      "next",
      "next/*",
      "react",
    ],
  ],
  [
    "lib/db",
    above(
      "payments",
      "orders",
      "webhooks",
      "outbox",
      "reconciliation",
      "cases",
      "jobs",
      "auth",
      "http",
      "gateways",
    ),
  ],
  [
    "lib/gateways",
    above(
      "payments",
      "orders",
      "webhooks",
      "outbox",
      "reconciliation",
      "cases",
      "jobs",
      "auth",
      "http",
    ),
  ],
  ["lib/payments", above("webhooks", "outbox", "reconciliation", "cases", "jobs", "auth", "http")],
  ["lib/reconciliation", above("webhooks", "outbox", "cases", "jobs", "auth", "http")],
  ["lib/cases", above("webhooks", "outbox", "jobs", "auth", "http")],
  ["lib/webhooks", above("outbox", "auth", "http")],
  ["lib/outbox", above("payments", "orders", "webhooks", "jobs", "auth", "http")],
  ["lib/audit", above("jobs", "auth", "http")],
  ["lib/orders", above("jobs", "auth", "http")],
  ["lib/jobs", above("auth", "http")],
  ["lib/auth", above("jobs")],
];

const next = {
  group: ["next", "next/*"],
  message: "Next belongs to app, components and lib/auth.",
};
const prisma = {
  group: ["#db-client", "@prisma/*", "**/prisma/generated/**"],
  message: "Only lib/db and prisma talk to the database.",
};
const upwards = (group) => ({
  group,
  message: "Imports point one way: see the top of eslint.config.js.",
});
const restrict = (...patterns) => ["error", { patterns }];

const noRawSql = {
  selector: "MemberExpression[property.name=/^\\$(queryRawUnsafe|executeRawUnsafe)$/]",
  message: "SQL text is never put together from values: use $queryRaw with a template.",
};
const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: "Settings are read in lib/env.ts.",
};
const noFloatMoney = {
  selector: "CallExpression[callee.name=/^(parseFloat|parseInt)$/]",
  message: "Money is whole minor units in a bigint.",
};

export default tseslint.config(
  {
    ignores: [
      "node_modules",
      ".next",
      ".data",
      "prisma/generated",
      "next-env.d.ts",
      "test-results",
    ],
  },
  ...tseslint.configs.strict,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "max-lines": ["error", { max: 300 }],
      "max-lines-per-function": ["error", { max: 60, skipComments: true, skipBlankLines: true }],
      "no-restricted-syntax": ["error", noRawSql],
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  // A component's body is mostly markup.
  {
    files: ["**/*.tsx"],
    rules: {
      "max-lines-per-function": ["error", { max: 100, skipComments: true, skipBlankLines: true }],
    },
  },
  { files: ["lib/**/*.ts"], rules: { "no-restricted-imports": restrict(next, prisma) } },
  ...directions.map(([folder, group]) => ({
    files: [`${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": restrict(
        upwards(group),
        ...(folder === "lib/auth" ? [prisma] : folder === "lib/db" ? [next] : [next, prisma]),
      ),
    },
  })),
  {
    files: ["lib/**/*.ts", "app/**/*.{ts,tsx}", "components/**/*.{ts,tsx}"],
    ignores: ["lib/env.ts", "lib/testing/**"],
    rules: { "no-restricted-syntax": ["error", noRawSql, noEnvironment, noFloatMoney] },
  },
  {
    files: ["app/**/*.{ts,tsx}", "components/**/*.{ts,tsx}"],
    rules: {
      "no-restricted-imports": restrict(prisma, {
        group: ["#lib/db/*"],
        allowTypeImports: true,
        message: "Pages and routes call use cases.",
      }),
    },
  },
  {
    files: ["app/api/**/*.ts"],
    ignores: ["app/api/auth/**"],
    rules: {
      "no-restricted-imports": restrict(next, prisma, upwards(["#lib/db/*"])),
      "max-lines": ["error", { max: 25, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ["**/*.test.ts", "e2e/**/*.ts", "lib/testing/**"],
    rules: {
      "max-lines-per-function": "off",
      "max-lines": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "no-restricted-imports": "off",
      "no-restricted-syntax": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
