/** How a thing stands, for badges, alerts and timelines. Never the only sign: words go with it. */
export type Tone = "neutral" | "info" | "success" | "warning" | "danger";
