// What the guides promise, and which tests show it. A sentence that promises has an id in its page's source
// (`<!-- promise: … -->`); the test that shows it has `// promise: …` above it, or in the first lines of a file that is all about it.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

interface Promised {
  readonly id: string;
  readonly page: string;
  /** The end of the sentence, without marks. */
  readonly sentence: string;
  readonly tests: readonly Shown[];
}

interface Shown {
  readonly file: string;
  /** Of the one test that shows it; undefined where the whole file does. */
  readonly title: string | undefined;
}

/** Every promise of the guides, with the tests that name it. */
export function promised(): readonly Promised[] {
  const tests = shown();
  return globSync(['*.md', 'docs/*.md', 'docs/operations/*.md'], { cwd: root })
    .sort()
    .flatMap((page) => {
      const text = readFileSync(join(root, page), 'utf8');
      return [...text.matchAll(/ <!-- promise: ([a-z0-9-]+) -->/g)].map((match) => ({
        id: match[1] ?? '',
        page,
        sentence: sentenceBefore(text.slice(0, match.index)),
        tests: tests.get(match[1] ?? '') ?? [],
      }));
    });
}

/** Tests by the promises that they name. */
export function shown(): ReadonlyMap<string, readonly Shown[]> {
  const found = new Map<string, Shown[]>();
  for (const file of globSync(['{packages,test,conformance,fuzz}/**/*.test.ts'], {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  }).sort())
    for (const [, id = '', title] of readFileSync(join(root, file), 'utf8').matchAll(named))
      found.set(id, [...(found.get(id) ?? []), { file, title }]);
  return found;
}

const named = /^ *\/\/ promise: ([a-z0-9-]+)$(?:\n *(?:test|describe)\(\s*'([^'\n]+)')?/gm;

function sentenceBefore(text: string): string {
  const paragraph = text.slice(text.lastIndexOf('\n\n') + 2).replaceAll(/<!--[^]*?-->/g, '');
  const line = paragraph.replaceAll(/\s+/g, ' ').replaceAll('|', '/').trim();
  const start = Math.max(
    ...[...line.matchAll(/(?:\. |^|- )(?=[A-Z*`])/g)].map(({ index, 0: mark }) => index + mark.length),
    line.length - 300,
    0,
  );
  return line.slice(start);
}

/** Text of the page that lists them. */
export function promisePages(): Readonly<Record<string, string>> {
  return {
    'promises.md': `# Promises

Made from the guides by \`npm run reference\`: what they promise, and the tests that show it. \`npm test -- FILE\` runs one.

| promise | says | shown by |
| --- | --- | --- |
${promised()
  .map(
    ({ id, page, sentence, tests }) =>
      `| \`${id}\` | [${page}](../../${page}): ${sentence.replaceAll(/\]\([^)]*\)/g, ']').replaceAll(/[[\]]/g, '')} | ${tests.map(({ file, title }) => `\`${file}\`${title === undefined ? '' : `: ${title.replaceAll('|', '/')}`}`).join(', ')} |`,
  )
  .join('\n')}
`,
  };
}
