/**
 * The demo shop: four accounts, a small catalogue, the dummy gateway, and a first order to pay. Run by
 * the demo and by tests only; running it again adds what is missing.
 */
import { randomBytes } from "node:crypto";
import { insertConfiguration, setWebhookCiphertext } from "#lib/db/configurations";
import { db, inTransaction } from "#lib/db/client";
import { hashPassword } from "#lib/auth/passwords";
import { newOrderNumber } from "#lib/domain/ids";
import { recordAudit } from "#lib/db/audit";
import { insertOrder } from "#lib/db/orders";
import { getEnv } from "#lib/env";
import {
  openWebhookSecrets,
  sealSecret,
  sealWebhookSecrets,
  type WrappedKey,
} from "#lib/gateways/secret-box";
import { credentialsOf } from "../sandbox/credentials.ts";
import { standIns } from "../sandbox/stand-ins.ts";

export const demoPassword = "tollbooth-demo";

export const demoAccounts = [
  { email: "shopper@example.com", role: "customer" },
  { email: "second@example.com", role: "customer" },
  { email: "admin@example.com", role: "admin" },
  { email: "support@example.com", role: "support" },
] as const;

type Part = [sku: string, name: string, category: string, cents: bigint, description: string];

const parts: readonly Part[] = [
  [
    "BRK-DISC-280",
    "Front brake discs, pair, 280 mm",
    "Brakes",
    8990n,
    "Vented, coated, for 280 mm calipers.",
  ],
  ["BRK-PAD-F01", "Front brake pads", "Brakes", 4250n, "Low-dust compound with wear indicators."],
  ["BRK-FLUID-1L", "Brake fluid DOT 4, 1 l", "Brakes", 1190n, "Dry boiling point 265 °C."],
  ["FLT-OIL-M20", "Oil filter M20", "Filters", 990n, "Spin-on, with anti-drain valve."],
  ["FLT-AIR-220", "Air filter", "Filters", 1850n, "Panel filter, 220 by 180 mm."],
  [
    "FLT-CABIN-C",
    "Cabin filter, activated carbon",
    "Filters",
    2190n,
    "Keeps pollen and fumes out.",
  ],
  ["BAT-AGM-70", "Battery AGM 70 Ah", "Electrics", 15000n, "760 A, for start-stop cars."],
  [
    "ALT-14V-120",
    "Alternator 14 V 120 A",
    "Electrics",
    21900n,
    "Remanufactured, tested under load.",
  ],
  ["PLG-IRID-4", "Iridium spark plugs, set of 4", "Engine", 5600n, "Gap 0.8 mm, 90,000 km."],
  [
    "BLT-TIMING-K",
    "Timing belt kit with water pump",
    "Engine",
    18950n,
    "Belt, tensioner, idlers and pump.",
  ],
  ["OIL-5W30-5L", "Engine oil 5W-30, 5 l", "Engine", 4790n, "Fully synthetic, ACEA C3."],
  ["LMP-LED-H7", "Headlight bulbs H7, pair", "Lighting", 2450n, "55 W halogen, E-marked."],
  ["SUS-SHOCK-R", "Rear shock absorbers, pair", "Suspension", 12900n, "Twin-tube gas pressure."],
  ["TYR-205-55", "All-season tyre 205/55 R16", "Tyres", 9450n, "91 V, wet grip B."],
  ["WIP-FLAT-60", "Wiper blades, pair", "Body", 2690n, "Flat blades, 600 and 475 mm."],
];

async function seedAccounts(): Promise<void> {
  for (const account of demoAccounts) {
    const known = await db().user.findUnique({ where: { email: account.email } });
    if (known) continue;
    const passwordHash = await hashPassword(demoPassword);
    await db().user.create({ data: { ...account, passwordHash } });
  }
}

const seeder = { kind: "system", name: "seed" } as const;
const dummyMerchant = "dummy_merchant";

async function seedConfiguration(): Promise<void> {
  if (await db().paymentConfiguration.findFirst({ where: { gateway: "dummy" } })) return;
  await inTransaction(async (tx) => {
    const row = await insertConfiguration(
      tx,
      {
        gateway: "dummy",
        merchantId: dummyMerchant,
        publicKey: "dummy_public_key",
        currency: "USD",
      },
      (id) => sealSecret(id, "dummy_secret_key", newWebhookSecret()),
    );
    await recordAudit(tx, {
      entity: "configuration",
      entityId: String(row.id),
      action: "created",
      actor: seeder,
    });
  });
}

function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

type SharedSecret = { secret: string; newCiphertext: Uint8Array<ArrayBuffer> | null };

/** The webhook secret that a configuration has, or a new one; null where another master key sealed it. */
function sharedSecret(
  id: number,
  key: WrappedKey,
  sealed: Uint8Array<ArrayBuffer> | null,
): SharedSecret | null {
  try {
    const [known] = sealed ? openWebhookSecrets(id, key, sealed) : [];
    if (known) return { secret: known.secret, newCiphertext: null };
    const secret = newWebhookSecret();
    const newCiphertext = sealWebhookSecrets(id, key, [{ secret, until: null }]);
    return { secret, newCiphertext };
  } catch {
    // Payments tell what is wrong with the key; the demo starts all the same.
    return null;
  }
}

