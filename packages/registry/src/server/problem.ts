/** What the registry answers where a request cannot be done; a problem detail (RFC 9457). */
export class RegistryProblem extends Error {
  readonly status: 400 | 403 | 404 | 409 | 412 | 422 | 428;
  readonly title: string;

  constructor(status: RegistryProblem['status'], title: string, detail: string) {
    super(detail);
    this.name = 'RegistryProblem';
    this.status = status;
    this.title = title;
  }

  /** As it is sent. */
  get body(): { readonly type: string; readonly title: string; readonly status: number; readonly detail: string } {
    return { type: 'about:blank', title: this.title, status: this.status, detail: this.message };
  }
}

export const notFound = (what: string): RegistryProblem =>
  new RegistryProblem(404, 'Not Found', `there is no ${what}`.slice(0, 2_000));
