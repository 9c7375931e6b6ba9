import { CastellanError, nearest, type Place } from '@castellan/contract';
import { isTypeName } from '../load/name.ts';
import { EntityRef } from '../values/entity.ts';

/** An entity as scenarios and the command write it. */
export interface PlainEntity {
  readonly uid: EntityRef;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly parents: readonly EntityRef[];
  readonly tags: Readonly<Record<string, unknown>>;
}

/** One question and the answer that is expected. */
export interface Scenario {
  readonly name: string;
  readonly now: string | undefined;
  readonly principal: EntityRef;
  readonly action: EntityRef;
  readonly resource: EntityRef;
  readonly context: Readonly<Record<string, unknown>>;
  /** In place of the file's entities of the same name. */
  readonly entities: readonly PlainEntity[];
  readonly expect: 'allow' | 'deny';
  /** Ids of determining policies, or a part of the explanation. */
  readonly because: readonly string[];
}

export interface ScenarioFile {
  readonly file: string;
  readonly scenarios: readonly Scenario[];
}

type Json = Readonly<Record<string, unknown>>;
const fileKeys = ['now', 'principal', 'action', 'resource', 'context', 'entities', 'scenarios'];
const scenarioKeys = ['name', 'now', 'principal', 'action', 'resource', 'context', 'entities', 'expect', 'because'];

/**
 * Reads a scenario file: a list of scenarios, with `now`, `principal`, `action`, `resource`, `context` and `entities` for
 * all of them beside it.
 * @throws CastellanError `bad-scenario`
 */
export function readScenarios(document: unknown, file: string): ScenarioFile {
  const place = { file };
  const top = objectOf(document, 'the file', place);
  checkKeys(top, fileKeys, 'the file', place);
  const { scenarios } = top;
  if (!Array.isArray(scenarios)) throw bad("there is no list 'scenarios'", place, 'write one');
  const shared = entitiesOf(top['entities'], place);
  return {
    file,
    scenarios: scenarios.map((item: unknown, index) => {
      const own = objectOf(item, `scenario ${index + 1}`, place);
      const name = typeof own['name'] === 'string' ? own['name'] : `scenario ${index + 1}`;
      checkKeys(own, scenarioKeys, `'${name}'`, place);
      const given = { ...top, ...own };
      const overriding = entitiesOf(own['entities'], place);
      const kept = shared.filter(({ uid }) => !overriding.some((other) => other.uid.equals(uid)));
      const { expect, because = [] } = own;
      if (expect !== 'allow' && expect !== 'deny')
        throw bad(`'${name}' does not say what to expect`, place, 'write expect: allow or expect: deny');
      return {
        name,
        now: timeOf(given['now'], name, place),
        principal: uidOf(given['principal'], 'User', `the principal of '${name}'`, place),
        action: uidOf(given['action'], 'Action', `the action of '${name}'`, place),
        resource: uidOf(given['resource'], undefined, `the resource of '${name}'`, place),
        context: objectOf(given['context'] ?? {}, `the context of '${name}'`, place),
        entities: [...kept, ...overriding],
        expect,
        because: (Array.isArray(because) ? because : [because]).map(String),
      };
    }),
  };
}

/** Entities as a list of `{ uid, attrs, parents, tags }`; uids are `User::"ada"` or `{ type, id }`. */
export function entitiesOf(json: unknown, place: Place): PlainEntity[] {
  if (json === undefined) return [];
  if (!Array.isArray(json)) throw bad('entities is no list', place, 'write a list of { uid, attrs, parents }');
  return json.map((item: unknown) => {
    const entity = objectOf(item, 'an entity', place);
    const uid = uidOf(entity['uid'], undefined, "an entity's uid", place);
    checkKeys(entity, ['uid', 'attrs', 'parents', 'tags'], String(uid), place);
    const { parents = [] } = entity;
    if (!Array.isArray(parents)) throw bad(`the parents of ${uid} are no list`, place, 'write a list');
    return {
      uid,
      attrs: objectOf(entity['attrs'] ?? {}, `attrs of ${uid}`, place),
      parents: parents.map((parent: unknown) => uidOf(parent, undefined, `a parent of ${uid}`, place)),
      tags: objectOf(entity['tags'] ?? {}, `tags of ${uid}`, place),
    };
  });
}

/**
 * The name of an entity: `User::"ada"`, `User::ada`, `{ type, id }`, or a bare id where the type is known.
 * @throws CastellanError `bad-scenario`
 */
export function uidOf(json: unknown, type: string | undefined, what: string, place: Place): EntityRef {
  if (typeof json === 'string') {
    const cut = json.includes('"') ? json.indexOf('::"') : json.lastIndexOf('::');
    const id = cut < 0 ? json : json.slice(cut + 2).replace(/^"(.*)"$/s, '$1');
    const named = cut < 0 ? type : json.slice(0, cut);
    if (named !== undefined && isTypeName(named)) return new EntityRef(named, id);
  } else if (typeof json === 'object' && json !== null) {
    const { type: named, id } = json as { type?: unknown; id?: unknown };
    if (typeof named === 'string' && typeof id === 'string' && isTypeName(named)) return new EntityRef(named, id);
  }
  throw bad(`${what} is ${json === undefined ? 'missing' : 'no entity'}`, place, `write it as Type::"id"`);
}

function timeOf(json: unknown, name: string, place: Place): string | undefined {
  if (json === undefined) return undefined;
  const text = json instanceof Date ? json.toISOString() : json;
  if (typeof text === 'string' && !Number.isNaN(Date.parse(text))) return text;
  throw bad(`now of '${name}' is no time`, place, 'write 2026-11-24T10:00:00Z');
}

function objectOf(json: unknown, what: string, place: Place): Json {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Json;
  throw bad(`${what} is no mapping`, place, 'write keys with values');
}

function checkKeys(json: Json, known: readonly string[], what: string, place: Place): void {
  const other = Object.keys(json).find((key) => !known.includes(key));
  if (other === undefined) return;
  const near = nearest(other, known);
  throw bad(
    `${what} has an unknown key '${other}'`,
    place,
    near === undefined ? `use ${known.join(', ')}` : `did you mean '${near}'?`,
  );
}

const bad = (message: string, place: Place, mend: string) =>
  new CastellanError({ code: 'bad-scenario', message, place, mend });
