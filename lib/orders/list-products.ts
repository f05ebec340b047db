import { selectProducts, type ProductRecord } from "../db/orders.ts";

/** The whole catalogue, by category and name. Open to anyone. */
export function listProducts(): Promise<ProductRecord[]> {
  return selectProducts();
}
