import { expect, test } from "./fixtures.ts";
import { act, aDispute } from "./gateway-side.ts";
import { aPaidOrder } from "./shop.ts";

test("a dispute is listed with its deadline, holds its amount back, and ends as the bank decides", async ({
  pageOf,
}) => {
  const { transactionId } = await aPaidOrder();
  await aDispute(transactionId, "60.00");
  const page = await pageOf("admin");
  await page.goto("/admin/disputes");
  const row = page.getByRole("row").filter({ hasText: transactionId });
  await expect(row).toContainText("$60.00");
  await expect(row).toContainText("Needs an answer");
  await expect(row).toContainText("The parts did not arrive");
  await expect(row).toContainText(/\d+ days left/);

  await row.getByRole("link", { name: transactionId }).click();
  const disputes = page.getByRole("region", { name: "Disputes" });
  await expect(disputes).toContainText("Answer in the gateway's dashboard before the deadline");
  await page.getByRole("button", { name: "Refund", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Refund" });
  await expect(dialog.getByLabel("Amount in USD")).toHaveValue("90.00");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await act({ act: "win_dispute", transaction: transactionId });
  await expect(async () => {
    await page.reload();
    await expect(disputes).toContainText("the money came back", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await expect(page.getByRole("region", { name: "Timeline" })).toContainText(
    "The dispute was won: the money came back",
  );
  await page.goto("/admin/disputes");
  await expect(row).toHaveCount(0);
  await page.goto("/admin/disputes?status=won");
  await expect(row).toContainText("Won");
});
