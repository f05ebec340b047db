/** A control call that is refused; the sentence is for whoever made it. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: 400 | 403 | 404 | 405 | 409 | 413;

  constructor(status: Refused["status"], detail: string) {
    super(detail);
    this.status = status;
  }
}
