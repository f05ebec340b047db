import { signInHref } from "../account/sign-in-href.ts";
import { Badge } from "../ui/badge.tsx";
import { buttonVariants } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
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
  /** Support looks on and does not order. */
  buyer: "may_buy" | "signed_out" | "may_not_buy";
  /** Where to come back to after signing in. */
  returnPath: string;
};

function BuyCorner({ sku, name, inStock, buyer, returnPath }: ProductCardProps) {
  if (!inStock)
    return (
      <p className="text-muted flex min-h-11 items-center text-sm">
        Back soon. It cannot be ordered today.
      </p>
    );
  if (buyer === "may_not_buy") {
    return (
      <p className="text-muted flex min-h-11 items-center text-sm">
        Support accounts look on and do not order.
      </p>
    );
  }
  if (buyer === "may_buy") return <BuyForm sku={sku} name={name} returnPath={returnPath} />;
  return (
    <Link
      href={signInHref(returnPath)}
      className={cn(buttonVariants({ variant: "quiet" }), "w-full")}
    >
      Sign in to buy<VisuallyHidden>: {name}</VisuallyHidden>
    </Link>
  );
}

/** One part of the catalogue: what it is, what it costs, and the way to buy it. */
export function ProductCard(product: ProductCardProps) {
  return (
    <Card className="flex h-full flex-col p-4 sm:p-5">
      <div className="flex items-start gap-4">
        <div className="bg-sunken text-ink flex size-18 shrink-0 items-center justify-center rounded-lg">
          <CategoryIcon name={product.name} category={product.category} />
        </div>
        <div className="min-w-0 flex-1">
          <h3 className="font-semibold break-words">{product.name}</h3>
          <p className="text-muted mt-0.5 text-xs">{product.sku}</p>
          <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
            <p className="nums text-lg font-semibold">{product.price}</p>
            <Badge tone={product.inStock ? "success" : "neutral"}>
              {product.inStock ? "In stock" : "Out of stock"}
            </Badge>
          </div>
        </div>
      </div>
      <p className="text-muted mt-3 mb-5 flex-1 text-sm">{product.description}</p>
      <BuyCorner {...product} />
    </Card>
  );
}
