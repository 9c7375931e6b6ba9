import { CastellanError } from '@castellan/contract';

const most = 4096;
const name = /^[A-Za-z_$][\w$.-]{0,79}$/;

/**
 * What an exception was and where it was thrown: its name, its code, the frames of its stack, and its causes. What it says
 * is left out, because messages quote values; only what Castellan itself says is names and places.
 */
export function thrownPlaces(failure: unknown): string {
  return guarded(() => {
    const parts: string[] = [];
    for (let at: unknown = failure, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
      const said = at instanceof CastellanError ? `: ${at.message}` : '';
      parts.push(`${depth === 0 ? '' : 'caused by '}${kindOf(at)}${said}`, ...framesOf(at));
    }
    return parts.length === 0 ? `a ${typeof failure} was thrown` : parts.join('\n');
  });
}

/** All that an exception says, for a developer's terminal. */
export function thrownText(failure: unknown): string {
  return guarded(() => (failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)));
}

/** Handlers throw anything, even what has no text. */
function guarded(text: () => string): string {
  try {
    return text().slice(0, most);
  } catch {
    return 'an exception that cannot be shown';
  }
}

function kindOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  const kind = name.test(error.name) ? error.name : 'Error';
  return typeof code === 'string' && name.test(code) ? `${kind} ${code}` : kind;
}

/** The frames after the message, which may have lines that look like some. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const begins = message === '' ? -1 : stack.indexOf(message);
  const lines = (begins === -1 ? stack : stack.slice(begins + message.length)).split('\n');
  const frames: string[] = [];
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i] ?? '';
    if (!/^ {4}at .{1,500}$/.test(line)) break;
    frames.unshift(line);
  }
  return frames;
}
