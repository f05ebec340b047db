// Everything that Next itself answers: pages, assets, its own errors. API answers set their own headers
// (lib/http/answer-headers.ts), the pages' Content-Security-Policy with its nonce comes from proxy.ts.
const securityHeaders = [
  { key: "Strict-Transport-Security", value: "max-age=31536000; includeSubDomains" },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(self)" },
];

/** @type {import("next").NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  // The API's paths end in a slash or not; a redirect would lose a webhook's body.
  skipTrailingSlashRedirect: true,
  // No image is resized here, and the optimiser is an attack surface.
  images: { unoptimized: true },
  // Loaded by Node itself: native code, or state that must not be bundled.
  serverExternalPackages: [
    "@node-rs/argon2",
    "@prisma/adapter-pg",
    "@prisma/client",
    "pg",
    "pg-boss",
    "pino",
  ],
  // `npm run check` checks the types, once, for everything; a start does not wait for it again.
  typescript: { ignoreBuildErrors: true },
  headers: () => Promise.resolve([{ source: "/:path*", headers: securityHeaders }]),
};

export default nextConfig;
