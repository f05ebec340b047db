import { signInHref } from "../account/sign-in-href.ts";
import { Badge } from "../ui/badge.tsx";
import { buttonVariants } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { BuyForm } from "./buy-form.tsx";
import { CategoryIcon } from "./category-icon.tsx";
import { Link } from "../ui/link.tsx";

export type ProductCardProps = {
  sku: string;
  name: string;
  description: string;
  category: string;
  price: string;
  inStock: boolean;
  signedIn: boolean;
  /** Where to come back to after signing in. */
  returnPath: string;
};

function BuyCorner({ sku, name, inStock, signedIn, returnPath }: ProductCardProps) {
  if (!inStock) return <p className="flex min-h-11 items-center text-sm text-muted">Back soon. It cannot be ordered today.</p>;
  if (signedIn) return <BuyForm sku={sku} name={name} returnPath={returnPath} />;
  return (
    <Link href={signInHref(returnPath)} className={cn(buttonVariants({ variant: "primary" }), "w-full")}>
      Sign in to buy<span className="sr-only">: {name}</span>
    </Link>
  );
}

/** One part of the catalogue: what it is, what it costs, and the way to buy it. */
export function ProductCard(product: ProductCardProps) {
  return (
    <Card className="flex h-full flex-col p-4 sm:p-5">
      <div className="flex items-start gap-4">
        <div className="flex size-18 shrink-0 items-center justify-center rounded-lg bg-sunken text-ink">
          <CategoryIcon category={`${product.category} ${product.name}`} />
        </div>
        <div className="min-w-0 flex-1">
          <h3 className="font-semibold break-words">{product.name}</h3>
          <p className="mt-0.5 text-xs text-muted">{product.sku}</p>
          <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
            <p className="nums text-lg font-semibold">{product.price}</p>
            <Badge tone={product.inStock ? "success" : "neutral"}>{product.inStock ? "In stock" : "Out of stock"}</Badge>
          </div>
        </div>
      </div>
      <p className="mt-3 mb-5 flex-1 text-sm text-muted">{product.description}</p>
      <BuyCorner {...product} />
    </Card>
  );
}
