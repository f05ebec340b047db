import { changePassword } from "#lib/auth/change-password";
import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.changePassword, async ({ viewer, body }) => {
    await changePassword(viewer, {
      currentPassword: body.current_password,
      newPassword: body.new_password,
    });
    return Response.json({ detail: "The password was changed. Sign in again." });
  }),
});
