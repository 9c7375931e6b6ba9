// A member or keyword that is misspelt is told with its place: nothing that was meant to be said goes unread without a word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CastellanError } from '../error.ts';
import { loadContract } from '../load/load-contract.ts';
import { madeDocument } from './made-document.ts';
import { modelOf } from './made-model.ts';
import { replaced, spotsOf } from './places.ts';

/** Their members are named by the author. */
const MAPS =
  /\/(?:paths|responses|properties|patternProperties|\$defs|definitions|dependent\w+|schemas|parameters|requestBodies|headers|securitySchemes|securityDefinitions|callbacks|pathItems|mediaTypes|webhooks|content|encoding|variables|additionalOperations|mapping|scopes|info|contact|tags|security|done|Done)\/[^/]+$|\/security\//;

const slips: readonly ((key: string) => string)[] = [
  (key) => key.slice(0, -2) + key.slice(-1) + key.slice(-2, -1),
  (key) => key.slice(0, -1),
  (key) => `${key}s`,
  (key) => key.toLowerCase(),
  (key) => key.toUpperCase(),
];

for (const version of ['2.0', '3.0', '3.1', '3.2'] as const)
  test(`${version}: every misspelt member and keyword is told`, async () => {
    const document = madeDocument(version);
    const model = JSON.stringify(modelOf(await loadContract(document)));
    const wrong: string[] = [];
    let told = 0;
    for (const { pointer, path, key, value } of spotsOf(document)) {
      if (/^\d+$/.test(key) || MAPS.test(pointer) || key.length < 4 || path.length === 1) continue;
      for (const slip of slips) {
        const name = slip(key);
        if (name === key) continue;
        try {
          const contract = await loadContract(replaced(document, path, value, name));
          const at = [...path.slice(0, -1), name].map((token) => `/${token.replaceAll('/', '~1')}`).join('');
          if (contract.warnings.some(({ location, message }) => location.pointer === at && message.includes(name)))
            told++;
          else if (JSON.stringify(modelOf(contract)) !== model) wrong.push(`${pointer} as ${name}`);
        } catch (error) {
          if (!(error instanceof CastellanError)) wrong.push(`${pointer} as ${name} ends in ${String(error)}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(told > 150, `${told} told`);
  });

test('names that authors choose and annotations are free', async () => {
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: 'T', version: '1', sumary: 'x' },
    paths: {
      '/a': {
        get: {
          responses: {
            200: {
              description: 'd',
              headers: { 'x-page': { schema: { type: 'string' } } },
              content: {
                'application/json': {
                  schema: {
                    properties: { requierd: { type: 'string' }, $ref: { type: 'string' }, maxlength: {} },
                    example: { $ref: 'nowhere.json', requierd: 1 },
                    'x-own': 1,
                    markdownDescription: 'd',
                    $comment: 'c',
                  },
                },
              },
            },
            'x-note': { a: 1 },
          },
        },
        'x-paths': { $ref: 'nowhere.json' },
      },
      'x-note': 5,
    },
  });
  assert.deepEqual(contract.warnings, []);
});
