/**
 * A JSON text with other texts in the place of some; every other byte stays as it was written, numbers included.
 * @param text valid JSON without duplicate keys
 * @param texts what stands where, by RFC 6901 pointer; only texts are replaced
 */
export function replaceInJson(text: string, texts: ReadonlyMap<string, string>): string {
  let at = 0;
  let kept = 0;
  let result = '';
  const space = (): void => {
    while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++;
  };
  const string = (): string => {
    const start = at++;
    while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
    return text.slice(start, ++at);
  };
  const value = (pointer: string): void => {
    space();
    const first = text.charAt(at);
    if (first === '"') {
      const start = at;
      string();
      const other = texts.get(pointer);
      if (other === undefined) return;
      result += text.slice(kept, start) + JSON.stringify(other);
      kept = at;
    } else if (first === '{') {
      at++;
      for (space(); text.charAt(at) !== '}'; space()) {
        if (text.charAt(at) === ',') at++;
        space();
        const name = JSON.parse(string()) as string;
        space();
        at++;
        value(`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      }
      at++;
    } else if (first === '[') {
      at++;
      let index = 0;
      for (space(); text.charAt(at) !== ']'; space()) {
        if (text.charAt(at) === ',') at++;
        value(`${pointer}/${index++}`);
      }
      at++;
    } else while (at < text.length && !',]} \t\n\r'.includes(text.charAt(at))) at++;
  };
  value('');
  return result + text.slice(kept);
}
