"use client";

import type { CaptureMethod, GatewayMode, GatewayName } from "#lib/domain/payment";
import { CheckField, SelectField, TextField } from "./form-fields.tsx";
import { gatewayFields } from "./gateway-words.ts";

/** What stands in the form when it opens. Lists of codes as text. */
export type GatewayFormValues = {
  gateway: GatewayName;
  label: string;
  mode: GatewayMode;
  priority: string;
  currency: string;
  currencies: string;
  countries: string;
  captureMethod: CaptureMethod;
  merchantId: string;
  publicKey: string;
  isActive: boolean;
};

type FieldsProps = {
  values: GatewayFormValues;
  errors: Readonly<Record<string, string>>;
  busy: boolean;
  set: <Name extends keyof GatewayFormValues>(
    name: Name,
  ) => (value: GatewayFormValues[Name]) => void;
};

type KeyFieldsProps = FieldsProps & {
  secretKey: string;
  secretHint: string;
  onSecretKey: (text: string) => void;
};

/** What comes from the gateway's own dashboard: whose account it is, and its keys. */
export function KeyFields(props: KeyFieldsProps) {
  const { values, errors, busy, set, secretKey, secretHint, onSecretKey } = props;
  const words = gatewayFields(values.gateway);
  return (
    <>
      <SelectField
        id="gateway-mode"
        label="Mode"
        value={values.mode}
        error={errors["mode"]}
        hint="Keys of the other mode are refused."
        disabled={busy}
        options={[
          ["test", "Test: no real money"],
          ["live", "Live: real money"],
        ]}
        onChange={set("mode")}
      />
      {words.merchantId === null ? null : (
        <TextField
          {...words.merchantId}
          id="gateway-merchant"
          optional
          value={values.merchantId}
          error={errors["merchant_id"]}
          onChange={set("merchantId")}
          disabled={busy}
        />
      )}
      {words.publicKey === null ? null : (
        <TextField
          {...words.publicKey}
          id="gateway-public-key"
          value={values.publicKey}
          error={errors["public_key"]}
          onChange={set("publicKey")}
          disabled={busy}
        />
      )}
      <TextField
        id="gateway-secret-key"
        label={words.secretKey.label}
        hint={`${secretHint} ${words.secretKey.hint}`}
        isSecret
        value={secretKey}
        error={errors["secret_key"]}
        onChange={onSecretKey}
        disabled={busy}
      />
    </>
  );
}

/** What the shop decides: for which orders the account is, and how money is taken. */
export function ChoiceFields({ values, errors, busy, set }: FieldsProps) {
  const text = (name: "label" | "priority" | "currency" | "currencies" | "countries") => ({
    id: `gateway-${name}`,
    value: values[name],
    error: errors[name],
    onChange: set(name),
    disabled: busy,
  });
  return (
    <>
      <TextField
        {...text("label")}
        label="Label"
        optional
        hint="For staff, to tell accounts of one gateway apart."
      />
      <TextField
        {...text("priority")}
        label="Priority"
        hint="From 0 to 1000; the smaller comes first."
      />
      <TextField {...text("currency")} label="Default currency" hint="Such as USD." />
      <TextField
        {...text("currencies")}
        label="Currencies"
        optional
        hint="Such as USD, EUR. Empty: whatever the gateway takes."
      />
      <TextField
        {...text("countries")}
        label="Countries"
        optional
        hint="Such as DE, FR. Empty: orders of every country."
      />
      <SelectField
        id="gateway-capture"
        label="Capture"
        value={values.captureMethod}
        error={errors["capture_method"]}
        disabled={busy}
        options={[
          ["automatic", "At once, when the shopper pays"],
          ["manual", "By hand: the money is held until then"],
        ]}
        onChange={set("captureMethod")}
      />
      <CheckField
        id="gateway-active"
        label="Active"
        hint="Shoppers can pay with it."
        checked={values.isActive}
        error={errors["is_active"]}
        disabled={busy}
        onChange={set("isActive")}
      />
    </>
  );
}
