import { CastellanError } from '@castellan/contract';
import { keyOf } from './options.ts';

/**
 * An error of the options that a file gave, told of the key that it says.
 * @param index of the API in the file
 * @param file name for messages
 * @returns any other error as it is
 */
export function inFile(
  error: unknown,
  { placed }: { readonly placed: (error: unknown) => unknown },
  index: number,
  file: string,
): unknown {
  if (!(error instanceof CastellanError)) return error;
  if (error.code === 'unconfigured-scheme') {
    const entry = error.mend.replace(/^add authentication\./, '');
    const mend = `add ${entry} to authentication of the API in ${file}`;
    return new CastellanError({ code: error.code, message: error.what, place: error.place, mend, cause: error });
  }
  // The document is right where it has no such scheme; the entry is what is to be corrected.
  if (error.place !== undefined && error.code !== 'unknown-scheme') return error;
  const { option = /^authentication\.[^\s:]+/.exec(error.what)?.[0] } = error as { readonly option?: string };
  if (option === undefined) return error;
  const key = keyOf(option, index);
  const { code, what: message, mend } = error;
  const keyed = new CastellanError({ code, message: message.replace(option, key), mend, cause: error });
  return placed(Object.assign(keyed, { option: key }));
}
