import type { World } from "./world.ts";

/** One thing that breaks. Throws where something is not as it must be at once; the books are held against the model at the end. */
export type Scenario = {
  name: string;
  /** The rows of the fault list that it is about. */
  rows: string;
  run: (world: World) => Promise<void>;
};
