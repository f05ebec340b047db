import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { getEnv } from "../env.ts";

/** Set by server.ts on every request from the socket itself; what a client sends under it is dropped. */
export const remoteAddressHeader = "x-tollbooth-remote-address";

// More hops than any real chain of proxies; the rest of a forged header is not read.
const maxHops = 20;

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function parseAddress(text: string): Address | null {
  const trimmed = text.trim();
  // Node's check first: ipaddr.js also takes "127.1" and octal, which no proxy writes.
  return isIP(trimmed) === 0 ? null : ipaddr.process(trimmed);
}

function isTrusted(address: Address, proxies: readonly string[]): boolean {
  return proxies.some((proxy) => {
    const [network, bits] = proxy.includes("/")
      ? ipaddr.parseCIDR(proxy)
      : [ipaddr.parse(proxy), proxy.includes(":") ? 128 : 32];
    return network.kind() === address.kind() && address.match([network, bits]);
  });
}

/** What a caller is counted by: an IPv4 address, or an IPv6 /64, the least that one household gets. */
function countedAs(address: Address): string {
  if (address.kind() === "ipv4") return address.toString();
  const network = (address as ipaddr.IPv6).parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(":")}::/64`;
}

/**
 * The address that a request is counted by. `X-Forwarded-For` counts only when the socket belongs to
 * one of TRUSTED_PROXIES: then it is the rightmost hop that is not such a proxy itself.
 */
export function clientAddress(
  headers: Headers,
  proxies: readonly string[] = getEnv().TRUSTED_PROXIES,
): string {
  const socket = parseAddress(headers.get(remoteAddressHeader) ?? "");
  // Only a door without a server.ts (serverless, `next dev`) has none: its callers share one count.
  if (socket === null) return "unknown";
  let address = socket;
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").slice(-maxHops);
  while (hops.length > 0 && isTrusted(address, proxies)) {
    const hop = parseAddress(hops.pop() ?? "");
    // What a trusted proxy did not write as an address cannot be followed any further.
    if (hop === null) break;
    address = hop;
  }
  return countedAs(address);
}
