// Who may see and change what: a slow and simple reading of docs/authorization.md that shares nothing with the guard.
import type { Asked, Case, Shown } from './cases.ts';
import type { Caller, Policy, Stored, TypeName, World } from './world.ts';

/** What is known of an object when it is decided on; without attributes, only its name is. */
interface Known {
  readonly type: TypeName;
  readonly id: string;
  readonly says: Says | undefined;
}

interface Says {
  readonly ownerId?: string | undefined;
  readonly team?: string | undefined;
  readonly open?: boolean | undefined;
  readonly tag?: string | undefined;
}

/** What must come of a case. */
export interface Expected {
  /** Whether the handler may do its work. */
  readonly handled: boolean;
  /** Marks that must leave, and that may; both empty where nothing leaves. */
  readonly leaves: ReadonlySet<string>;
  /** The answer is cut at the first object that may not leave: what stands before it may have left. */
  readonly cut: boolean;
}

const nothing: ReadonlySet<string> = new Set();
const refused: Expected = { handled: false, leaves: nothing, cut: false };

export function textMark({ type, id }: Stored): string {
  return `<${type} ${id} text>`;
}

export function secretMark({ id }: Stored): string {
  return `<Note ${id} secret>`;
}

/** What a handler says of the objects that were asked for without showing them. */
export const askedMark = '<asked>';
/** What says nothing of anybody. */
export const plainMark = '<plain>';

