import type { Answered } from '@castellan/guard';
import type { Way } from './targets.ts';

/** Bytes of an answer at most. */
const maxBytes = 512 * 1024;

/**
 * Asks the upstream who a credential is of.
 * @param timeout milliseconds for the whole answer
 */
export async function askUpstream(
  { pool, lane }: Way,
  path: string,
  headers: Readonly<Record<string, string>>,
  timeout: number,
): Promise<Answered> {
  if (!(await lane.enter())) return { failed: 'no place on the way to the upstream' };
  try {
    const answer = await pool.request({
      path,
      method: 'GET',
      headers: { accept: 'application/json', ...headers },
      signal: AbortSignal.timeout(timeout),
    });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > maxBytes) return { failed: `it answers more than ${maxBytes} bytes` };
      chunks.push(chunk);
    }
    return { status: answer.statusCode, bytes: Buffer.concat(chunks) };
  } catch (error) {
    const code = (error as { code?: unknown }).code ?? (error instanceof Error ? error.name : error);
    return { failed: `the upstream gives no answer (${String(code)})` };
  } finally {
    lane.leave();
  }
}
