/** Where the project and the things it keeps for itself are. */
import path from "node:path";

/** The folder of package.json. */
export const projectRoot = path.resolve(import.meta.dirname, "..");

/** What the demo keeps between starts: database, secrets, logs. Never under version control. */
export const stateFolder = path.join(projectRoot, ".data");
