import type { ReactNode } from "react";
import { cn } from "../ui/cn.ts";

// Line drawings on a 48 px grid, one a category of parts.
const drawings = {
  brakes: (
    <>
      <circle cx="24" cy="24" r="16" />
      <circle cx="24" cy="24" r="6" />
      <path d="M24 11v2.5M24 34.5V37M11 24h2.5M34.5 24H37M14.8 14.8l1.8 1.8M31.4 31.4l1.8 1.8M14.8 33.2l1.8-1.8" />
      <path d="M33 8.5a18 18 0 0 1 9 15.5v5h-6.5v-5" fill="var(--signal)" stroke="currentColor" />
    </>
  ),
  filters: (
    <>
      <path d="M13 12h22v24a4 4 0 0 1-4 4H17a4 4 0 0 1-4-4Z" />
      <path d="M11 12V9.5a1.5 1.5 0 0 1 1.5-1.5h23A1.5 1.5 0 0 1 37 9.5V12Z" fill="var(--signal)" />
      <path d="M19 18v16M24 18v16M29 18v16" />
    </>
  ),
  batteries: (
    <>
      <rect x="7" y="16" width="34" height="22" rx="2.5" />
      <path d="M12 16v-4h6v4M30 16v-4h6v4" fill="var(--signal)" />
      <path d="M12.5 25h6M29.5 25h6M32.5 22v6" />
    </>
  ),
  lighting: (
    <>
      <path d="M9 24c0-7.7 5.5-13 13-13h3v26h-3c-7.5 0-13-5.3-13-13Z" />
      <path d="M25 11v26" />
      <path d="M31 15.5 41 13M31 24h10M31 32.5 41 35" stroke="var(--signal-line)" />
      <circle cx="18" cy="24" r="3.5" fill="var(--signal)" />
    </>
  ),
  engine: (
    <>
      <path d="M14 19h5l3-4h9l4 5h3v-3h4v16h-4v-3h-3l-3 5H18l-4-5Z" />
      <path d="M14 25H8M8 20v10M26 15v-4M21.5 11h9" />
      <path d="m26.5 20-4 5.5h4.5L24 31" fill="none" stroke="var(--signal-line)" />
    </>
  ),
  ignition: (
    <>
      <path d="M20 7h8v8h-8zM18 15h12l-1.5 9h-9ZM20.5 24h7v10h-7z" />
      <path d="M20.5 27.3h7M20.5 30.7h7" />
      <path d="M24 34v3M24 41.5h-6V36" />
      <path d="M18 15h12l-.8 4.5H18.8Z" fill="var(--signal)" />
    </>
  ),
  tyres: (
    <>
      <circle cx="24" cy="24" r="17" />
      <circle cx="24" cy="24" r="9.5" />
      <circle cx="24" cy="24" r="3" fill="var(--signal)" />
      <path d="M24 14.5V21M24 27v6.5M14.5 24H21M27 24h6.5" />
      <path d="M24 7v3M38 14.5l-2.4 1.8M38 33.5l-2.4-1.8M24 41v-3M10 33.5l2.4-1.8M10 14.5l2.4 1.8" />
    </>
  ),
  suspension: (
    <>
      <path d="M24 6v7M24 35v7M17 13h14M17 35h14" />
      <path d="M17 17l14 3-14 3.5 14 3.5-14 3.5 14 1.5" stroke="var(--signal-line)" />
      <circle cx="24" cy="6.5" r="2" />
      <circle cx="24" cy="41.5" r="2" />
    </>
  ),
  cooling: (
    <>
      <rect x="8" y="12" width="32" height="25" rx="2" />
      <path d="M14 12V8h7v4" fill="var(--signal)" />
      <path d="M14 17v15M19 17v15M24 17v15M29 17v15M34 17v15" />
    </>
  ),
  wipers: (
    <>
      <path d="M6 33C10 20 18 13 24 13s14 7 18 20Z" />
      <path d="M24 33 33 18.5" stroke="var(--signal-line)" />
      <path d="M27.5 15.5 38 24" />
      <circle cx="24" cy="33" r="2.5" fill="var(--signal)" />
    </>
  ),
  fluids: (
    <>
      <path d="M14 15h13l7 7v15a3 3 0 0 1-3 3H14a3 3 0 0 1-3-3V18a3 3 0 0 1 3-3Z" />
      <path d="M16 15V9h8v6" fill="var(--signal)" />
      <path d="M31 19l5-5" />
      <path
        d="M22.5 23.5c2.8 3.2 4 5 4 6.7a4 4 0 0 1-8 0c0-1.7 1.2-3.5 4-6.7Z"
        fill="var(--signal)"
      />
    </>
  ),
  exhaust: (
    <>
      <path d="M5 20h8M5 28h8" />
      <rect x="13" y="15" width="20" height="18" rx="6" />
      <path d="M33 21h6l4-3M33 27h6l4 3" />
      <path d="M19 20v8M23 20v8M27 20v8" stroke="var(--signal-line)" />
    </>
  ),
  other: (
    <>
      <circle cx="24" cy="24" r="6" fill="var(--signal)" />
      <path d="M24 8v5M24 35v5M8 24h5M35 24h5M12.7 12.7l3.5 3.5M31.8 31.8l3.5 3.5M12.7 35.3l3.5-3.5M31.8 16.2l3.5-3.5" />
      <circle cx="24" cy="24" r="12" />
    </>
  ),
} satisfies Record<string, ReactNode>;

// First match wins. Shops name categories freely; the drawing follows the words in the name.
const drawingByWord: readonly [RegExp, keyof typeof drawings][] = [
  [/filter/i, "filters"],
  [/oil|fluid|lubricant|coolant/i, "fluids"],
  [/brake|rotor|caliper/i, "brakes"],
  [/batter|electric|alternator|starter/i, "batteries"],
  [/light|lamp|bulb/i, "lighting"],
  [/ignition|spark/i, "ignition"],
  [/ty?ire|tyre|wheel/i, "tyres"],
  [/suspension|shock|steering|strut/i, "suspension"],
  [/cool|radiator|thermostat/i, "cooling"],
  [/wiper|glass/i, "wipers"],
  [/exhaust|muffler/i, "exhaust"],
  [/engine|belt|timing|drive/i, "engine"],
];

function drawingFor(words: string): keyof typeof drawings | undefined {
  return drawingByWord.find(([pattern]) => pattern.test(words))?.[1];
}

type CategoryIconProps = { name: string; category: string; className?: string };

/** A drawing for a part, by its name or else its category. Decorative: the name stands beside it. */
export function CategoryIcon({ name, category, className }: CategoryIconProps) {
  const drawing = drawingFor(name) ?? drawingFor(category) ?? "other";
  return (
    <svg
      viewBox="0 0 48 48"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={cn("size-12", className)}
    >
      {drawings[drawing]}
    </svg>
  );
}
