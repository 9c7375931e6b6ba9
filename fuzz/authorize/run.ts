// Drives cases through a guard, in process, and compares what came of them with the reference.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGuard } from '@castellan/guard';
import { fetchGuard, type FetchContext } from '@castellan/guard/fetch';
import { randomOf } from '../differential/random.ts';
import { caseOf, type Case, type Shown } from './cases.ts';
import { cedarOf, documentOf } from './document.ts';
import { askedMark, isWrapped, plainMark, Reference, secretMark, textMark, type Expected } from './reference.ts';
import { worldOf, type ApiOperation, type Stored, type World } from './world.ts';

/** Requests that are made in one world. */
const perWorld = 250;

interface Failure {
  readonly what: 'leak' | 'false refusal';
  readonly seed: number;
  readonly index: number;
  readonly detail: string;
}

interface Outcome {
  readonly cases: number;
  /** Cases whose handler did its work, and whose answer left with something. */
  readonly handled: number;
  readonly answered: number;
  readonly failures: readonly Failure[];
}

export async function run(seed: number, from: number, to: number): Promise<Outcome> {
  const failures: Failure[] = [];
  let handled = 0;
  let answered = 0;
  const folder = mkdtempSync(join(tmpdir(), 'castellan-fuzz-'));
  try {
    for (let at = from; at < to;) {
      const index = Math.floor(at / perWorld);
      const end = Math.min(to, (index + 1) * perWorld);
      const world = worldOf(randomOf(seed, index));
      const tried = await opened(world, join(folder, 'policies.cedar'));
      const reference = new Reference(world);
      for (; at < end; at++) {
        const one = caseOf(randomOf(seed + 1_000_003, at), world);
        const expected = reference.expected(one);
        const got = await tried.send(one);
        if (got.handled) handled++;
        if (got.marks.size > 0) answered++;
        const what = compare(expected, got);
        if (what !== undefined && failures.length < 100)
          failures.push({ what, seed, index: at, detail: tell(world, one, expected, got) });
      }
      await tried.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { cases: to - from, handled, answered, failures };
}

interface Got {
  readonly handled: boolean;
  readonly marks: ReadonlySet<string>;
  readonly status: number;
  readonly log: string;
}

function compare(expected: Expected, got: Got): Failure['what'] | undefined {
  if (got.handled && !expected.handled) return 'leak';
  for (const mark of got.marks) if (!expected.leaves.has(mark)) return 'leak';
  if (expected.handled && !got.handled) return 'false refusal';
  if (expected.cut) return undefined;
  for (const mark of expected.leaves) if (!got.marks.has(mark)) return 'false refusal';
  return undefined;
}

function tell(world: World, one: Case, expected: Expected, got: Got): string {
  const { profile, loads, policies, read, write } = world;
  return JSON.stringify({
    expected: { ...expected, leaves: [...expected.leaves] },
    got: { ...got, marks: [...got.marks] },
    one,
    profile,
    loads: [...loads],
    policies: cedarOf(policies).split('\n'),
    read,
    write,
  });
}

interface Tried {
  send(one: Case): Promise<Got>;
  close(): Promise<void>;
}

async function opened(world: World, policies: string): Promise<Tried> {
  writeFileSync(policies, cedarOf(world.policies));
  let log = '';
  const guard = await createGuard({
    contract: documentOf(world),
    policies,
    limits: { perAddress: 'off', perPrincipal: 'off' },
    authentication: {
      token: { verify: (credential) => world.callers.find(({ subject }) => subject === credential) },
    },
    onEvent: (event) => (log = JSON.stringify(event)),
    resources: Object.fromEntries(
      [...world.loads].map((type) => [
        type,
        (ids: readonly string[]) =>
          ids.map((id) =>
            represented(
              world,
              world.objects.find((one) => one.type === type && one.id === id),
            ),
          ),
      ]),
    ),
  });
  let one: Case | undefined;
  let handled = false;
  const handler = fetchGuard(guard, async (_request, context) => {
    if (one === undefined) throw new Error('no case');
    await ask(world, one, context);
    handled = true;
    return responseTo(world, one);
  });
  return {
    async send(next) {
      one = next;
      handled = false;
      log = '';
      const response = await handler(requestOf(world, next), { remoteAddress: '127.0.0.1' });
      const fields = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
      const text = `${fields}\n${await textOf(response)}`;
      const marks = new Set([...text.matchAll(/<[^<>]+>/g)].map(([mark]) => mark));
      return { handled, marks, status: response.status, log };
    },
    close: () => guard.end(),
  };
}

/** What arrived before the stream was cut. */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
  } catch {
    // Cut.
  }
  return Buffer.concat(chunks).toString();
}

