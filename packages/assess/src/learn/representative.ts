import type { PlaceRecord } from '@castellan/guard/learn';
import { pointerOf } from './editor.ts';
import { nameOf, parentOf } from './look.ts';

/** A value of a recorded shape, and where in it each place stands. */
export interface Representative {
  readonly value: unknown;
  /** JSON Pointer by place. */
  readonly pointers: ReadonlyMap<string, string>;
}

/** A text for each form that was recorded: good for types and names, and for no bound. */
const texts: ReadonlyMap<string, string> = new Map(
  Object.entries({
    uuid: '6f1c2e1a-7c1d-4d2b-9a53-0d5f4a1b2c3d',
    'date-time': '2026-01-02T03:04:05Z',
    date: '2026-01-02',
    time: '03:04:05Z',
    duration: 'PT1H',
    email: 'ada@example.com',
    uri: 'https://example.com/',
    ipv4: '192.0.2.1',
    ipv6: '2001:db8::1',
    digits: '1',
    number: '1.5',
    boolean: 'true',
    'boolean-word': 'True',
    'naive-date-time': '2026-01-02T03:04:05',
    'compact-uuid': '6f1c2e1a7c1d4d2b9a530d5f4a1b2c3d',
    empty: '',
  }),
);

/**
 * Makes a value that has the shape of a recorded body: one item in each list, and of several types one that holds others.
 * @param forced the type at one place
 */
export function representativeOf(
  places: readonly PlaceRecord[],
  forced?: { readonly at: string; readonly type: string },
): Representative {
  const byParent = new Map<string, PlaceRecord[]>();
  for (const place of places) {
    if (place.at === '') continue;
    const [parent] = parentOf(place.at);
    byParent.set(parent, [...(byParent.get(parent) ?? []), place]);
  }
  const pointers = new Map<string, string>();
  const build = (place: PlaceRecord, pointer: string): unknown => {
    pointers.set(place.at, pointer);
    const children = byParent.get(place.at) ?? [];
    const types = Object.keys(place.types);
    const type =
      forced?.at === place.at
        ? forced.type
        : (types.find((one) => one === 'object' || one === 'array') ?? types.find((one) => one !== 'null') ?? 'null');
    if (type === 'array') return children.slice(0, 1).map((item) => build(item, `${pointer}/0`));
    if (type === 'object')
      return Object.fromEntries(
        children.map((child) => {
          const [, token] = parentOf(child.at);
          const name = token === '{}' ? 'key' : nameOf(token);
          return [name, build(child, pointer + pointerOf([name]))];
        }),
      );
    return scalarOf(type, place);
  };
  const root = places.find(({ at }) => at === '');
  return { value: root === undefined ? undefined : build(root, ''), pointers };
}

function scalarOf(type: string, { forms = {} }: PlaceRecord): unknown {
  if (type === 'integer') return 1;
  if (type === 'number') return 1.5;
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  if (type === 'file') return new Uint8Array(0);
  const [form = ''] = Object.keys(forms);
  return texts.get(form) ?? 'text';
}
