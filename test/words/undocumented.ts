// For each key of `undocumented`, wherever it stands: what a request gets where it is refused, removed or passed.
import { note, running, type Ask, type Probe } from './api.ts';
import type { GuardOptions } from '@castellan/guard';

type Setting = Readonly<Record<string, string>>;
const get: Ask = { path: '/notes/n1' };
const json = { 'content-type': 'application/json' };

const tries: Readonly<Record<string, { readonly ask: Ask; readonly answer?: () => Response }>> = {
  parameters: { ask: { path: '/notes?nobody=1' } },
  requestProperties: { ask: { path: '/notes', method: 'POST', body: { ...note, nobody: 1 } } },
  responseProperties: { ask: get, answer: () => Response.json({ ...note, nobody: 1 }) },
  statuses: { ask: get, answer: () => new Response('{"nobody":1}', { status: 202, headers: json }) },
  mediaTypes: { ask: get, answer: () => new Response('nobody', { headers: { 'content-type': 'text/x-nobody' } }) },
};

/** @param path of the object in its vocabulary */
export function undocumentedProbes(
  path: string,
  options: (setting: Setting) => Partial<GuardOptions>,
): Readonly<Record<string, Probe>> {
  return Object.fromEntries(
    Object.entries(tries).map(([name, { ask, answer }]): [string, Probe] => {
      const said = (setting: Setting): Promise<string> =>
        running(
          options(setting),
          async ({ ask: send }) => {
            const { status, text } = await send(ask);
            return `${status} ${/nobody/.test(text)}`;
          },
          answer,
        );
      return [`${path}.${name}`, async () => [await said({}), await said({ [name]: 'pass' })]];
    }),
  );
}
