import { findActiveConfigurations } from "../db/configurations.ts";
import type { GatewayName } from "../domain/payment.ts";
import { endpointsOf, type Endpoints } from "../gateways/endpoints.ts";
import { findGateway } from "../gateways/registry.ts";

/** Whose scripts, frames and calls the checkout needs: those of the active gateways, and no other's. */
export async function activeGatewaySources(): Promise<Endpoints["sources"]> {
  const found = { script: new Set<string>(), frame: new Set<string>(), connect: new Set<string>() };
  for (const { gateway, mode } of await findActiveConfigurations(undefined)) {
    const name = gateway as GatewayName;
    if (name === "dummy" || !findGateway(name)) continue;
    const { sources } = endpointsOf(name, mode);
    for (const kind of ["script", "frame", "connect"] as const) {
      for (const source of sources[kind]) found[kind].add(source);
    }
  }
  return { script: [...found.script], frame: [...found.frame], connect: [...found.connect] };
}
