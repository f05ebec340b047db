/**
 * Stripe.js of the sandbox, as far as the Payment Element needs it. Card data stays inside the frame,
 * which is of the sandbox's own origin; this script and the shop's page see none of it. It is served
 * inside a function: nothing of it is global but `window.Stripe`.
 */
const { origin } = new URL(document.currentScript.src);
const failure = (message, more = {}) => ({
  error: { type: "invalid_request_error", message, ...more },
});

/** Handlers by the name of their event. */
function makeEvents() {
  const handlers = new Map();
  const events = {
    on(name, handler) {
      handlers.set(name, [...(handlers.get(name) ?? []), handler]);
      return events;
    },
    off(name, handler) {
      const left = handler ? (handlers.get(name) ?? []).filter((one) => one !== handler) : [];
      handlers.set(name, left);
      return events;
    },
    once(name, handler) {
      const one = (event) => {
        events.off(name, one);
        handler(event);
      };
      return events.on(name, one);
    },
    fire(name, event) {
      for (const handler of handlers.get(name) ?? []) handler(event);
    },
  };
  return events;
}

/** A frame of the sandbox, and what is said between it and this page. */
function makeFrame(path, title, onMessage) {
  const frame = document.createElement("iframe");
  const address = new URL(path, origin);
  address.searchParams.set("parent", window.location.origin);
  frame.src = address.href;
  frame.title = title;
  Object.assign(frame.style, { border: "0", width: "100%", display: "block" });
  const listen = (event) => {
    if (event.origin === origin && event.source === frame.contentWindow) onMessage(event.data);
  };
  window.addEventListener("message", listen);
  return {
    frame,
    send: (message) => frame.contentWindow?.postMessage(message, origin),
    remove: () => {
      window.removeEventListener("message", listen);
      frame.remove();
    },
  };
}

/** The element of a page into which a card is typed. */
function makeElement(settings) {
  const events = makeEvents();
  const waiting = new Map();
  let channel = null;
  let asked = 0;
  let isReady = false;

  function receive({ type, reply, result, height, detail }) {
    if (type === "resize" && channel) channel.frame.style.height = `${Number(height)}px`;
    else if (type === "loaded") channel?.send({ type: "init", settings: settings() });
    else if (type === "reply") {
      waiting.get(reply)?.(result);
      waiting.delete(reply);
    } else if (["ready", "change", "focus", "blur", "escape", "loaderror"].includes(type)) {
      isReady ||= type === "ready";
      events.fire(type, { elementType: "payment", ...detail });
    }
  }

  function destroy() {
    channel?.remove();
    channel = null;
    isReady = false;
    for (const answer of waiting.values()) answer(failure("The Payment Element was taken away."));
    waiting.clear();
  }

  const element = {
    ...events,
    mount(place) {
      const node = typeof place === "string" ? document.querySelector(place) : place;
      if (!node) throw new Error("The Payment Element's place is not in the page.");
      destroy();
      channel = makeFrame("/element", "Card details (sandbox)", receive);
      channel.frame.style.height = "20rem";
      node.replaceChildren(channel.frame);
      events.fire("loaderstart", { elementType: "payment" });
    },
    unmount: destroy,
    destroy,
    update: () => channel?.send({ type: "update", settings: settings() }),
    collapse: () => undefined,
    focus: () => channel?.send({ type: "focus" }),
    blur: () => channel?.send({ type: "blur" }),
    clear: () => channel?.send({ type: "clear" }),
    /** Has the frame do something with the card. Resolves to what came of it. */
    ask(type, detail = {}) {
      if (!channel || !isReady)
        return Promise.resolve(failure("The Payment Element is not ready."));
      asked += 1;
      const reply = asked;
      channel.send({ type, reply, ...detail });
      return new Promise((resolve) => waiting.set(reply, resolve));
    },
  };
  return element;
}

function makeElements(key, options) {
  let current = { ...options };
  let element = null;
  const events = makeEvents();
  const elements = {
    ...events,
    get clientSecret() {
      return current.clientSecret ?? null;
    },
    get element() {
      return element;
    },
    create() {
      element = makeElement(() => ({
        key,
        clientSecret: current.clientSecret ?? null,
        appearance: current.appearance ?? {},
      }));
      return element;
    },
    getElement: () => element,
    update(changed) {
      current = { ...current, ...changed };
      element?.update();
    },
    fetchUpdates: async () => ({}),
    submit: async () => (element ? element.ask("validate") : failure("Nothing is mounted.")),
  };
  return elements;
}

