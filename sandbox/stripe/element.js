/**
 * The frame into which a card is typed. It talks to the page that it is in by messages, and only to the
 * origin that it was made for; the card goes from here to the sandbox and nowhere else.
 */
const parentOrigin = new URLSearchParams(window.location.search).get("parent") ?? "";
const fields = {
  number: document.getElementById("number"),
  expiry: document.getElementById("expiry"),
  cvc: document.getElementById("cvc"),
};
const shown = new Set();
let settings = { key: "", clientSecret: null, appearance: {} };

const tell = (message) => window.parent.postMessage(message, parentOrigin);
const digitsOf = (field) => field.value.replace(/\D/g, "");
const isAmex = () => /^3[47]/.test(digitsOf(fields.number));

function luhn(digits) {
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const doubled = index % 2 === 1 ? Number(digit) * 2 : Number(digit);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function formatNumber(digits) {
  const parts = /^3[47]/.test(digits) ? [4, 6, 5] : [4, 4, 4, 4, 3];
  let at = 0;
  const groups = parts.map((length) => digits.slice(at, (at += length)));
  return groups.filter((group) => group !== "").join(" ");
}

function formatExpiry(digits, isLonger) {
  const whole = /^[2-9]/.test(digits) ? `0${digits}` : digits;
  const month = whole.slice(0, 2);
  const year = whole.slice(2, 4);
  return year !== "" || (month.length === 2 && isLonger) ? `${month} / ${year}` : month;
}

/** Writes a field anew and leaves the caret after the digit that it was after. */
function rewrite(field, text) {
  const before = field.value.slice(0, field.selectionStart ?? field.value.length);
  const isAtEnd = before.length === field.value.length;
  let left = before.replace(/\D/g, "").length;
  field.value = text;
  if (document.activeElement !== field) return;
  let caret = 0;
  while (left > 0 && caret < text.length) {
    if (/\d/.test(text[caret])) left -= 1;
    caret += 1;
  }
  field.setSelectionRange(isAtEnd ? text.length : caret, isAtEnd ? text.length : caret);
}

const problems = {
  number() {
    const digits = digitsOf(fields.number);
    if (digits.length < 13) return ["incomplete_number", "Your card number is incomplete."];
    return luhn(digits) ? null : ["invalid_number", "Your card number is invalid."];
  },
  expiry() {
    const digits = digitsOf(fields.expiry);
    if (digits.length < 4)
      return ["incomplete_expiry", "Your card's expiration date is incomplete."];
    const month = Number(digits.slice(0, 2));
    const year = 2000 + Number(digits.slice(2));
    const now = new Date();
    if (month < 1 || month > 12) {
      return ["invalid_expiry_month", "Your card's expiration month is invalid."];
    }
    const isPast = year * 12 + month < now.getFullYear() * 12 + now.getMonth() + 1;
    return isPast
      ? ["invalid_expiry_year_past", "Your card's expiration date is in the past."]
      : null;
  },
  cvc() {
    const isShort = digitsOf(fields.cvc).length < (isAmex() ? 4 : 3);
    return isShort ? ["incomplete_cvc", "Your card's security code is incomplete."] : null;
  },
};

/** Shows what is wrong with the fields that the shopper has left, or with all of them. */
function showProblems() {
  for (const [name, field] of Object.entries(fields)) {
    const problem = shown.has(name) ? problems[name]() : null;
    document.getElementById(`${name}-problem`).textContent = problem?.[1] ?? "";
    field.setAttribute("aria-invalid", String(problem !== null));
  }
  resize();
}

/** The first problem, shown and with the focus on it; null: none. */
function validate() {
  for (const name of Object.keys(fields)) shown.add(name);
  showProblems();
  for (const [name, field] of Object.entries(fields)) {
    const problem = problems[name]();
    if (!problem) continue;
    field.focus();
    return { type: "validation_error", code: problem[0], message: problem[1] };
  }
  return null;
}

function changed() {
  showProblems();
  const complete = Object.values(problems).every((problem) => problem() === null);
  const empty = Object.values(fields).every((field) => field.value === "");
  const detail = { complete, empty, collapsed: false, value: { type: "card" } };
  tell({ type: "change", detail });
}

function resize() {
  tell({
    type: "resize",
    height: Math.ceil(document.documentElement.getBoundingClientRect().height),
  });
}

async function post(path, form) {
  const body = new URLSearchParams({ key: settings.key, ...form });
  try {
    const response = await fetch(`/js/v1/${path}`, { method: "POST", body });
    return await response.json();
  } catch {
    const message = "The sandbox could not be reached. What happened is not known.";
    return { error: { type: "api_connection_error", message } };
  }
}

async function makeMethod() {
  const problem = validate();
  if (problem) return { error: problem };
  const expiry = digitsOf(fields.expiry);
  return post("payment_methods", {
    type: "card",
    "card[number]": digitsOf(fields.number),
    "card[exp_month]": String(Number(expiry.slice(0, 2))),
    "card[exp_year]": `20${expiry.slice(2)}`,
    "card[cvc]": digitsOf(fields.cvc),
  });
}

async function confirm({ clientSecret, returnUrl, method }) {
  const made = method ? { id: method } : await makeMethod();
  if (made.error) return made;
  const kind = clientSecret.startsWith("seti_") ? "setup_intent" : "payment_intent";
  const intent = await post(`${kind}s/${clientSecret.split("_secret_")[0]}/confirm`, {
    client_secret: clientSecret,
    payment_method: made.id,
    return_url: returnUrl,
    use_stripe_sdk: "true",
  });
  if (intent.error) return intent;
  return kind === "setup_intent" ? { setupIntent: intent } : { paymentIntent: intent };
}

const colours = {
  colorPrimary: "--main",
  colorBackground: "--field",
  colorText: "--ink",
  colorTextSecondary: "--soft",
  colorDanger: "--bad",
};

/** Stripe's appearance, as far as it fits here. Only values that are what they should be are taken. */
function applyAppearance({ theme, variables = {} }) {
  const root = document.documentElement;
  if (theme === "night") root.dataset.theme = "dark";
  else if (theme === "stripe" || theme === "flat") root.dataset.theme = "light";
  else delete root.dataset.theme;
  for (const [name, property] of Object.entries(colours)) {
    const value = variables[name];
    if (typeof value === "string" && CSS.supports("color", value)) {
      root.style.setProperty(property, value);
    } else root.style.removeProperty(property);
  }
  const radius = variables.borderRadius;
  if (typeof radius === "string" && CSS.supports("border-radius", radius)) {
    root.style.setProperty("--radius", radius);
  }
}

/** Asks for the intent, so that a wrong secret is told before the shopper types. */
async function load(given) {
  settings = given;
  applyAppearance(settings.appearance);
  const secret = settings.clientSecret;
  if (secret !== null) {
    const kind = secret.startsWith("seti_") ? "setup_intents" : "payment_intents";
    const query = new URLSearchParams({ key: settings.key, client_secret: secret });
    const path = `/js/v1/${kind}/${secret.split("_secret_")[0]}?${query}`;
    const answer = await fetch(path).then(
      (response) => response.json(),
      () => null,
    );
    if (answer === null || answer.error) {
      const error = answer?.error ?? { type: "api_connection_error", message: "No answer." };
      document.getElementById("broken").hidden = false;
      document.getElementById("card").hidden = true;
      resize();
      return tell({ type: "loaderror", detail: { error } });
    }
  }
  resize();
  tell({ type: "ready", detail: {} });
}

const work = {
  confirm,
  method: async () => {
    const made = await makeMethod();
    return made.error ? made : { paymentMethod: made };
  },
  validate: async () => {
    const error = validate();
    return error ? { error } : { selectedPaymentMethod: "card" };
  },
};

async function receive({ type, reply, ...detail }) {
  if (type === "init") return load(detail.settings);
  if (type === "update") {
    settings = { ...settings, ...detail.settings };
    return applyAppearance(settings.appearance);
  }
  if (type === "focus") return fields.number.focus();
  if (type === "blur") return document.activeElement?.blur();
  if (type === "clear") {
    for (const field of Object.values(fields)) field.value = "";
    shown.clear();
    return changed();
  }
  if (!Object.hasOwn(work, type)) return;
  document.body.setAttribute("aria-busy", "true");
  const result = await work[type](detail);
  document.body.removeAttribute("aria-busy");
  tell({ type: "reply", reply, result });
}

fields.number.addEventListener("input", () => {
  rewrite(fields.number, formatNumber(digitsOf(fields.number).slice(0, 19)));
});
fields.expiry.addEventListener("input", (event) => {
  const isLonger = !String(event.inputType ?? "").startsWith("delete");
  rewrite(fields.expiry, formatExpiry(digitsOf(fields.expiry).slice(0, 4), isLonger));
});
fields.cvc.addEventListener("input", () => {
  rewrite(fields.cvc, digitsOf(fields.cvc).slice(0, 4));
});
for (const [name, field] of Object.entries(fields)) {
  field.addEventListener("input", changed);
  field.addEventListener("focus", () => tell({ type: "focus" }));
  field.addEventListener("blur", () => {
    if (field.value !== "") shown.add(name);
    showProblems();
    tell({ type: "blur" });
  });
}
for (const button of document.querySelectorAll("[data-number]")) {
  button.addEventListener("click", () => {
    fields.number.value = formatNumber(button.dataset.number);
    fields.expiry.value = `12 / ${String(new Date().getFullYear() + 3).slice(2)}`;
    fields.cvc.value = isAmex() ? "1234" : "123";
    for (const name of Object.keys(fields)) shown.add(name);
    changed();
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") tell({ type: "escape" });
});
window.addEventListener("message", (event) => {
  if (event.source === window.parent && event.origin === parentOrigin) void receive(event.data);
});
new ResizeObserver(resize).observe(document.documentElement);
tell({ type: "loaded" });
