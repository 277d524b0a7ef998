import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/{real,contract}/**"],
          testTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
          // By the machine it has another number of workers, which Vitest takes in no common group.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "real",
          include: ["test/{real,contract}/**/*.test.ts"],
          globalSetup: "test/real/setup.ts",
          // A gateway keeps a core busy: more than two at a time only run into each other's deadlines.
          maxWorkers: 2,
          // For what hangs: what is slow has shorter deadlines of its own, which say what they waited for.
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
