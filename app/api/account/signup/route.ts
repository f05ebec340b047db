import { signUp } from "#lib/auth/sign-up";
import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.signUp, async ({ body }) => {
    const { id, email } = await signUp(body);
    return Response.json({ id, email }, { status: 201 });
  }),
});
