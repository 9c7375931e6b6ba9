// What is of another kind than it must be is refused or read in its one sensible way, and told with its place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CastellanError } from '../error.ts';
import { loadContract } from '../load/load-contract.ts';
import { madeDocument } from './made-document.ts';
import { modelOf } from './made-model.ts';
import { replaced, spotsOf, type Spot } from './places.ts';

type KindName = 'null' | 'boolean' | 'number' | 'text' | 'list' | 'object';

const others: readonly unknown[] = [null, true, false, 7, 'b', 'true', '7', [], ['b'], [7], {}, { b: 1 }];

function kindOf(value: unknown): KindName {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'text';
  return typeof value === 'object' ? 'object' : (typeof value as 'boolean' | 'number');
}

const SCHEMAS =
  /\/(?:schema|items|not|additionalProperties|if|then|else|contains|propertyNames|unevaluated\w+|contentSchema)$|\/(?:allOf|oneOf|anyOf|prefixItems)\/\d+$|\/(?:schemas|definitions|properties|patternProperties|\$defs|dependentSchemas)\/[^/]+$/;

/** Kinds that the standard allows beside the one that stands there, and other kinds that mean nothing else. */
function mayBe({ pointer, key }: Spot, version: string): readonly KindName[] {
  if (key === 'additionalProperties') return ['object', 'boolean'];
  if (SCHEMAS.test(pointer)) return version === '2.0' || version === '3.0' ? ['object'] : ['object', 'boolean'];
  if (key === 'exclusiveMinimum' || key === 'exclusiveMaximum') return ['number', 'boolean'];
  if (key === 'type' && version !== '2.0' && version !== '3.0') return ['text', 'list'];
  // Values are data.
  if (/\/enum\/\d+$/.test(pointer)) return ['null', 'boolean', 'number', 'text', 'list', 'object'];
  return [];
}

const SHOWN = 400;

/** Each third of everything in everything, all where there is time. */
const step = process.env['CASTELLAN_WHOLE'] === '1' ? 1 : 3;

for (const version of ['2.0', '3.0', '3.1', '3.2'] as const)
  test(`${version}: nothing that is of another kind vanishes without a word`, async () => {
    const document = madeDocument(version);
    const contract = await loadContract(document);
    const model = JSON.stringify(modelOf(contract));
    const known = new Set(contract.warnings.map(({ code, location }) => `${code} ${location.pointer}`));
    const wrong: string[] = [];
    let read = 0;
    for (const [row, spot] of [...spotsOf(document)].entries()) {
      for (const [column, other] of others.entries()) {
        if ((row + column) % step !== 0) continue;
        if (kindOf(other) === kindOf(spot.value) || mayBe(spot, version).includes(kindOf(other))) continue;
        const here = `${spot.pointer}: ${JSON.stringify(other)}`;
        try {
          const changed = await loadContract(replaced(document, spot.path, other));
          const told = changed.warnings
            .filter(({ code, location }) => !known.has(`${code} ${location.pointer}`))
            .map(({ location }) => location.pointer);
          read++;
          if (told.some((pointer) => pointer.startsWith(spot.pointer) || spot.pointer.startsWith(`${pointer}/`)))
            continue;
          const now = JSON.stringify(modelOf(changed));
          if (now !== model) wrong.push(`${here} vanishes; told: ${told.join(' ') || 'nothing'}`);
        } catch (error) {
          if (!(error instanceof CastellanError)) wrong.push(`${here} ends in ${String(error).slice(0, SHOWN)}`);
          else if (!named(error, spot)) wrong.push(`${here} is refused elsewhere: ${error.message.slice(0, SHOWN)}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(read > 500 / step, `${read} read`);
  });

/** Whether a message leads to the place, or to the object that holds it. */
function named(error: CastellanError, { path, pointer }: Spot): boolean {
  // What is gone is missed where it is named.
  if (error.code === 'unresolved-reference' && error.message.includes(`'#${pointer}`)) return true;
  if (
    error.code === 'unknown-security-scheme' &&
    /^\/(?:components\/securitySchemes|securityDefinitions)$/.test(pointer)
  )
    return true;
  const at = /#(\S*)$/.exec(error.place?.file ?? '')?.[1] ?? '';
  const above = pointer.slice(0, pointer.lastIndexOf('/'));
  return at.startsWith(pointer) || (at === above && error.message.includes(path.at(-1) ?? ''));
}