export class Reference {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  expected(one: Case): Expected {
    const { operation, caller } = one;
    const { type, id: action } = operation;
    const strict = this.#world.profile === 'bank';
    const speaks = this.#mayPermit(action, type);
    if (!speaks && strict) return refused;
    const loads = this.#world.loads.has(type);
    const isRead = operation.method === 'GET';
    // Named by the request; none where it names nothing.
    const named = one.ids === undefined || one.ids.length === 0 ? undefined : one.ids;
    const before = (known: Known): boolean =>
      speaks ? this.#permits(caller, action, known) : !this.#forbids(caller, action, known);
    const forbidding = this.#policies(action, type, 'forbid').length > 0;
    // A policy that forbids some objects has to be asked about what is answered.
    const asks = speaks || this.#singlesOut(action, type);
    let open: 'object' | 'collection' | undefined;
    const granted = new Map<string, Says>();
    if (speaks || forbidding) {
      if (operation.takes === 'new') {
        if (!before({ type, id: '', says: one.fresh })) return refused;
      } else if (named === undefined) {
        if (isRead) {
          if (speaks && !this.#couldPermit(caller, action, type)) return refused;
          if (this.#isBarred(caller, action, type)) return refused;
          if (asks) open = 'collection';
        } else if (!before({ type, id: '', says: undefined }) || this.#singlesOut(action, type)) return refused;
      } else if (loads || !isRead) {
        for (const id of named) {
          const stored = loads ? this.#stored(type, id) : undefined;
          if (!before({ type, id, says: stored })) return refused;
          if (stored !== undefined) granted.set(`${type} ${id}`, stored);
        }
      } else {
        if (speaks && !this.#couldPermit(caller, action, type)) return refused;
        if (this.#isBarred(caller, action, type)) return refused;
        if (asks) open = 'object';
      }
    }
    if (one.price && !this.#mayWrite(one, named)) return refused;
    return this.#afterwards(one, named, open, granted, speaks);
  }

  #afterwards(
    one: Case,
    named: readonly string[] | undefined,
    open: 'object' | 'collection' | undefined,
    granted: Map<string, Says>,
    speaks: boolean,
  ): Expected {
    const { operation, caller, answer } = one;
    const yes: Asked[] = [];
    for (const ask of one.asks) {
      const says = saysOf(ask.shown);
      const { type, id } = ask.shown.object;
      if (!this.#permits(caller, ask.action, { type, id, says })) {
        if (ask.throws) return { handled: false, leaves: nothing, cut: false };
        continue;
      }
      yes.push(ask);
      granted.set(`${type} ${id}`, says);
    }
    const own = yes.filter(({ action, shown }) => action === operation.id && shown.object.type === operation.type);
    const answered = (id: string): boolean => own.some(({ shown }) => shown.object.id === id);
    let undecided = open;
    if (own.length > 0 && (operation.names === undefined || named === undefined || named.every(answered)))
      undecided = undefined;
    const withheld: Expected = { handled: true, leaves: nothing, cut: false };
    const marks = new Set<string>(answer.kind === 'conflict' ? [] : [plainMark]);
    if (answer.kind !== 'objects' && answer.kind !== 'conflict') {
      if (undecided !== undefined) return withheld;
      const isSaid = answer.kind === 'job' && one.head ? operation.names !== undefined : answer.kind !== 'empty';
      if (isSaid) marks.add(askedMark);
      return { handled: true, leaves: marks, cut: false };
    }
    if (one.head) {
      if (answer.kind === 'conflict' || undecided !== undefined) return withheld;
      if (operation.names !== undefined) marks.add(askedMark);
      return { handled: true, leaves: marks, cut: false };
    }
    return this.#shown(one, named, undecided, granted, yes, speaks, marks);
  }

  /** An answer that shows objects. */
  #shown(
    one: Case,
    named: readonly string[] | undefined,
    undecided: 'object' | 'collection' | undefined,
    granted: ReadonlyMap<string, Says>,
    yes: readonly Asked[],
    speaks: boolean,
    marks: Set<string>,
  ): Expected {
    const { operation, answer } = one;
    const withheld: Expected = { handled: true, leaves: nothing, cut: false };
    const isConflict = answer.kind === 'conflict';
    const objects =
      isConflict || operation.shape === 'flat' || operation.shape === 'alternatives'
        ? answer.objects.slice(0, 1)
        : answer.objects;
    const wrapped =
      operation.shape === 'alternatives' && !isConflict
        ? isWrapped(objects[0])
        : operation.shape !== 'flat' && !isConflict;
    if (operation.shape === 'lines' && !isConflict && undecided === 'object') return withheld;
    const isAbout = (shown: Shown): boolean =>
      shown.object.type === operation.type && (!wrapped || (named?.includes(shown.object.id) ?? false));
    let isCut = false;
    let isShown = false;
    for (const shown of objects) {
      const verdicts = [shown, ...(shown.folder === undefined ? [] : [shown.folder])].map((part) =>
        this.#maySee(one, part, granted, yes, speaks),
      );
      if (verdicts[0] === 'yes' && isAbout(shown)) isShown = true;
      if (
        operation.shape === 'lines' &&
        !isConflict &&
        [shown, shown.folder].some((part) => part !== undefined && this.#isSparse(part))
      )
        isCut = true;
      if (verdicts.every((verdict) => verdict === 'yes')) {
        this.#mark(one, shown, granted, marks);
        continue;
      }
      if (operation.shape === 'lines' && !isConflict) {
        const removable = operation.removes && verdicts[0] === 'yes' && !verdicts.includes('undecided');
        if (!removable) {
          isCut = true;
          break;
        }
        this.#mark(one, { ...shown, folder: undefined }, granted, marks);
        continue;
      }
      const hasPlace = wrapped || verdicts[0] === 'yes';
      if (!operation.removes || verdicts.includes('undecided') || !hasPlace) return withheld;
      if (verdicts[0] === 'yes') this.#mark(one, { ...shown, folder: undefined }, granted, marks);
    }
    // What was asked for was taken out: nothing beside it may speak of it.
    if (!isConflict && !isShown && undecided === 'object') return withheld;
    if (operation.names !== undefined && !isConflict) marks.add(askedMark);
    return { handled: true, leaves: marks, cut: isCut };
  }

  #mark(one: Case, shown: Shown, granted: ReadonlyMap<string, Says>, marks: Set<string>): void {
    marks.add(textMark(shown.object));
    if (shown.folder !== undefined) marks.add(textMark(shown.folder.object));
    if (!shown.secret) return;
    const known = this.#known(shown, granted);
    if (this.#allows(one.caller, this.#world.read, known)) marks.add(secretMark(shown.object));
  }

  /** What an answer leaves out is taken from what was decided on before, or else from what is stored. */
  #known({ object, ...shown }: Shown, granted: ReadonlyMap<string, Says>): Known {
    const { type, id } = object;
    const stored = this.#world.loads.has(type) ? this.#stored(type, id) : undefined;
    const before = granted.get(`${type} ${id}`) ?? {};
    return { type, id, says: { ...stored, ...defined(before), ...defined(saysOf({ object, ...shown })) } };
  }

  /** Whether something may have to be fetched for a decision on it, for which no stream waits. */
  #isSparse(shown: Shown): boolean {
    const { tag, ownerId } = saysOf(shown);
    return this.#world.loads.has(shown.object.type) && (tag === undefined || ownerId === undefined);
  }

  #maySee(
    one: Case,
    shown: Shown,
    granted: ReadonlyMap<string, Says>,
    yes: readonly Asked[],
    speaks: boolean,
  ): 'yes' | 'no' | 'undecided' {
    const { operation, caller } = one;
    const known = this.#known(shown, granted);
    const strict = this.#world.profile === 'bank';
    const isRead = operation.method === 'GET';
    const isOwn = known.type === operation.type;
    const byHandler = yes.some(
      (ask) =>
        ask.shown.object.type === known.type &&
        ask.shown.object.id === known.id &&
        this.#permits(caller, ask.action, known),
    );
    if (isOwn && speaks && this.#permits(caller, operation.id, known)) return 'yes';
    if (isOwn && (isRead || !speaks) && this.#forbids(caller, operation.id, known)) return 'no';
    if (byHandler) return 'yes';
    if (isOwn && speaks && isRead) return 'no';
    const read = known.type === 'Note' ? 'getNote' : 'getFolder';
    if (this.#mayPermit(read, known.type)) return this.#permits(caller, read, known) ? 'yes' : 'no';
    if (this.#forbids(caller, read, known)) return 'no';
    return strict ? 'undecided' : 'yes';
  }

  /** A property that only some may write, on everything that the request is about. */
  #mayWrite(one: Case, named: readonly string[] | undefined): boolean {
    const { type, takes } = one.operation;
    if (takes === 'new') return this.#allows(one.caller, this.#world.write, { type, id: '', says: one.fresh });
    const loads = this.#world.loads.has(type);
    if (named === undefined) {
      // It may be about every object: a policy that forbids some of them counts.
      const certain = this.#world.write.filter(
        (name) => !name.startsWith('action:') || !this.#singlesOut(name.slice(7), type),
      );
      return this.#allows(one.caller, certain, { type, id: '', says: undefined });
    }
    return named.every((id) =>
      this.#allows(one.caller, this.#world.write, { type, id, says: loads ? this.#stored(type, id) : undefined }),
    );
  }

  #allows(caller: Caller, allowances: readonly string[], known: Known): boolean {
    return allowances.some((name) => {
      if (name.startsWith('scope:')) return caller.scopes.includes(name.slice(6));
      if (name.startsWith('action:')) return this.#permits(caller, name.slice(7), known);
      return caller.groups.includes(name);
    });
  }

  #stored(type: TypeName, id: string): Stored | undefined {
    return this.#world.objects.find((object) => object.type === type && object.id === id);
  }

  #policies(action: string, type: TypeName, effect: Policy['effect']): readonly Policy[] {
    return this.#world.policies.filter(
      (policy) =>
        policy.effect === effect &&
        (policy.actions?.includes(action) ?? true) &&
        (policy.type === undefined || policy.type === type),
    );
  }

