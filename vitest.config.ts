import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "lib/**/*.test.ts",
      "app/**/*.test.ts",
      "scripts/**/*.test.ts",
      "components/**/*.test.ts",
      "prisma/*.test.ts",
      "sandbox/**/*.test.ts",
    ],
    globalSetup: ["lib/testing/database.ts"],
    setupFiles: ["lib/testing/setup.ts"],
    // A process a worker: each has the state of one server and a database of its own.
    pool: "forks",
    maxWorkers: 2,
    isolate: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
