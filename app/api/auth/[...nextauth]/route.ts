import { handleNextAuth } from "#lib/auth/nextauth-route";
import { methodNotAllowed } from "#lib/http/endpoint";

// next-auth reads its request through Next, so this one route is Next's in every door.
export { handleNextAuth as GET, handleNextAuth as POST };

const refused = methodNotAllowed("GET, POST");
export { refused as HEAD, refused as PUT, refused as PATCH, refused as DELETE, refused as OPTIONS };
