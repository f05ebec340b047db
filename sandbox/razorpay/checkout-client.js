// Razorpay Checkout in the sandbox: the same calls as the service's own script, on a window of the sandbox.
(() => {
  const origin = new URL(document.currentScript.src).origin;

  class Razorpay {
    #options;
    #listeners = {};
    #dialog = null;
    #onMessage = null;

    constructor(options) {
      if (!options || !options.key || !options.order_id) {
        throw new Error("key and order_id are needed");
      }
      this.#options = options;
    }

    on(event, listener) {
      (this.#listeners[event] ??= []).push(listener);
    }

    open() {
      if (this.#dialog) return;
      const { key, order_id, name = "" } = this.#options;
      const query = new URLSearchParams({ key, order_id, name, merchant: location.origin });
      const frame = document.createElement("iframe");
      frame.src = `${origin}/checkout/window?${query}`;
      frame.title = "Razorpay sandbox";
      frame.style.cssText = "border:0;width:100%;height:100%;display:block;background:transparent";
      const dialog = document.createElement("dialog");
      dialog.setAttribute("aria-label", "Pay with Razorpay (sandbox)");
      dialog.style.cssText =
        "margin:auto;padding:0;border:0;border-radius:12px;width:min(26rem,calc(100vw - 1rem));height:min(40rem,calc(100dvh - 1rem));overflow:hidden;background:Canvas";
      dialog.append(frame);
      // Escape closes the window, as its own button does.
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        this.#dismiss();
      });
      this.#onMessage = (event) => {
        if (event.origin !== origin || event.source !== frame.contentWindow) return;
        this.#hear(event.data ?? {});
      };
      window.addEventListener("message", this.#onMessage);
      document.body.append(dialog);
      dialog.showModal();
      frame.focus();
      this.#dialog = dialog;
    }

    close() {
      if (!this.#dialog) return;
      window.removeEventListener("message", this.#onMessage);
      this.#dialog.close();
      this.#dialog.remove();
      this.#dialog = null;
    }

    #hear(message) {
      if (message.type === "paid") {
        this.close();
        this.#options.handler?.(message.response);
      }
      if (message.type === "failed") {
        for (const listener of this.#listeners["payment.failed"] ?? []) {
          listener({ error: message.error });
        }
      }
      if (message.type === "dismissed") this.#dismiss();
    }

    #dismiss() {
      this.close();
      this.#options.modal?.ondismiss?.();
    }
  }

  window.Razorpay = Razorpay;
})();
