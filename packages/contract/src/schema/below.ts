import { holds, type Holds, type Rules } from './rules.ts';

/** What a place of a document is: a schema, what holds schemas, data, or a part of OpenAPI outside of schemas. */
export type State = Exclude<Holds, 'schema-or-list'> | 'outside' | 'components';

/** What stands below a token, told by the grammar of the dialect. */
export function below(state: State, rules: Rules, token: string, child: unknown): State {
  if (state === 'opaque') return 'opaque';
  if (state === 'list' || state === 'map') return 'schema';
  if (state === 'components') return token === 'schemas' ? 'map' : 'outside';
  if (state === 'outside') {
    if (token === 'schema' || token === 'itemSchema') return 'schema';
    if (token === 'components') return 'components';
    return token.startsWith('x-') || token === 'example' || token === 'examples' ? 'opaque' : 'outside';
  }
  const held = holds(rules, token);
  return held === 'schema-or-list' ? (Array.isArray(child) ? 'list' : 'schema') : held;
}
