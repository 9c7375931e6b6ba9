import { contractRule, graded } from '../rule.ts';
import { count } from '../summary.ts';
import type { Operation } from '@castellan/contract';

export const rule = contractRule({
  id: 'versions-side-by-side',
  title: 'Old version still open',
  owasp: ['API9:2023'],
  asvs: ['V15.2.3'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'What is fixed in the new version stays open in the old one: attackers take the old path to the same data.',
  mend: 'mark the old operations deprecated, with a sunset and their successor, and apply every security change to both until then',
  docs: 'Where the same path exists under two versions and the older one is not deprecated. One finding for each old version.',
  bad: [`paths: { /v1/orders: { get: { responses: {} } }, /v2/orders: { get: { responses: {} } } }`],
  good: [`paths: { /v1/orders: { get: { deprecated: true, responses: {} } }, /v2/orders: { get: { responses: {} } } }`],
  *find({ operations }) {
    const versions = new Map<string, Map<number, Operation[]>>();
    for (const operation of operations) {
      const match = /^(.*?\/v)(\d+)(?:\.\d+)?(\/.*)$/.exec(operation.path);
      if (match === null) continue;
      const key = `${operation.method} ${match[1]} ${(match[3] ?? '').replaceAll(/\{[^{}]*\}/g, '{}')}`;
      const known = versions.get(key) ?? new Map<number, Operation[]>();
      versions.set(key, known);
      const version = Number(match[2]);
      const list = known.get(version);
      if (list === undefined) known.set(version, [operation]);
      else list.push(operation);
    }
    const old = new Map<number, Operation[]>();
    for (const known of versions.values()) {
      const newest = Math.max(...known.keys());
      for (const [version, list] of known)
        if (version < newest)
          old.set(version, [
            ...(old.get(version) ?? []),
            ...list.filter((operation) => !operation.deprecated && operation.castellan.lifecycle === undefined),
          ]);
    }
    for (const [version, list] of old) {
      const [first] = list;
      if (first !== undefined)
        yield {
          at: first.location,
          message: `version ${version} of ${count(list.length, 'operation')} is open beside a newer one, and not deprecated`,
          members: list.map(({ operationId }) => operationId),
          operations: list,
        };
    }
  },
});
