import { describe, expect, test } from "vitest";
import { clientAddress, remoteAddressHeader } from "./client-address.ts";

const proxies = ["10.0.0.0/8", "192.168.1.1", "fd00::/8"];

function addressOf(
  socket: string | null,
  headers: Record<string, string>,
  trusted: readonly string[] = proxies,
): string {
  return clientAddress(
    new Headers({ ...(socket === null ? {} : { [remoteAddressHeader]: socket }), ...headers }),
    trusted,
  );
}

describe("the address a caller is counted by", () => {
  const cases: [name: string, socket: string | null, forwarded: string | null, address: string][] =
    [
      ["the socket's", "203.0.113.7", null, "203.0.113.7"],
      [
        "the socket's, where it is no trusted proxy and forwards what it likes",
        "203.0.113.7",
        "1.1.1.1",
        "203.0.113.7",
      ],
      ["the hop a trusted proxy saw", "10.1.2.3", "198.51.100.4", "198.51.100.4"],
      [
        "the rightmost hop that is no proxy of ours, not what the client wrote before it",
        "10.1.2.3",
        "6.6.6.6, 198.51.100.4, 192.168.1.1",
        "198.51.100.4",
      ],
      [
        "the outermost proxy's, where all hops are proxies",
        "10.1.2.3",
        "10.9.9.9, 192.168.1.1",
        "10.9.9.9",
      ],
      [
        "the proxy's, where the last hop is no address",
        "10.1.2.3",
        "198.51.100.4, unknown",
        "10.1.2.3",
      ],
      ["the proxy's, where the last hop is a short form", "10.1.2.3", "127.1", "10.1.2.3"],
      ["IPv4 in IPv6 as IPv4", "::ffff:203.0.113.7", null, "203.0.113.7"],
      ["an IPv6 network of 64 bits", "2001:db8:1:2:3:4:5:6", null, "2001:db8:1:2::/64"],
      ["the same for its neighbour", "2001:db8:1:2::ffff", null, "2001:db8:1:2::/64"],
      ["an IPv6 hop behind an IPv6 proxy", "fd00::1", "2001:db8:9:9::1", "2001:db8:9:9::/64"],
      ["one for all, where no server said", null, "1.1.1.1", "unknown"],
      ["one for all, where it is nonsense", "not-an-address", null, "unknown"],
    ];
  test.each(cases)("is %s", (_name, socket, forwarded, address) => {
    expect(addressOf(socket, forwarded === null ? {} : { "x-forwarded-for": forwarded })).toBe(
      address,
    );
  });

  test("is moved by no other header", () => {
    const forged = {
      "x-real-ip": "1.1.1.1",
      forwarded: "for=1.1.1.1",
      "cf-connecting-ip": "1.1.1.1",
      "true-client-ip": "1.1.1.1",
    };
    expect(addressOf("203.0.113.7", forged)).toBe("203.0.113.7");
    expect(addressOf("10.1.2.3", forged)).toBe("10.1.2.3");
  });

  test("reads a bounded number of hops", () => {
    const endless = Array.from({ length: 100_000 }, () => "10.0.0.1").join(",");
    expect(addressOf("10.1.2.3", { "x-forwarded-for": endless })).toBe("10.0.0.1");
  });
});
