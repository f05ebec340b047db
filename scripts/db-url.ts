/** `npm run -s db:url`: prints the URL of the database in use, for psql and the like. */
import { currentDatabaseUrl } from "./database-url.ts";
import { runScript } from "./terminal.ts";

await runScript(async () => console.log(await currentDatabaseUrl()));
