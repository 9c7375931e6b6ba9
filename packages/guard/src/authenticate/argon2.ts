import * as crypto from 'node:crypto';
import { CastellanError } from '@castellan/contract';

export interface Argon2Request {
  readonly message: Uint8Array;
  readonly nonce: Uint8Array;
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly tagLength: number;
}

type Argon2 = (algorithm: 'argon2id', request: Argon2Request, done: (error: Error | null, tag: Buffer) => void) => void;

/** Node has Argon2 from 24.7 on; it runs on the thread pool. */
const builtIn = (crypto as unknown as { readonly argon2?: Argon2 }).argon2;

/**
 * Derives an Argon2id tag (RFC 9106) off the main thread: by Node itself, or on older Node by the optional package
 * `hash-wasm` in a worker.
 * @throws CastellanError `no-argon2`
 */
export function argon2id(request: Argon2Request): Promise<Buffer> {
  if (builtIn === undefined) return import('./argon2-worker.ts').then(({ deriveInWorker }) => deriveInWorker(request));
  return new Promise((resolve, reject) => {
    builtIn('argon2id', request, (error, tag) => (error === null ? resolve(tag) : reject(error)));
  });
}

/** Says at start, not with the first password, that this Node cannot derive one. */
export function requireArgon2(): void {
  if (builtIn !== undefined || hasPackage()) return;
  throw new CastellanError({
    code: 'no-argon2',
    message: `Node ${process.versions.node} has no Argon2, which passwords need`,
    mend: 'run Node 24.7 or later, or npm install hash-wasm',
  });
}

function hasPackage(): boolean {
  try {
    import.meta.resolve('hash-wasm');
    return true;
  } catch {
    return false;
  }
}
