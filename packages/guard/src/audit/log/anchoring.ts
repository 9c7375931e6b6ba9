import { appendFile } from 'node:fs/promises';
import { hmacSignature } from '../../webhook/signature.ts';

/** Keeps heads elsewhere. Given undefined, keeps the last one at once: the log is closed. */
export type Anchoring = (head: string | undefined) => Promise<void>;

/** Where heads are kept, beside the log. */
export interface AnchorOptions {
  /** A file, better on another machine's disk: each head is appended. */
  readonly file?: string | undefined;
  /** An address that each head is sent to (POST, `application/json`). */
  readonly url?: string | undefined;
  /** Signs what is sent. */
  readonly secret?: string | undefined;
}

/** Milliseconds between two heads that are kept. */
const interval = 60_000;
const timeout = 10_000;

/** Compiles where heads are kept. A place that does not take one is told of once a minute at most; the log goes on. */
export function compileAnchoring(
  { file, url, secret }: AnchorOptions,
  now: () => number,
  keepHead?: (line: string) => void,
): Anchoring {
  let last: string | undefined;
  let kept: string | undefined;
  let next = 0;
  let told = -Infinity;
  const failed = (where: string, error: unknown): void => {
    if (now() - told < interval) return;
    told = now();
    const why = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : 'unknown');
    process.emitWarning(`a head of the audit log was not kept at ${where} (${why}); see to it`, {
      type: 'Castellan',
      code: 'audit-anchor',
    });
  };
  const keep = async (line: string): Promise<void> => {
    kept = line;
    keepHead?.(line);
    if (file !== undefined)
      await appendFile(file, `${line}\n`, { mode: 0o600 }).catch((error: unknown) => failed(file, error));
    if (url === undefined) return;
    const signed = secret === undefined ? {} : hmacSignature(secret, line, now());
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed },
      body: line,
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    })
      .then(async (response) => {
        await response.body?.cancel();
        if (!response.ok) throw new Error(`status ${response.status}`);
      })
      .catch((error: unknown) => failed(new URL(url).origin, error));
  };
  let keeping = Promise.resolve();
  return (head) => {
    last = head ?? last;
    if (last !== undefined && last !== kept && (head === undefined || now() >= next)) {
      next = now() + interval;
      const line = last;
      keeping = keeping.then(() => keep(line));
    }
    return keeping;
  };
}
