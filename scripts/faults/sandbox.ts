/** The gateways' sandbox as a process beside the servers, and its control port. */
import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayName } from "#lib/domain/payment";
import { isPortFree } from "../free-port.ts";
import type { Act } from "./gateway-side.ts";

const standInPorts = 5;
const patienceMs = 15_000;

/** The first of as many free ports in a row as the sandbox takes. */
export async function freePorts(): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const ports = Array.from({ length: standInPorts }, (_, index) => first + index);
    const free = await Promise.all(ports.map((port) => isPortFree(port, "127.0.0.1")));
    if (free.every(Boolean)) return first;
  }
  throw new Error("The system has no five free ports in a row.");
}

export class Sandbox {
  readonly #url: string;
  #isUp = true;

  /** `exited` resolves when its process ends. */
  constructor(port: number, exited: Promise<void>) {
    this.#url = `http://127.0.0.1:${port}`;
    void exited.then(() => (this.#isUp = false));
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The gateways that it stands for. */
  async gateways(): Promise<string[]> {
    const response = await fetch(`${this.#url}/accounts`);
    return Object.keys((await response.json()) as object);
  }

  /** Has something happen on a gateway's side; tries for as long as the sandbox is cut off its database. */
  act(gateway: GatewayName, act: Act): Promise<{ status: number; text: string }> {
    return this.#post(`/${gateway}/acts`, act);
  }

  async advanceClock(seconds: number): Promise<void> {
    await this.#post("/clock", { advance_s: seconds });
  }

  async #post(path: string, body: unknown): Promise<{ status: number; text: string }> {
    for (const startedAt = Date.now(); ;) {
      const answer = await this.#try(path, body);
      if (answer.status < 500 || Date.now() - startedAt > patienceMs) return answer;
      await sleep(200);
    }
  }

  async #try(path: string, body: unknown): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(this.#url + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      return { status: 599, text: error instanceof Error ? error.message : "no answer" };
    }
  }
}