/** Shows the bank's page over this one until it is answered. Resolves to false where it was closed. */
function showModal(address) {
  const before = document.activeElement;
  const inert = [...document.body.children].filter((child) => !child.inert);
  return new Promise((resolve) => {
    const shade = document.createElement("div");
    Object.assign(shade.style, {
      position: "fixed",
      inset: "0",
      zIndex: "2147483647",
      display: "grid",
      placeItems: "center",
      padding: "1rem",
      background: "rgb(16 18 22 / 0.6)",
      overflow: "auto",
    });
    shade.setAttribute("role", "dialog");
    shade.setAttribute("aria-modal", "true");
    shade.setAttribute("aria-label", "Your bank asks you to confirm the payment (sandbox)");
    const finish = (isAnswered) => {
      window.removeEventListener("keydown", onKey);
      for (const child of inert) child.inert = false;
      channel.remove();
      shade.remove();
      if (before instanceof HTMLElement) before.focus();
      resolve(isAnswered);
    };
    const channel = makeFrame(address, "Your bank's question (sandbox)", ({ type, height }) => {
      if (type === "resize") channel.frame.style.height = `${Number(height)}px`;
      else if (type === "loaded") takeFocus();
      else if (type === "answered") finish(true);
      else if (type === "closed") finish(false);
    });
    const onKey = (event) => {
      if (event.key === "Escape") finish(false);
    };
    window.addEventListener("keydown", onKey);
    Object.assign(channel.frame.style, { maxWidth: "26rem", height: "24rem" });
    channel.frame.style.borderRadius = "0.75rem";
    for (const child of inert) child.inert = true;
    const takeFocus = () => {
      channel.frame.focus();
      channel.send({ type: "focus" });
    };
    // Tab that leaves the frame comes back into it.
    const guard = () => {
      const edge = document.createElement("div");
      edge.tabIndex = 0;
      edge.addEventListener("focus", takeFocus);
      return edge;
    };
    shade.append(guard(), channel.frame, guard());
    document.body.append(shade);
  });
}

const kindOf = (secret) => (secret.startsWith("seti_") ? "setup_intent" : "payment_intent");

/** Asks the sandbox of an intent by its secret. */
async function read(key, clientSecret) {
  const kind = kindOf(clientSecret);
  const id = clientSecret.split("_secret_")[0];
  const query = new URLSearchParams({ key, client_secret: clientSecret });
  try {
    const response = await fetch(`${origin}/js/v1/${kind}s/${id}?${query}`);
    const body = await response.json();
    return body.error
      ? body
      : { [kind === "setup_intent" ? "setupIntent" : "paymentIntent"]: body };
  } catch {
    const message = "The sandbox could not be reached. What happened is not known.";
    return { error: { type: "api_connection_error", message } };
  }
}

const intentOf = ({ paymentIntent, setupIntent }) => paymentIntent ?? setupIntent;

/** The outcome of an intent as the caller is told: its last refusal, or itself. */
function outcomeOf(result) {
  const intent = intentOf(result);
  const error = intent?.last_payment_error ?? intent?.last_setup_error;
  const isRefused = intent?.status === "requires_payment_method" && error;
  return isRefused ? { error: { ...error, [intent.object]: intent } } : result;
}

/** Does what an intent asks of the shopper. */
async function goOn(key, clientSecret, result) {
  const intent = intentOf(result);
  if (intent?.status !== "requires_action") return result;
  const action = intent.next_action;
  if (action.type === "redirect_to_url") {
    window.location.assign(action.redirect_to_url.url);
    return new Promise(() => undefined);
  }
  const isAnswered = await showModal(action.use_stripe_sdk.stripe_js);
  if (isAnswered) return outcomeOf(await read(key, clientSecret));
  return failure("You closed your bank's window. Nothing was charged. You can try again.", {
    code: "payment_intent_authentication_failure",
    [intent.object]: intent,
  });
}

function Stripe(key) {
  if (typeof key !== "string" || !key.startsWith("pk_")) {
    throw new Error("Stripe() takes a publishable key, pk_….");
  }

  async function confirm(options, name) {
    const { elements, confirmParams = {}, redirect = "always" } = options;
    const clientSecret = options.clientSecret ?? elements?.clientSecret;
    if (!clientSecret) return failure("A client secret is missing.");
    const returnUrl = confirmParams.return_url;
    if (!returnUrl) return failure("confirmParams.return_url is missing.", { param: "return_url" });
    const method = confirmParams.payment_method ?? null;
    const asked = { key, clientSecret, returnUrl, method };
    if (!elements?.element) return failure("The Payment Element is not mounted.");
    const first = await elements.element.ask("confirm", asked);
    const result = first.error ? first : await goOn(key, clientSecret, first);
    if (result.error || redirect === "if_required") return result;
    const address = new URL(returnUrl);
    address.searchParams.set(name, intentOf(result).id);
    address.searchParams.set(`${name}_client_secret`, clientSecret);
    address.searchParams.set("redirect_status", "succeeded");
    window.location.assign(address.href);
    return new Promise(() => undefined);
  }

  const next = async ({ clientSecret }) => {
    const result = await read(key, clientSecret);
    return result.error ? result : goOn(key, clientSecret, result);
  };
  return {
    elements: (options = {}) => makeElements(key, options),
    confirmPayment: (options) => confirm(options, "payment_intent"),
    confirmSetup: (options) => confirm(options, "setup_intent"),
    retrievePaymentIntent: (clientSecret) => read(key, clientSecret),
    retrieveSetupIntent: (clientSecret) => read(key, clientSecret),
    handleNextAction: next,
    createPaymentMethod: async ({ elements }) =>
      elements?.element
        ? elements.element.ask("method", { key })
        : failure("The Payment Element is not mounted."),
    createToken: async () => failure("The sandbox makes payment methods, no tokens."),
    confirmCardPayment: async (clientSecret) => next({ clientSecret }),
    registerAppInfo: () => undefined,
    _registerWrapper: () => undefined,
  };
}

window.Stripe = Object.assign(Stripe, { version: "endive" });
