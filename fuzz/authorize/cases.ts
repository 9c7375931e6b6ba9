// One request and what the handler does with it, as a seed decides.
import type { Random } from '../differential/random.ts';
import type { ApiOperation, Caller, Stored, World } from './world.ts';

/** An object as an answer or a question shows it: it may say less than what is stored, or something newer. */
export interface Shown {
  readonly object: Stored;
  readonly ownerId: string;
  readonly tag: string | undefined;
  readonly secret: boolean;
  /** The folder that it holds. */
  readonly folder: Shown | undefined;
}

/** What a handler asks before it answers. */
export interface Asked {
  readonly shown: Shown;
  readonly action: string;
  /** `authorize`, which throws, rather than `permits`. */
  readonly throws: boolean;
}

interface Answered {
  readonly kind: 'objects' | 'conflict' | 'file' | 'job' | 'empty' | 'redirect' | 'known';
  readonly objects: readonly Shown[];
}

export interface Case {
  readonly caller: Caller;
  readonly operation: ApiOperation;
  readonly head: boolean;
  /** The ids that the request names; undefined where it names none at all. */
  readonly ids: readonly string[] | undefined;
  /** Whether it writes `price`. */
  readonly price: boolean;
  /** What a new object is to be. */
  readonly fresh: Omit<Stored, 'id' | 'type' | 'folder'> | undefined;
  readonly asks: readonly Asked[];
  readonly answer: Answered;
}

export function caseOf(random: Random, world: World): Case {
  const operation = random.pick(world.operations);
  const own = world.objects.filter(({ type }) => type === operation.type);
  const ids = idsOf(random, world, operation, own);
  const named = own.filter(({ id }) => ids?.includes(id));
  const owner = random.once(2) ? named[0]?.ownerId : undefined;
  return {
    // Half of the callers own what they ask for.
    caller: world.callers.find(({ subject }) => subject === owner) ?? random.pick(world.callers),
    operation,
    head: operation.method === 'GET' && random.once(12),
    ids,
    price: operation.takes !== undefined && random.once(2),
    fresh:
      operation.takes !== 'new'
        ? undefined
        : {
            ownerId: random.pick(['ada', 'bob', 'cyn']),
            team: random.pick(['red', 'blue']),
            open: random.once(2),
            tag: random.once(2) ? random.pick(['ready', 'draft']) : undefined,
          },
    asks: Array.from({ length: random.once(2) ? 0 : random.below(3) }, () => ({
      shown: shownOf(
        random,
        world,
        random.once(3) ? random.pick(world.objects) : random.pick(named.length > 0 ? named : own),
        false,
      ),
      action: random.once(3) ? random.pick(world.operations).id : operation.id,
      throws: random.once(3),
    })),
    answer: answerOf(random, world, operation, named.length > 0 ? named : own),
  };
}

function idsOf(
  random: Random,
  world: World,
  { names, path }: ApiOperation,
  own: readonly Stored[],
): readonly string[] | undefined {
  const some = random.once(10) ? (world.numericIds ? '99' : 'none') : random.pick(own).id;
  if (path.includes('{id}')) return [some];
  if (names === undefined) return undefined;
  if (random.once(5)) return random.once(2) ? undefined : [];
  return random.once(2) ? [some] : [...new Set([some, ...own.filter(() => random.once(2)).map(({ id }) => id)])];
}

function answerOf(random: Random, world: World, operation: ApiOperation, named: readonly Stored[]): Answered {
  const right = random.once(2);
  const many = ['list', 'items', 'map', 'tuple', 'lines', 'wrapped'].includes(operation.shape);
  const own = world.objects.filter(({ type }) => type === operation.type);
  const objects = right
    ? many && operation.shape !== 'wrapped'
      ? named
      : named.slice(0, 1)
    : Array.from({ length: many ? random.below(4) : 1 }, () =>
        random.pick(operation.shape === 'alternatives' && random.once(4) ? world.objects : own),
      );
  const kind = random.pick<Answered['kind']>([
    'objects',
    'objects',
    'objects',
    'objects',
    'objects',
    'objects',
    'objects',
    'objects',
    'conflict',
    'file',
    'job',
    'empty',
    'redirect',
    'known',
  ]);
  const shown = kind === 'conflict' && objects[0]?.type !== operation.type ? own.slice(0, 1) : objects;
  return { kind, objects: shown.map((object) => shownOf(random, world, object, true)) };
}

function shownOf(random: Random, world: World, object: Stored, answer: boolean): Shown {
  const folder = world.objects.find(({ type, id }) => type === 'Folder' && id === object.folder);
  return {
    object,
    // An owner that changed between check and use, or a handler that answers something newer.
    ownerId: answer && random.once(12) ? random.pick(['ada', 'bob', 'cyn']) : object.ownerId,
    tag: random.once(8) ? undefined : object.tag,
    secret: object.type === 'Note' && answer && random.once(2),
    folder: folder === undefined || !answer ? undefined : shownOf(random, world, folder, true),
  };
}
