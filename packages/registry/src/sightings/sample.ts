/** Words after which a secret stands. */
const before = /pass|pwd|secret|token|key|auth|bearer|basic|cookie|session|credential|signature|code/i;
const most = 120;

/** What a line looks like, without what could be a secret: short words only, none after `=`, `:` or the name of a secret. */
export function sampleOf(line: string): string {
  let previous = '';
  return line
    .slice(0, 2 * most)
    .replaceAll(/([=:]\s*["']?)?([\p{L}\p{N}_.+/~%@*\\-]+)/gu, (_, sign: string | undefined, word: string) => {
      const hidden =
        sign !== undefined || before.test(previous) || word.length > 16 || (word.length > 3 && /[\d@]/.test(word));
      previous = word;
      return `${sign ?? ''}${hidden ? '…' : word}`;
    })
    .slice(0, most);
}
