import type { Notice } from './notices.ts';

/**
 * Whether requests say that they were forwarded although no proxy is trusted. Where one is in front, all its callers have
 * its address: they share one limit, and one of them who guesses passwords makes the others wait. Said with the first such
 * request, and by a notice from then on. A caller may write such a field itself, so that it changes no decision.
 */
export class UntrustedProxy {
  #seen = false;

  /** Notes a request that says so. */
  note(): void {
    if (this.#seen) return;
    this.#seen = true;
    process.emitWarning(message, { type: 'Castellan', code: 'untrusted-proxy' });
  }

  get notices(): readonly Notice[] {
    return this.#seen ? [{ code: 'untrusted-proxy', message }] : [];
  }
}

const message =
  'requests say that they were forwarded (X-Forwarded-For or its like) and no proxy is trusted: where one is in front, all its callers count as one address; name it in trustedProxies';
