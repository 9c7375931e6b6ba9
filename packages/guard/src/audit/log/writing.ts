import { CastellanError } from '@castellan/contract';
import { lockLog } from './lock.ts';
import type { FromWriter, ToWriter } from './messages.ts';
import { LogWriter } from './writer.ts';

/** Does what messages say: in a thread of its own, or where there is none in this one. */
export function compileWriting(
  tell: (message: FromWriter, transfer?: readonly ArrayBuffer[]) => void,
): (message: ToWriter) => void {
  let writer: LogWriter | undefined;
  let done: Int32Array | undefined;
  let unlock: (() => void) | undefined;

  const handle = (message: ToWriter): void => {
    switch (message.kind) {
      case 'open': {
        done = new Int32Array(message.done);
        try {
          writer = new LogWriter(
            message.options,
            Date.now,
            (line) => tell({ kind: 'head', line }),
            (directory) => {
              unlock = lockLog(directory);
            },
          );
          tell({ kind: 'opened' });
        } catch (error) {
          unlock?.();
          tell(failureOf(error));
        }
        break;
      }
      case 'lines': {
        const ok = writer?.append(Buffer.from(message.bytes, 0, message.used), message.lines) ?? false;
        tell({ kind: 'written', ok, bytes: message.bytes, used: message.used, lost: ok ? 0 : message.lines }, [
          message.bytes,
        ]);
        break;
      }
      case 'lose':
        writer?.lose(message.lines, 'too-slow');
        break;
      case 'tick':
        writer?.tick();
        break;
      case 'close':
        writer?.close();
        unlock?.();
        tell({ kind: 'closed' });
    }
  };
  return (message) => {
    try {
      handle(message);
    } finally {
      // Whoever waits for it, because the process ends, sees it here.
      if (done !== undefined) {
        Atomics.add(done, 0, 1);
        Atomics.notify(done, 0);
      }
    }
  };
}

function failureOf(error: unknown): FromWriter {
  if (error instanceof CastellanError)
    return { kind: 'failed', code: error.code, message: error.what, mend: error.mend };
  const code = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : 'unknown');
  return {
    kind: 'failed',
    code: 'audit-log',
    message: `the audit log cannot be opened (${code})`,
    mend: 'name a folder that this process may write to',
  };
}
