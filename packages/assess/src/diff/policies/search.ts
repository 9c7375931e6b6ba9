import {
  compilePolicies,
  type AuthorizationRequest,
  type Expression,
  type PolicyJson,
  type PolicySet,
} from '@castellan/policy';
import { builtIn } from './built.ts';
import { constantsOf } from './constants.ts';
import { atomsOf, literalsFor, type Formula, type Literal } from './formula.ts';
import { pathsIn, type ActionJson, type Namespace, type Path } from './paths.ts';
import { World, type Choice } from './world.ts';

/** Ways to make a policy true that are tried for each action. */
const WAYS = 8;
/** Combinations of values that are tried for one comparison. */
const COMBINATIONS = 120;

/**
 * Questions at which two formulas may part: each is made true in several ways, then each comparison is turned alone, and each
 * place takes every value that the policies name, with those just below and above.
 * @param random from 0 to 1
 */
export class Search {
  readonly #formulas: readonly Formula[];
  readonly #atoms: ReadonlyMap<string, Expression>;
  readonly #paths: ReadonlyMap<string, readonly Path[]>;
  readonly #all: readonly Path[];
  readonly #judge: PolicySet;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #random: () => number;
  /** One version holds and the other does not. */
  readonly #apart: readonly Formula[];

  constructor(formulas: readonly Formula[], random: () => number) {
    this.#formulas = formulas;
    this.#random = random;
    this.#apart = formulas.flatMap((one) =>
      formulas.flatMap((other): Formula[] =>
        one === other ? [] : [{ op: 'and', parts: [one, { op: 'not', part: other }] }],
      ),
    );
    this.#atoms = atomsOf(formulas);
    this.#ids = new Map([...this.#atoms.keys()].map((key, at) => [key, at]));
    this.#paths = new Map([...this.#atoms].map(([key, expression]) => [key, pathsIn(expression)]));
    const head = ['principal', 'resource', 'context'].map((name): Path => ({
      key: name,
      kind: 'value',
      of: undefined,
      name,
    }));
    const now: Path = { key: 'context.now', kind: 'value', of: 'context', name: 'now' };
    this.#all = [
      ...new Map([...head, now, ...[...this.#paths.values()].flat()].map((path) => [path.key, path])).values(),
    ];
    this.#judge = compilePolicies({
      policies: Object.fromEntries(
        [...this.#atoms.values()].flatMap((expression, at) => [
          [`true${at}`, alone(expression)],
          [`false${at}`, alone({ '!': { arg: expression } })],
        ]),
      ),
    });
  }

  /** Questions for one action. */
  *questions(name: string, action: ActionJson, namespace: Namespace): Generator<AuthorizationRequest> {
    const atoms = [...this.#atoms.values()];
    const world = new World(name, action, namespace, this.#all, constantsOf(atoms), builtIn(atoms));
    const seen = new Set<string>();
    for (const formula of [...this.#formulas, ...this.#apart])
      for (let way = 0; way < WAYS; way++) {
        const literals = consistent(literalsFor(formula, true, this.#random));
        const choice = literals === undefined ? undefined : this.#solve(world, literals, new Map());
        if (literals === undefined || choice === undefined) continue;
        const key = JSON.stringify([...choice].toSorted());
        if (seen.has(key)) continue;
        seen.add(key);
        yield* this.#around(world, literals, choice);
      }
  }

  *#around(world: World, literals: readonly Literal[], choice: Choice): Generator<AuthorizationRequest> {
    yield world.question(choice);
    for (const key of this.#atoms.keys())
      for (const value of [true, false]) {
        const others = literals.filter((literal) => literal.key !== key);
        const turned = this.#solve(world, [...others, { key, value }], choice);
        if (turned !== undefined) yield world.question(turned);
      }
    for (const [key, { candidates }] of world.places)
      for (let at = 0; at < candidates.length; at++)
        if (at !== (choice.get(key) ?? 0)) yield world.question(new Map(choice).set(key, at));
  }

  /** Values for the places at which all literals hold; undefined where none were found. */
  #solve(world: World, literals: readonly Literal[], from: Choice): Choice | undefined {
    let choice = from;
    for (const [at, literal] of literals.entries()) {
      const before = literals.slice(0, at + 1);
      if (this.#hold(world, choice, [literal])) continue;
      const found = this.#changes(world, literal.key, choice).find((one) => this.#hold(world, one, before));
      if (found === undefined) return undefined;
      choice = found;
    }
    return this.#hold(world, choice, literals) ? choice : undefined;
  }

  /** Other values at the places that a comparison looks at: at one place first, then at two. */
  #changes(world: World, key: string, choice: Choice): Choice[] {
    const places = (this.#paths.get(key) ?? []).map((path) => path.key);
    const at = (place: string): number[] => (world.places.get(place)?.candidates ?? []).map((_, n) => n);
    const one = places.flatMap((place) => at(place).map((n) => new Map(choice).set(place, n)));
    const two = places.flatMap((place, index) =>
      places
        .slice(index + 1)
        .flatMap((other) =>
          at(place).flatMap((n) => at(other).map((m) => new Map(choice).set(place, n).set(other, m))),
        ),
    );
    return [...this.#shuffled(one), ...this.#shuffled(two)].slice(0, COMBINATIONS + one.length);
  }

  #hold(world: World, choice: Choice, literals: readonly Literal[]): boolean {
    let request;
    try {
      request = this.#judge.convert(world.question(choice));
    } catch {
      // An entity that would be in itself: no question.
      return false;
    }
    return literals.every(({ key, value }) => this.#judge.satisfies(`${value}${this.#ids.get(key) ?? ''}`, request));
  }

  #shuffled<T>(list: readonly T[]): T[] {
    const shuffled = [...list];
    for (let at = shuffled.length - 1; at > 0; at--) {
      const other = Math.floor(this.#random() * (at + 1));
      const [a, b] = [shuffled[at] as T, shuffled[other] as T];
      shuffled[at] = b;
      shuffled[other] = a;
    }
    return shuffled;
  }
}

/** Literals each once; undefined where they contradict one another. */
function consistent(literals: readonly Literal[] | undefined): readonly Literal[] | undefined {
  const values = new Map<string, boolean>();
  for (const { key, value } of literals ?? []) {
    if (values.get(key) === !value) return undefined;
    values.set(key, value);
  }
  return literals === undefined ? undefined : [...values].map(([key, value]) => ({ key, value }));
}

/** A policy that is satisfied where an expression is true, and not where it is false or errs. */
function alone(body: Expression): PolicyJson {
  const all = { op: 'All' } as const;
  return { effect: 'permit', principal: all, action: all, resource: all, conditions: [{ kind: 'when', body }] };
}
