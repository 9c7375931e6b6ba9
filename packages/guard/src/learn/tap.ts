import type { FieldSource } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';

/** Bytes of a body that are looked at; nothing is known of the shape of a longer one. */
export const maxTapped = 1024 * 1024;

/** Some bytes as they passed, up to a limit. */
export class Passing {
  chunks: Uint8Array[] | undefined = [];
  size = 0;

  /** @param chunk nobody writes into it any more */
  push(chunk: Uint8Array): void {
    this.size += chunk.length;
    if (this.size > maxTapped) this.chunks = undefined;
    else this.chunks?.push(chunk);
  }

  /** Bytes of somebody who may use the buffer again, or a text. */
  copy(chunk: string | Uint8Array, encoding?: BufferEncoding): void {
    if (this.chunks === undefined || this.size + chunk.length > maxTapped) {
      this.size += chunk.length;
      this.chunks = undefined;
    } else this.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding ?? 'utf8') : Buffer.from(chunk));
  }
}

/** What is taken from an exchange in passing, so that it can be recorded when it has ended. Nothing waits for it. */
export class Tap {
  readonly request = new Passing();
  readonly answer = new Passing();
  contentType: string | undefined = undefined;
  contentEncoding: string | undefined = undefined;
  /** Documented header fields of the answer, by lower-case name. */
  fields: Map<string, ReturnType<FieldSource['getHeader']>> | undefined = undefined;

  /** The head of the answer. */
  head(exchange: Exchange, fields: FieldSource): void {
    this.contentType = textOf(fields.getHeader('content-type'));
    this.contentEncoding = textOf(fields.getHeader('content-encoding'));
    for (const { headers } of exchange.operation?.responses ?? [])
      for (const { name } of headers) {
        const lower = name.toLowerCase();
        (this.fields ??= new Map()).set(lower, fields.getHeader(lower));
      }
  }
}

/** The tap of an exchange; undefined where nothing is recorded of it. */
export function tapOf(exchange: Exchange): Tap | undefined {
  return exchange.mode === 'observe' ? exchange.tap : undefined;
}

function textOf(value: string | number | readonly string[] | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
