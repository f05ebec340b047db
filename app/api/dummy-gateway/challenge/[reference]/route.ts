import { answerChallengeForm } from "#lib/gateways/dummy/challenge-form";
import { endpoint } from "#lib/http/endpoint";

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = endpoint({
  POST: answerChallengeForm,
});
