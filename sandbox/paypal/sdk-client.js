// The browser's part of the script: runs inside a function of its own, in a shop's page.
const site = new URL(document.currentScript.src).origin;

const look = `
  :host { display: block; }
  button { all: unset; box-sizing: border-box; display: flex; align-items: center; justify-content: center;
    gap: .5rem; width: 100%; min-height: 2.75rem; padding: .5rem 1rem; border-radius: .5rem;
    background: #ffc83d; color: #14213d; font: 600 1rem/1.25 system-ui, -apple-system, "Segoe UI", sans-serif;
    text-align: center; cursor: pointer; border: 1px solid #a87800; }
  button:hover { background: #f5b91f; }
  button:focus-visible { outline: 3px solid #1f4fbf; outline-offset: 2px; }
  button[aria-disabled="true"] { opacity: .65; cursor: progress; }
  @media (prefers-color-scheme: dark) { button:focus-visible { outline-color: #9dbcff; } }
  small { font-weight: 500; font-size: .75rem; padding: .0625rem .375rem; border-radius: .25rem;
    border: 1px solid #14213d; }
  dialog { border: 0; padding: 0; border-radius: .75rem; width: min(30rem, calc(100vw - 2rem));
    height: min(44rem, calc(100vh - 2rem)); background: Canvas; }
  dialog::backdrop { background: rgb(10 15 25 / .6); }
  dialog button { position: absolute; inset: auto 0 0; border: 0; border-radius: 0; background: #14213d; color: #fff; }
  iframe { border: 0; width: 100%; height: calc(100% - 2.75rem); }`;

/** The approval page beside the shop's; where windows are blocked, inside it. */
function openApproval(root, popup, orderId) {
  const query = new URLSearchParams({ token: orderId, origin: location.origin });
  const url = `${site}/checkoutnow?${query}`;
  if (popup && !popup.closed) {
    popup.location.replace(url);
    return { isClosed: () => popup.closed, close: () => popup.close() };
  }
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "PayPal sandbox");
  const frame = document.createElement("iframe");
  frame.title = "PayPal sandbox: approve the payment";
  frame.src = url;
  const leave = document.createElement("button");
  leave.type = "button";
  leave.textContent = "Close and return to the shop";
  // Escape is heard here; inside the frame it would be the frame's own.
  leave.autofocus = true;
  leave.addEventListener("click", () => dialog.close());
  dialog.append(frame, leave);
  root.append(dialog);
  dialog.showModal();
  return {
    isClosed: () => !dialog.open,
    close: () => {
      dialog.close();
      dialog.remove();
    },
  };
}

/** What the buyer decided: told by the approval page, or seen by its window being closed. */
function decisionIn(approval, orderId) {
  return new Promise((resolve) => {
    const end = (decision) => {
      window.removeEventListener("message", hear);
      clearInterval(watch);
      approval.close();
      resolve(decision);
    };
    const hear = ({ origin, data }) => {
      const isOurs = origin === site && data?.source === "paypal-sandbox";
      if (isOurs && data.token === orderId) end({ what: data.what, payerId: data.payerId });
    };
    window.addEventListener("message", hear);
    // A window that closes has told its decision just before.
    let closedFor = 0;
    const watch = setInterval(() => {
      closedFor = approval.isClosed() ? closedFor + 1 : 0;
      if (closedFor > 2) end({ what: "cancel" });
    }, 200);
  });
}

/** The button in a shadow of its own, so that neither page nor button styles the other. */
function drawButton() {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(look);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement("button");
  button.type = "button";
  const mark = document.createElement("small");
  mark.textContent = "Sandbox";
  button.append("Pay with PayPal", mark);
  root.append(button);
  return { host, root, button };
}

async function approve(root, popup, orderId, options) {
  const { what, payerId } = await decisionIn(openApproval(root, popup, orderId), orderId);
  if (what !== "approve") return options.onCancel?.({ orderID: orderId });
  const actions = { restart: () => approve(root, null, orderId, options) };
  const data = { orderID: orderId, payerID: payerId, paymentSource: "paypal" };
  return options.onApprove?.(data, actions);
}

async function start(root, options) {
  // At once: a browser lets only the click itself open a window.
  const popup = window.open("about:blank", "paypal-sandbox", "popup,width=480,height=740");
  try {
    options.onClick?.({ fundingSource: "paypal" });
    const orderId = await options.createOrder({ paymentSource: "paypal" });
    await approve(root, popup, orderId, options);
  } catch (error) {
    popup?.close();
    if (!options.onError) throw error;
    options.onError(error);
  }
}

function Buttons(options = {}) {
  const { host, root, button } = drawButton();
  let isBusy = false;
  button.addEventListener("click", async () => {
    if (isBusy) return;
    isBusy = true;
    button.setAttribute("aria-disabled", "true");
    try {
      await start(root, options);
    } finally {
      isBusy = false;
      button.removeAttribute("aria-disabled");
    }
  });
  return {
    isEligible: () => true,
    render: async (container) => {
      const place = typeof container === "string" ? document.querySelector(container) : container;
      if (!place) throw new Error("The container does not exist.");
      place.append(host);
    },
    close: async () => host.remove(),
  };
}

window.paypal = { version: "5.0.0-sandbox", Buttons, FUNDING: { PAYPAL: "paypal" } };
