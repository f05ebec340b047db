import { displayMoney } from "#lib/domain/money";

export type OrderLine = {
  sku: string | null;
  name: string;
  unitAmountMinor: bigint;
  quantity: number;
};

type OrderItemsProps = { items: readonly OrderLine[]; totalMinor: bigint; currency: string };

/** The lines of an order and their total. */
export function OrderItems({ items, totalMinor, currency }: OrderItemsProps) {
  return (
    <table className="nums -mt-2 w-full text-sm">
      <caption className="sr-only">Parts and total</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Part</th>
          <th scope="col">Price</th>
        </tr>
      </thead>
      <tbody className="divide-line divide-y">
        {items.map((item, index) => (
          <tr key={index}>
            <td className="py-3 pr-4 align-top">
              <span className="block font-medium break-words">{item.name}</span>
              <span className="text-muted mt-0.5 block text-xs">
                {item.quantity} × {displayMoney(item.unitAmountMinor, currency)}
                {item.sku === null ? null : `, ${item.sku}`}
              </span>
            </td>
            <td className="py-3 text-right align-top whitespace-nowrap">
              {displayMoney(item.unitAmountMinor * BigInt(item.quantity), currency)}
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="border-line-strong border-t text-base font-semibold">
          <th scope="row" className="pt-3 text-left font-semibold">
            Total
          </th>
          <td className="pt-3 text-right whitespace-nowrap">
            {displayMoney(totalMinor, currency)}
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
