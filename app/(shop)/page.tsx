import { SearchX } from "lucide-react";
import { getViewer } from "#lib/auth/session";
import { displayMoney } from "#lib/domain/money";
import { listProducts } from "#lib/orders/list-products";
import { CatalogueSearch } from "../../components/shop/catalogue-search.tsx";
import { ProductCard } from "../../components/shop/product-card.tsx";
import { buttonVariants } from "../../components/ui/button.tsx";
import { Card } from "../../components/ui/card.tsx";
import { EmptyState } from "../../components/ui/empty-state.tsx";
import { PageHeader } from "../../components/ui/page-header.tsx";
import { Link } from "../../components/ui/link.tsx";

type Product = Awaited<ReturnType<typeof listProducts>>[number];
type SearchParams = Promise<Record<string, string | string[] | undefined>>;

function matches(product: Product, words: readonly string[]): boolean {
  const text =
    `${product.name} ${product.category} ${product.sku} ${product.description}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function byCategory(products: readonly Product[]): [string, Product[]][] {
  const groups = Map.groupBy(products, (product) => product.category);
  return [...groups].sort(([one], [other]) => one.localeCompare(other, "en"));
}

function Nothing({ query }: { query: string }) {
  return (
    <Card>
      <EmptyState
        title={query === "" ? "The shelves are empty" : `No part matches “${query}”`}
        icon={<SearchX className="size-6" />}
        action={
          <Link href="/" className={buttonVariants({ variant: "secondary" })}>
            {query === "" ? "Look again" : "Show all parts"}
          </Link>
        }
      >
        {query === ""
          ? "There is nothing to buy at the moment. Please come back soon."
          : "Try fewer words, the part's name, or its number."}
      </EmptyState>
    </Card>
  );
}

export default async function CataloguePage({ searchParams }: { searchParams: SearchParams }) {
  const { q } = await searchParams;
  const query = (Array.isArray(q) ? q[0] : q)?.trim().slice(0, 100) ?? "";
  const [viewer, products] = await Promise.all([getViewer(), listProducts()]);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = products.filter((product) => matches(product, words));
  const buyer =
    viewer === null ? "signed_out" : viewer.role === "support" ? "may_not_buy" : "may_buy";
  const here = query === "" ? "/" : `/?q=${encodeURIComponent(query)}`;
  return (
    <>
      <PageHeader title="Parts for your car" aside={<CatalogueSearch query={query} />}>
        {query === ""
          ? "Choose a part and pay for it in one step."
          : `${found.length} ${found.length === 1 ? "part matches" : "parts match"} “${query}”.`}
      </PageHeader>
      {found.length === 0 ? <Nothing query={query} /> : null}
      <div className="space-y-10">
        {byCategory(found).map(([category, group], index) => (
          <section key={category} aria-labelledby={`category-${index}`}>
            <h2
              id={`category-${index}`}
              className="text-muted mb-3 text-sm font-semibold capitalize"
            >
              {category}
            </h2>
            <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
              {group.map((product) => (
                <li key={product.sku}>
                  <ProductCard
                    sku={product.sku}
                    name={product.name}
                    description={product.description}
                    category={product.category}
                    price={displayMoney(product.unitAmountMinor, product.currency)}
                    inStock={product.inStock}
                    buyer={buyer}
                    returnPath={here}
                  />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}
