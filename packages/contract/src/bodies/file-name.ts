/** How .NET writes a name that is not ASCII (RFC 2047 section 2). */
const encodedWord = /^=\?utf-8\?B\?([A-Za-z\d+/]+={0,2})\?=$/i;

/**
 * The name of a part's file. RFC 7578 section 4.2 has no `filename*`; clients that send both (.NET does) say the same in both. Of
 * two that say different things every parser reads another one.
 * @returns undefined where there is none, `differs` where it can be read in several ways
 */
export function fileName(parameters: ReadonlyMap<string, string>): string | undefined | typeof differs {
  const plain = parameters.get('filename');
  const extended = parameters.get('filename*');
  if (extended === undefined) return plain;
  const name = decoded(extended);
  if (name === undefined || name === '' || plain === undefined) return differs;
  return plain === name || fromWord(plain) === name ? name : differs;
}

export const differs = Symbol('differs');

/** `UTF-8''%E2%82%AC.txt` (RFC 8187 section 3.2). */
function decoded(extended: string): string | undefined {
  const text = /^utf-8'[A-Za-z-]*'((?:%[\dA-Fa-f]{2}|[!#$&+\-.^_`|~\dA-Za-z])*)$/i.exec(extended)?.[1];
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function fromWord(plain: string): string | undefined {
  const word = encodedWord.exec(plain)?.[1];
  return word === undefined ? undefined : Buffer.from(word, 'base64').toString('utf8');
}