const homeCurrencies = {
  stripe: "USD",
  paypal: "USD",
  razorpay: "INR",
  flutterwave: "NGN",
} as const;

/**
 * The shop's accounts at the gateways' stand-ins, after the dummy gateway. Their keys follow from
 * MASTER_KEY, so another key gives other accounts: what is sealed under the one of before is replaced.
 */
async function seedGateways(): Promise<void> {
  for (const [index, { gateway }] of standIns.entries()) {
    const { merchantId, publicKey, secretKey, webhookSecret } = credentialsOf(gateway);
    const known = await db().paymentConfiguration.findFirst({ where: { gateway, merchantId } });
    if (known) {
      await preferAccount(gateway, known.id);
      continue;
    }
    await inTransaction(async (tx) => {
      await tx.paymentConfiguration.updateMany({ where: { gateway }, data: { isActive: false } });
      const currency = homeCurrencies[gateway];
      const row = await insertConfiguration(
        tx,
        { gateway, merchantId, publicKey, currency },
        (id) => sealSecret(id, secretKey, webhookSecret),
      );
      const priority = 20 + 10 * index;
      const label = "Sandbox";
      await tx.paymentConfiguration.update({ where: { id: row.id }, data: { priority, label } });
      await recordAudit(tx, {
        entity: "configuration",
        entityId: String(row.id),
        action: "created",
        actor: seeder,
      });
    });
  }
  await db().paymentConfiguration.updateMany({
    where: { gateway: "dummy", priority: 100 },
    data: { priority: 10 },
  });
}

/** Where the keys of before are the keys again, their account takes over from the one made meanwhile. */
async function preferAccount(gateway: string, id: number): Promise<void> {
  const others = { gateway, label: "Sandbox", id: { not: id }, isActive: true };
  const { count } = await db().paymentConfiguration.updateMany({
    where: others,
    data: { isActive: false },
  });
  if (count > 0)
    await db().paymentConfiguration.update({ where: { id }, data: { isActive: true } });
}

/**
 * The shop's account at the dummy gateway, which sends its webhooks to where the shop is now. Data of
 * before webhooks gets a secret for them.
 */
async function seedWebhooks(): Promise<void> {
  await inTransaction(async (tx) => {
    const where = { gateway: "dummy", merchantId: dummyMerchant };
    const row = await tx.paymentConfiguration.findFirst({ where, orderBy: { id: "asc" } });
    if (!row?.wrappedDataKey || !row.masterKeyVersion) return;
    const { id, wrappedDataKey, masterKeyVersion, webhookCiphertext } = row;
    const shared = sharedSecret(id, { wrappedDataKey, masterKeyVersion }, webhookCiphertext);
    if (!shared) return;
    if (shared.newCiphertext) {
      await setWebhookCiphertext(tx, id, shared.newCiphertext);
      await recordAudit(tx, {
        entity: "configuration",
        entityId: String(id),
        action: "webhook_secret_added",
        actor: seeder,
      });
    }
    const webhookUrl = `${getEnv().PUBLIC_URL}/api/payment/webhooks/dummy/`;
    await tx.dummyAccount.upsert({
      where: { merchantId: dummyMerchant },
      create: { merchantId: dummyMerchant, webhookUrl, webhookSecret: shared.secret },
      update: { webhookUrl, webhookSecret: shared.secret },
    });
  });
}

async function seedFirstOrder(): Promise<void> {
  const shopper = await db().user.findUniqueOrThrow({ where: { email: demoAccounts[0].email } });
  if (await db().order.findFirst({ where: { userId: shopper.id } })) return;
  await inTransaction(async (tx) => {
    const order = await insertOrder(tx, {
      orderNumber: newOrderNumber(),
      userId: shopper.id,
      amountMinor: 15000n,
      currency: "USD",
      idempotencyKeyId: null,
      items: [
        { sku: "BAT-AGM-70", name: "Battery AGM 70 Ah", unitAmountMinor: 15000n, quantity: 1 },
      ],
    });
    await recordAudit(tx, {
      entity: "order",
      entityId: order.orderNumber,
      action: "created",
      actor: seeder,
      toStatus: "pending",
    });
  });
}

/** Fills an empty database with the demo shop; leaves what is there. */
export async function seed(): Promise<void> {
  await seedAccounts();
  await db().product.createMany({
    data: parts.map(([sku, name, category, unitAmountMinor, description]) => ({
      sku,
      name,
      category,
      unitAmountMinor,
      description,
      currency: "USD",
    })),
    skipDuplicates: true,
  });
  await seedConfiguration();
  await seedWebhooks();
  await seedGateways();
  await seedFirstOrder();
}
