import type { Call } from "./call.ts";
import { problem } from "./described-problem.ts";
import * as body from "./schemas.ts";
import * as view from "./view-schemas.ts";

/** Who one is: tokens and accounts. */
export const accountCalls = {
  createToken: {
    method: "POST",
    path: "/api/token/",
    summary: "E-mail and password for a pair of tokens",
    auth: "public",
    limit: "token",
    body: body.tokenBody,
    answers: {
      200: { description: "The tokens.", schema: view.tokensView },
      401: problem("Wrong credentials."),
    },
  },
  refreshToken: {
    method: "POST",
    path: "/api/token/refresh/",
    summary: "A refresh token for the next pair; each is good once",
    auth: "public",
    limit: "token",
    body: body.refreshBody,
    answers: {
      200: { description: "The next pair.", schema: view.tokensView },
      401: problem("Not valid, or used before."),
    },
  },
  revokeToken: {
    method: "POST",
    path: "/api/token/revoke/",
    summary: "End a refresh token and every token that came of it",
    auth: "public",
    limit: "token",
    body: body.refreshBody,
    answers: { 200: { description: "Ended, or was none.", schema: view.doneView } },
  },
  signUp: {
    method: "POST",
    path: "/api/account/signup/",
    summary: "Make a customer's account",
    auth: "public",
    limit: "token",
    body: body.signUpBody,
    answers: {
      201: { description: "The account.", schema: view.accountView },
      409: problem("The address is in use."),
    },
  },
  changePassword: {
    method: "POST",
    path: "/api/account/password/",
    summary: "Change one's password; ends every session and token",
    auth: "user",
    limit: "token",
    body: body.changePasswordBody,
    answers: {
      200: { description: "Changed. Sign in again.", schema: view.doneView },
      409: problem("Changed meanwhile."),
    },
  },
} as const satisfies Record<string, Call>;
