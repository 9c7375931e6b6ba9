import { readFileSync } from 'node:fs';
import type { Case } from './cases.ts';

interface Past {
  /** What was wrong. */
  readonly was: string;
  /** The bytes as Latin-1 text, without the `Case` field. */
  readonly message: string;
}

/** Every message that was once read differently, as a case of its own. */
export function pastFailures(): readonly Case[] {
  const past = JSON.parse(readFileSync(new URL('past-failures.json', import.meta.url), 'utf8')) as readonly Past[];
  return past.map(({ message }, index) => {
    const id = `past-${index}`;
    return { id, bytes: Buffer.from(message.replace('\r\n', `\r\nCase: ${id}\r\n`), 'latin1'), alone: true };
  });
}
