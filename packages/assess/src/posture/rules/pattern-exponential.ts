import { compilePattern } from '@castellan/contract';
import { contractRule, graded } from '../rule.ts';

/** The automaton has no such thing, so nothing is known about their cost. */
const BACKREFERENCE = /\\[1-9]|\\k</;

export const rule = contractRule({
  id: 'pattern-exponential',
  title: 'Patterns that stop the service',
  owasp: ['API4:2023'],
  asvs: ['V1.3.12'],
  severity: graded('high'),
  reads: 'requests',
  confidence: 'high',
  why: 'A backtracking engine needs years for a text of a few dozen characters that almost matches: one request occupies one core.',
  mend: 'rewrite the pattern so that no two ways lead through the same text, and add maxLength',
  docs: "The worst case is computed from the pattern's automaton. Castellan's own guard runs such patterns in linear time; other validators, and the clients of the document, do not. Patterns with backreferences are left alone: nothing is known about their cost.",
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { name: { type: string, pattern: '^(\\w+\\s?)*$' } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { name: { type: string, pattern: '^\\w+$' } } } } } }, responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      const { pattern, maxLength } = field.target.raw;
      if (field.writtenBy.length === 0 || typeof pattern !== 'string' || BACKREFERENCE.test(pattern)) continue;
      const compiled = compilePattern(pattern, typeof maxLength === 'number' ? { maxLength } : {});
      if (compiled.reason !== 'exponential') continue;
      yield {
        at: field.target.location,
        message: `the pattern of ${field.name || 'the value'} takes exponential time: ${pattern.slice(0, 60)}`,
        operations: field.writtenBy,
      };
    }
  },
});
