"use client";

import { useState, type FormEvent } from "react";
import type { GatewayName } from "#lib/domain/payment";
import { callFaultModes, webhookFaultModes, type SandboxFaultMode } from "#lib/sandbox/choices";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { SaidLine } from "./said-line.tsx";
import { faultWords } from "./sandbox-words.ts";
import { useSandboxCall } from "./use-sandbox-call.ts";

function Options({ label, modes }: { label: string; modes: readonly SandboxFaultMode[] }) {
  return (
    <optgroup label={label}>
      {modes.map((mode) => (
        <option key={mode} value={mode}>
          {faultWords[mode]}
        </option>
      ))}
    </optgroup>
  );
}

/** Chooses what goes wrong with the gateway's next calls or webhooks. */
export function FaultForm({ gateway }: { gateway: GatewayName }) {
  const hydrated = useHydrated();
  const { busy, said, send } = useSandboxCall();
  const [mode, setMode] = useState<SandboxFaultMode>("charge_then_hang");
  const [times, setTimes] = useState("1");
  const [seconds, setSeconds] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    const delay_ms = Math.round(Number(seconds === "" ? "0" : seconds) * 1_000);
    const body = { gateway, mode, times: Number(times), delay_ms };
    void send("faults", body, "It waits for the next ones.");
  }

  return (
    <form onSubmit={submit} noValidate>
      <Field id="fault-mode" label="What goes wrong" error={said?.fields["mode"]}>
        {(control) => (
          <Select
            {...control}
            value={mode}
            onChange={(event) => setMode(event.target.value as SandboxFaultMode)}
          >
            <Options label="With calls that move money" modes={callFaultModes} />
            <Options label="With webhooks" modes={webhookFaultModes} />
            <Options label="With everything" modes={["outage"]} />
          </Select>
        )}
      </Field>
      <div className="mt-3 grid grid-cols-2 gap-3">
        <Field id="fault-times" label="How often" error={said?.fields["times"]}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={times}
              onChange={(event) => setTimes(event.target.value)}
            />
          )}
        </Field>
        <Field id="fault-delay" label="Seconds late" optional error={said?.fields["delay_ms"]}>
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              value={seconds}
              onChange={(event) => setSeconds(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button type="submit" variant="solid" busy={busy} disabled={!hydrated}>
          Set the fault
        </Button>
        <Button
          variant="secondary"
          disabled={!hydrated || busy}
          onClick={() =>
            void send("faults", { gateway, mode: "none" }, "Nothing goes wrong any more.")
          }
        >
          Take all away
        </Button>
      </div>
      <SaidLine said={said} />
    </form>
  );
}
