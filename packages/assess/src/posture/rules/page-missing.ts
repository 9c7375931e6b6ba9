import { listOf } from '../bodies.ts';
import { follow, isRaw } from '../constraint.ts';
import { isPaged } from '../pages.ts';
import { endsInParameter, segmentsOf, wordsOf } from '@castellan/meaning';
import type { Operation } from '@castellan/contract';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'page-missing',
  title: 'Lists answered whole',
  owasp: ['API4:2023', 'API3:2023'],
  asvs: ['V2.4.1', 'V15.2.2'],
  severity: graded('medium'),
  weighed: true,
  confidence: 'medium',
  why: 'The list grows with the data: one call reads everything, makes the service slow, and hands a thief the whole collection at once.',
  mend: 'take a limit parameter with a maximum (x-castellan: { page: { limit: limit, max: 100 } }) and answer in pages',
  docs: "Silent where the list has maxItems or holds enums or plain names, and for statistics and kinds (`/usage`, `/types`, `/countries`). Lists that belong to one object count only where people's data is among them, one step milder and with low confidence: most are short.",
  bad: [
    `paths: { /orders: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: array, items: { type: object, properties: { id: { type: string } } } } } } } } } } }`,
  ],
  good: [
    `paths: { /orders: { get: { parameters: [{ name: limit, in: query, schema: { type: integer, maximum: 100 } }], responses: { '200': { description: ok, content: { application/json: { schema: { type: array, items: { type: object, properties: { id: { type: string } } } } } } } } } } }`,
    `paths: { /orders: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: array, maxItems: 50, items: { type: object, properties: { id: { type: string } } } } } } } } } } }`,
  ],
  *find({ contract, operations, dataOf }) {
    for (const operation of operations) {
      if (operation.method !== 'GET' || isPaged(operation) || isSummary(operation)) continue;
      const list = listOf(contract, operation);
      if (list === undefined || typeof list.raw['maxItems'] === 'number') continue;
      // One object with `values` is no list of objects.
      if (endsInParameter(operation.path) && /\/properties\/[^/]+$/.test(list.location.pointer)) continue;
      const { items } = list.raw;
      const item = isRaw(items) ? follow(contract, { raw: items, location: list.location }) : undefined;
      // Names, numbers and enums are small; objects are what grows.
      if (
        item === undefined ||
        item.raw['enum'] !== undefined ||
        /^(?:string|integer|number|boolean)$/.test(String(item.raw['type']))
      )
        continue;
      // What belongs to one object is mostly few; it matters where people's data is among it.
      if (operation.path.includes('{') && dataOf(operation) === undefined) continue;
      yield {
        at: operation.location,
        message: `${operation.method} ${operation.path} answers its list whole`,
        operations: [operation],
        ...(operation.path.includes('{') ? ({ severity: 'low', confidence: 'low' } as const) : {}),
      };
    }
  },
});

/** What is counted and summed up has as many rows as days or kinds; kinds, languages and countries are as many as there are. */
function isSummary({ path }: Operation): boolean {
  const [before = '', last = ''] = segmentsOf(`/${path}`).slice(-2);
  const words = wordsOf(last === '' ? before : last);
  if (/^(?:stats|statistics|metrics|analytics)$/.test(before)) return true;
  return (
    !endsInParameter(path) &&
    words.some((word) =>
      /^(?:metrics?|statistics?|stats|volumes?|histogram|summary|summaries|usage|trends?|totals?|counts?|top|chart|timeseries|analytics|statistik|statistiques|estadisticas?|estatisticas?|types?|kinds|actions|languages|locales|countries|currencies|timezones|zones|units|eras|formats|iso\d*|enums|constants|capabilities|features|models|typen|arten|sprachen|laender|pays|langues|devises|paises|idiomas|monedas|moedas)$/.test(
        word,
      ),
    )
  );
}
