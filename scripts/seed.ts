/** Fills the database at DATABASE_URL with the demo shop. */
import { closeDatabase } from "#lib/db/client";
import { seed } from "../prisma/seed.ts";
import { runScript } from "./terminal.ts";

await runScript(async () => {
  await seed();
  await closeDatabase();
});
