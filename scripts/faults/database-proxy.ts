/** A TCP proxy on loopback between the server and PostgreSQL that does to their connections what networks do. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

type Weather = {
  /** Nothing passes and nobody is told; what was sent is lost, and the connection with it. */
  blackHole: boolean;
  delayMs: number;
  /** For each connection and direction; 0: as fast as it goes. */
  bytesPerSecond: number;
};

const clear: Weather = { blackHole: false, delayMs: 0, bytesPerSecond: 0 };

/** Cuts the connection between a COMMIT and its answer, in the transaction that spoke of `text`. */
type CommitCut = { text: string; done: () => void };

class Connection {
  readonly #inside: Socket;
  readonly #outside: Socket;
  readonly #proxy: DatabaseProxy;
  #isLost = false;
  /** What was said since the last BEGIN, for commit cuts. */
  #spoken = "";

  constructor(proxy: DatabaseProxy, inside: Socket, port: number) {
    this.#proxy = proxy;
    this.#inside = inside;
    this.#outside = connect({ host: "127.0.0.1", port });
    for (const [from, to] of [
      [this.#inside, this.#outside],
      [this.#outside, this.#inside],
    ] as const) {
      from.setNoDelay(true);
      from.on("error", () => undefined);
      void this.#pump(from, to);
    }
  }

  async #pump(from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        const { blackHole, delayMs, bytesPerSecond } = this.#proxy.weather;
        if (blackHole) this.#isLost = true;
        // A connection that lost bytes never comes back, also when the weather is fine again.
        if (this.#isLost) continue;
        if (delayMs > 0) await sleep(delayMs);
        if (bytesPerSecond > 0) await sleep((chunk.length / bytesPerSecond) * 1_000);
        const cut = from === this.#inside ? this.#commitCut(chunk) : undefined;
        if (to.writable && !to.write(chunk)) {
          await Promise.race([
            new Promise((resolve) => to.once("drain", resolve)),
            new Promise((resolve) => to.once("close", resolve)),
          ]);
        }
        if (cut) {
          this.#inside.destroy();
          // PostgreSQL has the COMMIT and is given the time to carry it out.
          await sleep(300);
          cut.done();
          break;
        }
      }
    } catch {
      // One side is gone; so is the other, below.
    }
    // In a black hole nobody hears that the other side has gone.
    if (this.#isLost) return;
    this.cut();
  }

  #commitCut(chunk: Buffer): CommitCut | undefined {
    const cut = this.#proxy.commitCut;
    const said = chunk.toString("latin1");
    this.#spoken = said.includes("BEGIN") ? said : (this.#spoken + said).slice(-200_000);
    if (!cut || !said.includes("COMMIT") || !this.#spoken.includes(cut.text)) return undefined;
    this.#proxy.commitCut = undefined;
    return cut;
  }

  cut(): void {
    this.#inside.destroy();
    this.#outside.destroy();
  }

  lose(): void {
    this.#isLost = true;
  }

  get isLost(): boolean {
    return this.#isLost;
  }
}

export class DatabaseProxy {
  weather: Weather = clear;
  commitCut: CommitCut | undefined;
  #targetPort: number;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((inside) => {
      const connection = new Connection(this, inside, this.#targetPort);
      this.#connections.add(connection);
      inside.once("close", () => {
        this.#connections.delete(connection);
        if (connection.isLost) connection.cut();
      });
    });
  }

  static async start(targetPort: number): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(targetPort);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once("error", reject);
      proxy.#server.listen(0, "127.0.0.1", resolve);
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== "object" || address === null) throw new Error("the proxy is closed");
    return address.port;
  }

  pointTo(port: number): void {
    this.#targetPort = port;
  }

  change(weather: Partial<Weather>): void {
    this.weather = { ...clear, ...weather };
    // As a firewall that has forgotten every connection that was there.
    if (this.weather.blackHole) for (const connection of this.#connections) connection.lose();
  }

  heal(): void {
    this.weather = clear;
    this.commitCut = undefined;
  }

  cutAll(): number {
    const count = this.#connections.size;
    for (const connection of this.#connections) connection.cut();
    return count;
  }

  /** Resolves when the next COMMIT of a transaction that spoke of `text` was carried out unanswered. */
  loseCommitAnswer(text: string): Promise<void> {
    return new Promise((done) => {
      this.commitCut = { text, done };
    });
  }

  async stop(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
