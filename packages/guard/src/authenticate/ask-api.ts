import type { Operation } from '@castellan/contract';
import { maxBytes, type Fetch } from './provider-fetch.ts';

/** What an operation of the API answered; or why there is no answer. */
export type Answered = { readonly status: number; readonly bytes: Uint8Array } | { readonly failed: string };

/**
 * Asks an operation of the API with one caller's credential. The gateway asks its upstream.
 * @param path with the prefix of the API, and a credential that is in the query
 * @param headers the credential, and nothing else of the caller
 */
export type AskApi = (
  operation: Operation,
  path: string,
  headers: Readonly<Record<string, string>>,
) => Promise<Answered>;

const timeout = 5000;

/** Asks over HTTP at an address: 5 s, 512 KiB, no redirect. */
export function askAt(origin: string, fetch: Fetch): AskApi {
  const base = origin.replace(/\/+$/, '');
  return async (_operation, path, headers) => {
    try {
      const answer = await fetch(base + path, {
        headers: { accept: 'application/json', ...headers },
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
      });
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of (answer.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        if (size > maxBytes) return { failed: `it answers more than ${maxBytes} bytes` };
        chunks.push(chunk);
      }
      return { status: answer.status, bytes: Buffer.concat(chunks) };
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
      return { failed: `it cannot be reached (${String(code ?? (error instanceof Error ? error.name : error))})` };
    }
  };
}
