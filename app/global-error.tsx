"use client";

import "./globals.css";

// Stands in for the whole document, and may be made ahead without a nonce: so it works without script.
export default function GlobalError() {
  return (
    <html lang="en">
      <head>
        <title>This page could not be shown · Tollbooth</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
      </head>
      <body>
        <main className="mx-auto max-w-lg px-4 py-24">
          <h1 className="text-2xl font-semibold tracking-tight">This page could not be shown</h1>
          <p className="text-muted mt-3 text-sm">
            Something went wrong on our side. Showing a page never moves money: a payment you made
            is taken once or not at all, and your orders say which.
          </p>
          <p className="mt-6 flex gap-6 text-sm">
            {/* Plain links: the router may be what is broken. */}
            <a
              className="inline-flex min-h-11 items-center font-semibold underline underline-offset-4"
              href="/orders"
            >
              Your orders
            </a>
            <a
              className="inline-flex min-h-11 items-center font-semibold underline underline-offset-4"
              href="/"
            >
              The catalogue
            </a>
          </p>
        </main>
      </body>
    </html>
  );
}
