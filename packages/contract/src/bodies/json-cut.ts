/**
 * A JSON text without some of its members; every other byte stays as it was written, numbers included.
 * @param text valid JSON without duplicate keys
 * @param pointers RFC 6901, of members of objects
 */
export function cutJson(text: string, pointers: ReadonlySet<string>): string {
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
    if (first === '"') string();
    else if (first === '{') members(pointer);
    else if (first === '[') items(pointer);
    else while (at < text.length && !',]} \t\n\r'.includes(text.charAt(at))) at++;
  };
  const members = (pointer: string): void => {
    at++;
    let any = false;
    for (space(); text.charAt(at) !== '}'; space()) {
      // From the comma before it, or to the comma behind it.
      const start = at;
      if (text.charAt(at) === ',') at++;
      space();
      const begins = at;
      const name = JSON.parse(string()) as string;
      const below = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      space();
      at++;
      if (pointers.has(below)) {
        const before = result.length;
        const from = kept;
        value(below);
        // What was cut within it goes with it.
        result = result.slice(0, before);
        kept = from;
        result += text.slice(kept, start);
        kept = at;
        continue;
      }
      if (!any && text.charAt(start) === ',') {
        result += text.slice(kept, start);
        kept = begins;
      }
      any = true;
      value(below);
    }
    at++;
  };
  const items = (pointer: string): void => {
    at++;
    let index = 0;
    for (space(); text.charAt(at) !== ']'; space()) {
      if (text.charAt(at) === ',') at++;
      value(`${pointer}/${index++}`);
    }
    at++;
  };
  value('');
  return result + text.slice(kept);
}
