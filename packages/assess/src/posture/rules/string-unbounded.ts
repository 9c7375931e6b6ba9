import { isShort, mayBe, meets } from '../constraint.ts';
import type { Field, Shape } from '../fields.ts';
import { updating } from '../patch.ts';
import { contractRule } from '../rule.ts';
import { count, list } from '../summary.ts';

export const rule = contractRule({
  id: 'string-unbounded',
  title: 'Texts of any length',
  owasp: ['API4:2023'],
  asvs: ['V2.2.1'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'medium' },
  reads: 'requests',
  confidence: 'high',
  why: 'A text without a bound is as long as the largest body allows: it is parsed, checked, stored and copied for every caller who sends one.',
  mend: 'add maxLength',
  docs: 'Bodies only: what stands in paths, queries and header fields is bounded by the server. One finding for each object, its patch bounds all; a text that is written once and referred to is one finding, where it is written. Enums, uuids, dates, addresses and patterns of bounded length are short.',
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { note: { type: string } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { note: { type: string, maxLength: 500 }, id: { type: string, format: uuid }, kind: { type: string, enum: [a, b] }, code: { type: string, pattern: '^[A-Z]{3}$' } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, fields }) {
    const found = new Map<string | Shape | Field, Field[]>();
    for (const field of fields) {
      if (field.writtenBy.length === 0 || field.parameter !== undefined || field.kind === 'header') continue;
      const { raw } = field.target;
      if (
        raw['format'] === 'binary' ||
        raw['format'] === 'base64' ||
        raw['format'] === 'byte' ||
        raw['contentEncoding'] !== undefined ||
        raw['contentMediaType'] !== undefined
      )
        continue;
      if (!mayBe(contract, field.node, 'string') || meets(contract, field.node, isShort)) continue;
      // What is written once and referred to is mended where it is written, whoever refers to it.
      const shared = field.target.raw === field.node.raw ? undefined : field.target.location;
      const key = shared === undefined ? (field.owner ?? field) : `${shared.document}#${shared.pointer}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, [field]);
      else known.push(field);
    }
    for (const [where, strings] of found) {
      const [first] = strings;
      if (first === undefined) continue;
      const names = [
        ...new Set(
          strings.map(({ name, kind }) =>
            kind === 'items'
              ? `the items of ${name || 'the list'}`
              : kind === 'map'
                ? `the values of ${name || 'the map'}`
                : name || 'the body',
          ),
        ),
      ];
      yield {
        at: typeof where === 'object' && 'fields' in where ? where.node.location : first.target.location,
        message: `${count(names.length, 'text')} of any length: ${list(names)}`,
        members: names,
        operations: new Set(strings.flatMap(({ writtenBy }) => writtenBy)),
        mend: updating(
          contract,
          'bound each text; the number is a proposal',
          [...new Map(strings.map(({ target }) => [target.location.pointer, target])).values()]
            .filter(({ raw }) => raw['type'] !== undefined)
            .map(({ location }) => ({ at: location, update: { maxLength: 2000 } })),
          false,
        ),
      };
    }
  },
});