async function ask(world: World, one: Case, { authorize, permits }: FetchContext): Promise<void> {
  for (const { shown, action, throws } of one.asks) {
    const { type } = shown.object;
    if (throws) await authorize(type, bodyOf(world, shown), action);
    else await permits(type, bodyOf(world, shown), action);
  }
}

function represented(world: World, object: Stored | undefined): object | undefined {
  if (object === undefined) return undefined;
  const { ownerId, tag } = object;
  return bodyOf(world, { object, ownerId, tag, secret: false, folder: undefined });
}

function bodyOf(world: World, { object, ownerId, tag, secret, folder }: Shown): object {
  const { id, team, open, type } = object;
  return {
    id: world.numericIds ? Number(id) : id,
    ownerId,
    team,
    open,
    ...(tag === undefined ? {} : { tag }),
    [type === 'Note' ? 'text' : 'title']: textMark(object),
    ...(secret ? { secret: secretMark(object) } : {}),
    ...(folder === undefined ? {} : { folder: bodyOf(world, folder) }),
  };
}

function requestOf(world: World, { operation, caller, ids, price, fresh, head }: Case): Request {
  const named = ids?.map((id) => (world.numericIds ? Number(id) : id));
  const path = operation.path.replace('{id}', ids?.[0] ?? '');
  const query = operation.names === 'query' && ids !== undefined ? `?ids=${ids.join(',')}` : '';
  const edit = { text: 'new', ...(price ? { price: 1 } : {}) };
  const bodies = {
    edit,
    'wrapped edit': { note: edit },
    new: { ...fresh, ...(price ? { price: 1 } : {}) },
    ids: { ...(named === undefined ? { all: true } : { ids: named }), change: edit },
  };
  return new Request(`http://api.example${path}${query}`, {
    method: head ? 'HEAD' : operation.method,
    headers: { authorization: `Bearer ${caller.subject}`, 'content-type': 'application/json' },
    ...(operation.takes === undefined ? {} : { body: JSON.stringify(bodies[operation.takes]) }),
  });
}

function responseTo(world: World, { operation, answer, head }: Case): Response {
  const about = operation.names === undefined ? plainMark : `${plainMark}${askedMark}`;
  const headers = { etag: `"${about}"` };
  const json = { ...headers, 'content-type': 'application/json' };
  const hidden = `${plainMark}${askedMark}`;
  switch (answer.kind) {
    case 'file':
      return new Response(head ? null : hidden, {
        headers: { 'content-type': 'application/octet-stream', etag: hidden },
      });
    case 'job':
      return new Response(JSON.stringify({ job: hidden }), { status: 202, headers: json });
    case 'empty':
      return new Response(null, { status: 204, headers: { etag: plainMark } });
    case 'redirect':
      return new Response(null, { status: 302, headers: { 'x-location': hidden } });
    case 'known':
      return new Response(null, { status: 304, headers: { etag: hidden } });
    case 'conflict':
      return new Response(JSON.stringify(bodyOf(world, firstOf(answer.objects))), {
        status: 409,
        headers: { 'content-type': 'application/json' },
      });
    default:
      if (operation.shape === 'lines')
        return new Response(answer.objects.map((shown) => `${JSON.stringify(bodyOf(world, shown))}\n`).join(''), {
          headers: { ...headers, 'content-type': 'application/jsonl' },
        });
      return new Response(JSON.stringify(shapedAs(world, operation, answer.objects)), { headers: json });
  }
}

function firstOf(objects: readonly Shown[]): Shown {
  const [first] = objects;
  if (first === undefined) throw new Error('nothing to show');
  return first;
}

function shapedAs(world: World, { shape, names }: ApiOperation, objects: readonly Shown[]): unknown {
  const bodies = objects.map((shown) => bodyOf(world, shown));
  switch (shape) {
    case 'flat':
      return bodies[0];
    case 'alternatives':
      return isWrapped(objects[0]) ? { data: bodies[0] } : bodies[0];
    case 'wrapped':
      return { data: bodies[0], related: bodies.slice(1), extra: names === undefined ? '' : askedMark };
    case 'items':
      return { items: bodies };
    case 'map':
      return { byName: Object.fromEntries(bodies.map((body, index) => [`k${index}`, body])) };
    default:
      return bodies;
  }
}
