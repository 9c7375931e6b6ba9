// What users read speaks the field's words: pages, messages, help and schemas say fix, trusted issuer, revocation, brute force, cached.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSync } from 'oxc-parser';

const root = join(import.meta.dirname, '..');

/** Words that nobody searches for, each with the field's word for it. */
const words: readonly (readonly [RegExp, string])[] = [
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  [/\bvouch(?:es|ed|ing)?\b/i, 'trusted issuer, configured'],
  [/\btak(?:e|es|en|ing) back\b/i, 'revoke, revocation, undo'],
  [/\bguessing\b|\b(?:wrong|right) guess(?:es)?\b/i, 'brute force, failed attempt'],
  [/\brooms?\b/i, 'module'],
  [/\bremembered\b|\bremembers\b/i, 'cached, kept'],
  [/\b(?:is|are|be|was|were) told\b/i, 'reported, shown, gets a notice'],
  [/\bthe inside\b/i, 'internals, internal details'],
  [/\bstands? twice\b/i, 'duplicate'],
  [/\bstands? beside file\b/i, 'cannot be combined with'],
];

/** Where a word is right, or is not the project's to choose. */
const fine: readonly RegExp[] = [
  /examples\/weak\/mended\.yaml|\bweak\/mended\.yaml/g,
  /`mend`/g, // the older name of a member, where the changelog says so
  /credential-guessing/g, // the id of a threat, which evidence files hold
  /--room(?:=|\b)/g,
  /decisions\/\d+-[a-z-]+\.md/g,
  /\broom for growth\b|\bROOM\b/g,
  /params\['room'\]/g,
];

function wrongIn(text: string): readonly string[] {
  const plain = fine.reduce((rest, one) => rest.replaceAll(one, ''), text);
  return words.flatMap(([word, instead]) => {
    const found = word.exec(plain);
    return found === null ? [] : [`'${found[0]}' (say: ${instead})`];
  });
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [member: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string';

/** Every text of a source file that is no name: literals and parts of templates, but imports, keys and types. */
function* textsOf(node: unknown): Iterable<{ readonly text: string; readonly start: number }> {
  if (Array.isArray(node)) {
    for (const one of node) yield* textsOf(one);
    return;
  }
  if (!isNode(node) || node.type === 'ImportDeclaration' || node.type === 'TSLiteralType') return;
  if (/^Export(?:Named|All)Declaration$/.test(node.type) && isNode(node['source'])) return;
  if (node.type === 'Literal' && typeof node['value'] === 'string') yield { text: node['value'], start: node.start };
  if (node.type === 'TemplateElement') {
    const { cooked, raw } = node['value'] as { readonly cooked?: string; readonly raw: string };
    yield { text: cooked ?? raw, start: node.start };
  }
  for (const [key, member] of Object.entries(node))
    if (key !== 'type' && !(key === 'key' && node.type === 'Property' && node['computed'] !== true))
      yield* textsOf(member);
}

/** Texts of more than one word: one alone is a name, which `words.test.ts` and the schemas hold. */
const isSentence = (text: string): boolean => /\S\s+\S/.test(text);

const sources = globSync('packages/*/src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .sort();
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/*/README.md'], { cwd: root })
  .filter((file) => !file.startsWith('docs/decisions/'))
  .sort();

test('messages, help and rule texts', () => {
  const wrong: string[] = [];
  for (const file of sources) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const { text, start } of textsOf(parseSync(file, source).program))
      // Lists of words by which names are understood, and scripts, are not read by users.
      if (isSentence(text) && !/operation-words|secret-names|redis\/scripts/.test(file))
        for (const one of wrongIn(text)) wrong.push(`${file}:${source.slice(0, start).split('\n').length} ${one}`);
  }
  assert.ok(sources.length > 500, 'the sources were found');
  assert.deepEqual(wrong, []);
});

test('pages', () => {
  const wrong = pages.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => wrongIn(line).map((one) => `${file}:${index + 1} ${one}`)),
  );
  assert.ok(pages.length > 50, 'the pages were found');
  assert.deepEqual(wrong, []);
});

/** Pages that say how something was measured: their readers want every figure. */
const laboratory = new Set(['docs/testing.md', 'docs/performance.md', 'docs/check.md', 'CHANGELOG.md']);

test('sentences end, and no row of a table names three RFCs', () => {
  const wrong: string[] = [];
  for (const file of pages) {
    const text = readFileSync(join(root, file), 'utf8')
      .replaceAll(/^```[^]*?^```$/gm, '')
      .replaceAll(/<!--[^]*?-->/g, '');
    for (const row of text.split('\n'))
      if (row.startsWith('|') && (row.match(/RFC \d+/g)?.length ?? 0) > 2) wrong.push(`${file}: ${row.slice(0, 80)}`);
    if (laboratory.has(file)) continue;
    for (const paragraph of text.split(/\n\n|\n(?= *[-|#] ?)|\n(?= *\d+\. )/)) {
      if (/^\s*[|#]/.test(paragraph)) continue;
      for (const sentence of paragraph.replaceAll(/\s+/g, ' ').split(/(?<=[.!?:;])\s+/))
        if (sentence.split(' ').length > 50) wrong.push(`${file}: ${sentence.slice(0, 80)}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('names and descriptions of schemas', () => {
  const wrong = globSync('schemas/*.json', { cwd: root }).flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      // An older name is kept for those who wrote it.
      .filter((line) => !/"remember"|Older name/.test(line))
      .flatMap((line, index) => wrongIn(line).map((one) => `${file}:${index + 1} ${one}`)),
  );
  assert.deepEqual(wrong, []);
});

test('the list finds its words in sentences, and leaves names alone', () => {
  for (const bad of [
    'write it, the mend',
    'nobody vouches for it',
    'what was taken back',
    'a wrong guess waits',
    'each room of it',
    'the token is remembered',
    'it is told at start',
    'an error of the inside',
  ])
    assert.notDeepEqual(wrongIn(bad), [], bad);
  for (const good of ['redeem a voucher', 'recommended', 'untold', 'a guess of the year', 'examples/weak/mended.yaml'])
    assert.deepEqual(wrongIn(good), [], good);
});
