import type { PaymentConfiguration } from "#db-client";
import type { CaptureMethod, GatewayMode, GatewayName } from "../domain/payment.ts";
import { db, type Tx } from "./client.ts";

/** A configuration without its secret. */
export type ConfigurationRecord = {
  id: number;
  gateway: GatewayName;
  isActive: boolean;
  merchantId: string;
  publicKey: string;
  currency: string;
  createdAt: Date;
  updatedAt: Date;
};

/** A configuration row with its sealed secret; stays between lib/db and lib/payments. */
export type StoredConfiguration = PaymentConfiguration;

const publicFields = {
  id: true,
  gateway: true,
  isActive: true,
  merchantId: true,
  publicKey: true,
  currency: true,
  createdAt: true,
  updatedAt: true,
} as const;

export async function selectActiveConfigurations(): Promise<ConfigurationRecord[]> {
  const rows = await db().paymentConfiguration.findMany({
    where: { isActive: true },
    select: publicFields,
    orderBy: { id: "asc" },
  });
  return rows.map((row) => ({ ...row, gateway: row.gateway as GatewayName }));
}

/** Every active configuration, with its sealed secrets; of one gateway where it is named. */
export function findActiveConfigurations(
  gateway: GatewayName | undefined,
  tx: Tx = db(),
): Promise<StoredConfiguration[]> {
  return tx.paymentConfiguration.findMany({
    where: { isActive: true, ...(gateway === undefined ? {} : { gateway }) },
  });
}

/** Every configuration of a gateway, the inactive ones too, oldest first. */
export function findConfigurationsOf(gateway: GatewayName): Promise<StoredConfiguration[]> {
  return db().paymentConfiguration.findMany({ where: { gateway }, orderBy: { id: "asc" } });
}

/** Every configuration, the inactive ones too, as the shop chooses among them. */
export function findAllConfigurations(): Promise<StoredConfiguration[]> {
  return db().paymentConfiguration.findMany({ orderBy: [{ priority: "asc" }, { id: "asc" }] });
}

/** Null where there is none. */
export function findConfiguration(id: number): Promise<StoredConfiguration | null> {
  return db().paymentConfiguration.findUnique({ where: { id } });
}

/** True where a payment was begun with that account. */
export async function hasTransactions(tx: Tx, id: number): Promise<boolean> {
  return (await tx.transaction.findFirst({ where: { configurationId: id } })) !== null;
}

/** What staff set of a configuration. */
export type ConfigurationSettings = {
  isActive: boolean;
  mode: GatewayMode;
  label: string;
  priority: number;
  currency: string;
  currencies: string[];
  countries: string[];
  captureMethod: CaptureMethod;
  merchantId: string;
  publicKey: string;
};

/** Writes a configuration without keys, which is not active: its id is needed to seal them. */
export function insertInactiveConfiguration(
  tx: Tx,
  data: Omit<ConfigurationSettings, "isActive"> & { gateway: GatewayName },
): Promise<StoredConfiguration> {
  return tx.paymentConfiguration.create({ data: { ...data, isActive: false } });
}

export function updateConfigurationRow(
  tx: Tx,
  id: number,
  data: ConfigurationSettings & Partial<Sealed>,
): Promise<StoredConfiguration> {
  return tx.paymentConfiguration.update({ where: { id }, data });
}

export function getConfiguration(id: number, tx: Tx = db()): Promise<StoredConfiguration> {
  return tx.paymentConfiguration.findUniqueOrThrow({ where: { id } });
}

type Sealed = Pick<
  StoredConfiguration,
  "secretCiphertext" | "wrappedDataKey" | "masterKeyVersion"
> & { webhookCiphertext?: StoredConfiguration["webhookCiphertext"] };

/** Writes a configuration; `seal` gives the sealed secrets for the row's id. */
export async function insertConfiguration(
  tx: Tx,
  data: {
    gateway: GatewayName;
    merchantId: string;
    publicKey: string;
    currency: string;
    captureMethod?: CaptureMethod;
  },
  seal: (id: number) => Sealed,
): Promise<StoredConfiguration> {
  const row = await tx.paymentConfiguration.create({ data: { ...data, isActive: false } });
  return tx.paymentConfiguration.update({
    where: { id: row.id },
    data: { ...seal(row.id), isActive: true },
  });
}

/** Locks a configuration for the rest of the transaction. Null where there is none. */
export async function lockConfiguration(tx: Tx, id: number): Promise<StoredConfiguration | null> {
  await tx.$queryRaw`SELECT 1 FROM payment_configurations WHERE id = ${id} FOR UPDATE`;
  return tx.paymentConfiguration.findUnique({ where: { id } });
}

export async function setWebhookCiphertext(
  tx: Tx,
  id: number,
  webhookCiphertext: NonNullable<StoredConfiguration["webhookCiphertext"]>,
): Promise<void> {
  await tx.paymentConfiguration.update({ where: { id }, data: { webhookCiphertext } });
}

export async function setActive(tx: Tx, id: number, isActive: boolean): Promise<void> {
  await tx.paymentConfiguration.update({ where: { id }, data: { isActive } });
}
