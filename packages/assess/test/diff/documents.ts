import { stringify } from 'yaml';
import { loadExample } from '../../src/posture/example.ts';

export type Raw = Readonly<Record<string, unknown>>;

export const T = { type: 'string' };
export const O = (properties: object, more: object = {}): Raw => ({ type: 'object', properties, ...more });
export const json = (schema: unknown): Raw => ({ content: { 'application/json': { schema } } });
export const ok = { 200: { description: 'ok' } };

/** A document with one operation. */
export const documentOf = (operation: object, more: object = {}): Raw => ({
  paths: {
    '/a/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: T }],
      post: { responses: ok, ...operation },
    },
  },
  ...more,
});
/** The first of two documents, and the second. */
export const two = ([old = {}, now = {}]: readonly Raw[]): readonly [Raw, Raw] => [old, now];
export const parameter = (where: string, schema: unknown): Raw =>
  documentOf({ parameters: [{ name: 'p', in: where, schema }] });

/** The contract of a document. */
export const load = (document: Raw) =>
  loadExample(stringify({ openapi: '3.1.0', ...document }, { aliasDuplicateObjects: false }));
