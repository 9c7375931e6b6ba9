// Reference pages of what Castellan says and holds: errors, notices, fixed limits. Found in the sources, so that none is forgotten.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** All sources of the packages, tests left out. */
function sources(): readonly { readonly file: string; readonly text: string }[] {
  return globSync('packages/*/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

/** The end of an expression that begins at a place: the comma or closing bracket that is not inside it. */
function endOf(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const sign = text[at] ?? '';
    if ('\'"`'.includes(sign)) {
      at = endOfText(text, at);
      continue;
    }
    if ('([{'.includes(sign)) depth++;
    else if (')]}'.includes(sign)) {
      if (depth === 0) return at;
      depth--;
    } else if (sign === ',' && depth === 0) return at;
  }
  return text.length;
}

function endOfText(text: string, from: number): number {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at;
    else if (quote === '`' && text.startsWith('${', at)) at = endOf(text, at + 2);
  }
  return text.length;
}

/** An expression as a reader would see what comes of it: what is put in is `…`. */
function said(expression: string): string {
  const texts: string[] = [];
  for (let at = 0; at < expression.length; at++) {
    const quote = expression[at] ?? '';
    if (!'\'"`'.includes(quote)) continue;
    const end = endOfText(expression, at);
    const text = expression.slice(at + 1, end).replaceAll(/\\(.)/g, '$1');
    texts.push(quote === '`' ? withoutParts(text) : text);
    at = end;
  }
  return texts.filter((text) => /[a-z]{2}/i.test(text))[0] ?? '…';
}

function withoutParts(text: string): string {
  let plain = '';
  for (let at = 0; at < text.length; at++) {
    if (!text.startsWith('${', at)) {
      plain += text[at] ?? '';
      continue;
    }
    plain += '…';
    at = endOf(text, at + 2);
  }
  return plain;
}

interface Told {
  readonly file: string;
  readonly code: string;
  readonly message: string;
  /** Undefined of a notice. */
  readonly remedy: string | undefined;
}

/** Every object in the sources that says `code`, `message` and perhaps `mend`. */
function told(): readonly Told[] {
  const found: Told[] = [];
  for (const { file, text } of sources())
    for (const match of text.matchAll(/\bcode: '([a-z][a-z-]+)',/g)) {
      const start = match.index + match[0].length;
      const end = closing(text, start);
      const own = text.slice(start, end);
      const message = partOf(own, 'message');
      if (message === undefined) continue;
      found.push({ file, code: match[1] ?? '', message: said(message), remedy: remedyOf(own) });
    }
  return found;
}

function closing(text: string, from: number): number {
  let at = from;
  while (text[endOf(text, at)] === ',') at = endOf(text, at) + 1;
  return endOf(text, at);
}

function partOf(text: string, name: string): string | undefined {
  const found = new RegExp(String.raw`(?:^|[\s,])${name}:\s*`).exec(text);
  if (found !== null) {
    const from = found.index + found[0].length;
    return text.slice(from, endOf(text, from));
  }
  return new RegExp(String.raw`(?:^|[\s,])${name}\s*(?:,|$)`).test(text.trim()) ? "'…'" : undefined;
}

function remedyOf(text: string): string | undefined {
  const part = partOf(text, 'mend');
  return part === undefined ? undefined : said(part);
}

const cell = (text: string): string =>
  text
    .replaceAll('|', String.raw`\|`)
    .replaceAll('<', '&lt;')
    .replaceAll('\n', ' ');

/** One row for each code: the first message that says most. */
function byCode(all: readonly Told[]): readonly Told[] {
  const rows = new Map<string, Told>();
  for (const one of all) {
    const before = rows.get(one.code);
    if (before === undefined || (before.message === '…' && one.message !== '…')) rows.set(one.code, one);
  }
  return [...rows.values()].sort((a, b) => a.code.localeCompare(b.code));
}

interface Limit {
  readonly name: string;
  readonly value: string;
  readonly what: string;
  readonly file: string;
}

/** Constants with a number that bound something, with what their comment says. */
function limits(): readonly Limit[] {
  const pattern =
    /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?(?:export )?const ((?:max|most|least|min)[A-Z]\w*|\w*(?:Limit|Bytes|Entries|Depth|Nodes)) = ([\d_]+(?: \* [\d_]+)*);/g;
  return sources()
    .filter(({ file }) => /packages\/(?:contract|policy|guard|gateway)\//.test(file))
    .flatMap(({ file, text }) =>
      [...text.matchAll(pattern)].map(([, comment, name = '', value = '']) => ({
        name,
        value: value.replaceAll('_', ','),
        what: (comment ?? '').replaceAll(/\s*\*\s*/g, ' ').trim(),
        file: file.replace(/^packages\//, ''),
      })),
    );
}

const words = (name: string): string => name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();

/** Text of each page, by its name. */
export function sourcePages(): Readonly<Record<string, string>> {
  const all = told();
  const errors = byCode(all.filter(({ remedy }) => remedy !== undefined));
  const plain = all.filter(({ remedy, message }) => remedy === undefined && message !== '…');
  const isChange = ({ file }: Told): boolean => file.startsWith('packages/assess/src/diff/');
  const notices = byCode(plain.filter((one) => !isChange(one)));
  const changes = byCode(plain.filter(isChange));
  return {
    'errors.md': `# Errors of configuration and input

Made from the code by \`npm run reference\`. \`CastellanError.code\`, what the one line says (\`…\` is what it names), and what to do. The command prints the
same line and ends with status 2. What a request is refused with is in [problems](../problems.md).

| code | the line | what to do |
| --- | --- | --- |
${errors.map(({ code, message, remedy }) => `| \`${code}\` | ${cell(message)} | ${cell(remedy ?? '')} |`).join('\n')}
`,
    'notices.md': `# Notices

Made from the code by \`npm run reference\`. What is not protected, or weak, with this document and these options: \`guard.notices\`, printed by the gateway at its
start, listed by \`castellan contract\`; and warnings of the process. \`…\` is what the line names.

| code | the line |
| --- | --- |
${notices.map(({ code, message }) => `| \`${code}\` | ${cell(message)} |`).join('\n')}
`,
    'changes.md': `# Changes that \`castellan diff\` tells of

Made from the code by \`npm run reference\`. The stable code of each kind of change, and the line; \`…\` is what it names.

| code | the line |
| --- | --- |
${changes.map(({ code, message }) => `| \`${code}\` | ${cell(message)} |`).join('\n')}
`,
    'fixed-limits.md': `# Fixed limits

Made from the code by \`npm run reference\`. Numbers that no option changes; those that one changes are in [options](guard-options.md). Bytes where nothing else is said.

| limit | number | of what | file |
| --- | --- | --- | --- |
${limits()
  .map(({ name, value, what, file }) => `| ${words(name)} | ${value} | ${cell(what)} | \`${file}\` |`)
  .join('\n')}
`,
  };
}
