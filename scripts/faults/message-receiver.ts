/** Stands for another system that is told of paid orders: keeps what it got, and can take its time. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

export class MessageReceiver {
  readonly #server: Server;
  /** How often each message came, by its id. */
  readonly received = new Map<string, { times: number; bodies: Set<string> }>();
  #stalled: ((id: string) => void) | undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<MessageReceiver> {
    const receiver = new MessageReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== "object" || address === null) throw new Error("the receiver is closed");
    return `http://127.0.0.1:${address.port}/`;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const id = String(request.headers["webhook-id"]);
    const known = this.received.get(id) ?? { times: 0, bodies: new Set<string>() };
    known.times += 1;
    known.bodies.add(body);
    this.received.set(id, known);
    const stalled = this.#stalled;
    if (stalled) {
      this.#stalled = undefined;
      stalled(id);
      return; // Took effect here, and the sender never hears of it.
    }
    response.writeHead(204).end();
  }

  /** The next message is taken and never answered; resolves with its id when it is there. */
  stallNext(): Promise<string> {
    return new Promise((resolve) => {
      this.#stalled = resolve;
    });
  }

  answerAgain(): void {
    this.#stalled = undefined;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
