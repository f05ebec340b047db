import { issueTokens } from "#lib/auth/api-tokens";
import { checkCredentials } from "#lib/auth/sign-in";
import { PaymentError } from "#lib/domain/errors";
import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.createToken, async ({ body }) => {
    const account = await checkCredentials(body.email, body.password);
    if (account === null)
      throw new PaymentError("unauthenticated", "The e-mail address or password is wrong.");
    return Response.json(await issueTokens(account));
  }),
});