  /** Whether some policy could permit an action on some object of a type, whoever calls. */
  #mayPermit(action: string, type: TypeName): boolean {
    return this.#appliesTo(action, type) && this.#policies(action, type, 'permit').length > 0;
  }

  #appliesTo(action: string, type: TypeName): boolean {
    return this.#world.operations.some((operation) => operation.id === action && operation.type === type);
  }

  #couldPermit(caller: Caller, action: string, type: TypeName): boolean {
    return this.#policies(action, type, 'permit').some(
      ({ group }) => group === undefined || caller.groups.includes(group),
    );
  }

  /** Whether a policy forbids it to the caller whatever the object is. */
  #isBarred(caller: Caller, action: string, type: TypeName): boolean {
    return this.#policies(action, type, 'forbid').some(
      ({ group, only, when }) =>
        only === undefined && when.length === 0 && (group === undefined || caller.groups.includes(group)),
    );
  }

  /** Whether a policy that could forbid it singles objects out. */
  #singlesOut(action: string, type: TypeName): boolean {
    return this.#policies(action, type, 'forbid').some(({ only, when }) => only !== undefined || when.length > 0);
  }

  #permits(caller: Caller, action: string, known: Known): boolean {
    return (
      !this.#forbids(caller, action, known) &&
      this.#policies(action, known.type, 'permit').some((policy) => matches(policy, caller, known) === true)
    );
  }

  /** A policy that forbids, or fails and would. */
  #forbids(caller: Caller, action: string, known: Known): boolean {
    return this.#policies(action, known.type, 'forbid').some((policy) => matches(policy, caller, known) !== false);
  }
}

/** Whether an object of alternatives stands in a wrapper. */
export function isWrapped(shown: Shown | undefined): boolean {
  return shown?.object.type === 'Note' && shown.object.open;
}

function saysOf({ object, ownerId, tag }: Pick<Shown, 'object' | 'ownerId' | 'tag'>): Says {
  return { ownerId, team: object.team, open: object.open, tag };
}

function defined(says: Says): Says {
  return Object.fromEntries(Object.entries(says).filter(([, value]) => value !== undefined));
}

function matches({ group, only, when }: Policy, caller: Caller, { id, says }: Known): boolean | 'fails' {
  if (group !== undefined && !caller.groups.includes(group)) return false;
  if (only !== undefined && only !== id) return false;
  for (const one of when) {
    if (one.is === 'tag') {
      if (says?.tag !== one.tag) return false;
      continue;
    }
    if (says === undefined) return 'fails';
    const holds =
      one.is === 'owner' ? says.ownerId === caller.subject : one.is === 'team' ? says.team === one.team : says.open;
    if (holds !== true) return false;
  }
  return true;
}
