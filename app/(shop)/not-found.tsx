import { NotFoundMessage } from "../../components/shop/not-found-message.tsx";

export default function ShopNotFound() {
  return <NotFoundMessage />;
}
