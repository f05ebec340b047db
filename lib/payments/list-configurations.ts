import type { Viewer } from "../domain/actor.ts";
import { selectActiveConfigurations, type ConfigurationRecord } from "../db/configurations.ts";
import { findGateway } from "../gateways/registry.ts";

/** The gateways one can pay with here, without their secrets. Any signed-in person may ask. */
export async function listConfigurations(_viewer: Viewer): Promise<ConfigurationRecord[]> {
  const active = await selectActiveConfigurations();
  return active.filter((configuration) => findGateway(configuration.gateway) !== null);
}
