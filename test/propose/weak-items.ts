// Items of people who are known by API keys alone: what a key's holder is, an operation of the API says.
import { startPython } from './weak-clinic.ts';
import type { Call, WeakApi } from './weak-api.ts';

const keys: Readonly<Record<string, string>> = {
  ada: 'ada-key-0001',
  bob: 'bob-key-0002',
  cem: 'cem-key-0003',
  root: 'root-key-0009',
};
const people = ['ada', 'bob', 'cem'];

const honest: readonly Call[] = [
  ...people.flatMap((as, n): Call[] => [
    { as, method: 'GET', path: '/users/me' },
    { as, method: 'GET', path: '/items' },
    { as, method: 'POST', path: '/items', body: { name: 'chair' } },
    { as, method: 'GET', path: `/items/${n + 1}` },
    { as, method: 'PUT', path: `/items/${n + 1}`, body: { name: 'stool', price: 3 } },
    { as, method: 'GET', path: `/notes/${n + 21}` },
    { as, method: 'PUT', path: `/notes/${n + 21}`, body: { item_id: n + 1, text: 'better' } },
    { as, method: 'GET', path: `/users/${n + 1}/keys` },
  ]),
  { as: 'ada', method: 'DELETE', path: '/items/4' },
  { as: 'bob', method: 'DELETE', path: '/items/5' },
  { as: 'root', method: 'GET', path: '/users' },
  { as: 'root', method: 'GET', path: '/items?all=true' },
  { as: 'root', method: 'GET', path: '/items/2' },
  { as: 'root', method: 'POST', path: '/items/2/feature' },
  { as: 'root', method: 'POST', path: '/items/3/feature' },
  { as: 'root', method: 'GET', path: '/report' },
  { as: 'root', method: 'GET', path: '/report' },
];

const lacks =
  (word: string) =>
  (answer: string): boolean =>
    !answer.includes(word);

const holes: readonly Call[] = [
  { at: 'object', as: 'ada', method: 'GET', path: '/items/2' },
  { at: 'object', as: 'ada', method: 'GET', path: '/items?all=true', stopped: lacks('"owner_id":2') },
  { at: 'object', as: 'ada', method: 'PUT', path: '/items/2', body: { name: 'x' } },
  { at: 'object', as: 'ada', method: 'DELETE', path: '/items/2' },
  { at: 'object', as: 'ada', method: 'GET', path: '/notes/22' },
  { at: 'object', as: 'ada', method: 'PUT', path: '/notes/22', body: { item_id: 2, text: 'x' } },
  { at: 'object', as: 'ada', method: 'GET', path: '/users/2/keys' },
  { at: 'object', as: 'ada', method: 'POST', path: '/items', body: { name: 'x', owner_id: 2 } },
  { at: 'function', as: 'ada', method: 'GET', path: '/users' },
  { at: 'function', as: 'ada', method: 'POST', path: '/items/1/feature' },
  { at: 'function', as: 'ada', method: 'GET', path: '/report' },
  { at: 'property', as: 'ada', method: 'PUT', path: '/items/1', body: { name: 'x', featured: true } },
  { at: 'property', as: 'ada', method: 'GET', path: '/items/1', stopped: lacks('internal_notes') },
];

/** The API with the document that it serves, and keys that its own operation tells the holder of. */
export async function items(): Promise<WeakApi> {
  const start = (): Promise<{ url: string; close(): Promise<void> }> => startPython('weak-items.py', '/openapi.json');
  const running = await start();
  try {
    const document = (await (await fetch(`${running.url}/openapi.json`)).json()) as object;
    return {
      name: 'items with keys',
      document,
      groups: {},
      credential: (as) => ({ 'x-api-key': keys[as] ?? '' }),
      authentication: { APIKeyHeader: { whoami: 'read_me_users_me_get', subject: '/id' } },
      honest,
      holes,
      start,
    };
  } finally {
    await running.close();
  }
}
