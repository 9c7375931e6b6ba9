import type { Issue } from '../compiled.ts';
import type { Compiler } from './compiler.ts';
import { followed, isOnlyReference } from './composition.ts';
import { explainArray, explainUnevaluatedItems } from './explain-array.ts';
import { explainComposition } from './explain-composition.ts';
import { explainObject, explainUnevaluatedProperties } from './explain-object.ts';
import { explainEnumeration, explainNumber, explainString, explainType } from './explain-scalar.ts';
import { needsTracker } from './emit-unevaluated.ts';
import { fuel, OutOfFuel, spend } from './fuel.ts';
import type { SchemaNode } from './node.ts';
import { escapePointer } from './pointer.ts';
import { Tracker } from './tracker.ts';
import { isNullable, typesOf } from './types.ts';
import type { Unit } from './unit.ts';

/** Longest property name that a pointer shows; the rest of a longer one is cut off. */
const LONGEST_NAME = 100;

/** What holding a value to a schema costs here: much more than in generated code. */
const APPLICATION = 150;

/** One attempt to hold a value to a schema, keyword by keyword, with the reasons why it does not hold. */
export class Explanation {
  readonly compiler: Compiler;
  readonly issues: Issue[] = [];
  readonly limit: number;
  /** References being followed, and the value that each is followed for: the guard against schemas that contain themselves. */
  readonly active: { readonly unit: Unit; readonly value: unknown }[];
  /** Whether a value is held to what its discriminators name, although another alternative may take it: to tell what was meant. */
  readonly byName: boolean;

  constructor(compiler: Compiler, limit: number, byName = false, active: Explanation['active'] = []) {
    this.byName = byName;
    this.compiler = compiler;
    this.limit = limit;
    this.active = active;
  }

  /** An attempt of its own, whose issues count only if somebody takes them over. */
  attempt(): Explanation {
    return new Explanation(this.compiler, this.limit, this.byName, this.active);
  }

  /** Whether a value holds to a schema, without the reasons. */
  probe(node: SchemaNode, value: unknown, pointer: string, tracker: Tracker | undefined): boolean {
    return new Explanation(this.compiler, 1, this.byName, this.active).apply(node, value, pointer, tracker);
  }

  /** True when there is no room for more issues: looking further would be lost work. */
  get full(): boolean {
    return this.issues.length >= this.limit;
  }

  /** Notes an issue. Always false, so that it can be returned. */
  refuse(pointer: string, keyword: string, message: string, mend: string): false {
    if (!this.full) this.issues.push({ pointer, keyword, message, mend });
    return false;
  }

  takeOver(issues: readonly Issue[]): void {
    for (const issue of issues) if (!this.full) this.issues.push(issue);
  }

  /** Holds a value to a schema. Gives whether it does; notes in the tracker what was evaluated. */
  apply(node: SchemaNode, value: unknown, pointer: string, tracker: Tracker | undefined): boolean {
    spend(APPLICATION);
    const { raw } = node;
    if (raw === true) return true;
    if (raw === false) return this.refuse(pointer, 'false', 'Nothing is allowed here', 'Leave it out');
    if (isOnlyReference(node)) return this.#follow(node, '$ref', value, pointer, tracker);
    if (value === null && isNullable(raw, node.resource.rules)) return true;
    const types = typesOf(raw, node.resource.rules);
    const own = needsTracker(node) ? new Tracker() : tracker;
    const checks: (() => boolean)[] = [
      () => explainType(this, types, value, pointer),
      () => explainEnumeration(this, node, value, pointer),
      () => this.#follow(node, '$ref', value, pointer, own),
      () => this.#follow(node, '$dynamicRef', value, pointer, own),
    ];
    if (typeof value === 'string') checks.push(() => explainString(this, node, value, pointer));
    else if (typeof value === 'number' || typeof value === 'bigint')
      checks.push(() => explainNumber(this, node, value, pointer));
    else if (Array.isArray(value)) checks.push(() => explainArray(this, node, value as unknown[], pointer, own));
    else if (typeof value === 'object' && value !== null)
      checks.push(() => explainObject(this, node, value as Record<string, unknown>, pointer, own));
    checks.push(() => explainComposition(this, node, value, pointer, own));
    if (own !== undefined && own !== tracker) {
      if (Array.isArray(value))
        checks.push(() => explainUnevaluatedItems(this, node, value as unknown[], pointer, own));
      else if (typeof value === 'object' && value !== null)
        checks.push(() => explainUnevaluatedProperties(this, node, value as Record<string, unknown>, pointer, own));
    }
    let valid = true;
    for (const [index, holds] of checks.entries()) {
      if (!valid && this.full) return false;
      if (!holds()) valid = false;
      // After the wrong type, or a value that is not in the list, what else is wrong tells nothing.
      if (!valid && index < 2) return false;
    }
    if (valid && own !== undefined && own !== tracker) tracker?.merge(own);
    return valid;
  }

  #follow(
    node: SchemaNode,
    keyword: '$ref' | '$dynamicRef',
    value: unknown,
    pointer: string,
    tracker: Tracker | undefined,
  ): boolean {
    if (typeof node.raw === 'boolean' || typeof node.raw[keyword] !== 'string') return true;
    if (keyword === '$dynamicRef' && node.resource.rules.id !== '$id') return true;
    const target = followed(this.compiler, node, keyword);
    if (target === undefined)
      return this.refuse(
        pointer,
        keyword,
        'The contract refers to a schema that does not exist, so no value is accepted here',
        'Ask the owner of the API to correct its contract',
      );
    return this.applyReferred(
      node.waived.length > 0 ? { ...target, waived: node.waived } : target,
      value,
      pointer,
      tracker,
    );
  }

  /** The same for a schema that stands elsewhere. */
  applyReferred(target: SchemaNode, value: unknown, pointer: string, tracker: Tracker | undefined): boolean {
    const unit = this.compiler.unit(target);
    if (this.active.some((one) => one.unit.node.raw === target.raw && one.unit === unit && one.value === value)) {
      // A reference that only refers on to itself defines nothing.
      return !isOnlyReference(target);
    }
    this.active.push({ unit, value });
    spend(this.active.length);
    try {
      return this.apply(target, value, pointer, tracker);
    } finally {
      this.active.pop();
    }
  }
}

/** The pointer to a member; the names of members come from outside and are cut. */
export function memberPointer(pointer: string, name: string | number): string {
  const token = String(name);
  return `${pointer}/${escapePointer(token.length > LONGEST_NAME ? `${token.slice(0, LONGEST_NAME)}…` : token)}`;
}

/** What is said of a value that no check has come to the end of. */
export const tooComplex: Issue = {
  pointer: '',
  keyword: 'complexity',
  message: 'The value takes too long to check',
  mend: 'Send a smaller or simpler value',
};

/** Why a value does not hold to a schema, up to `limit` reasons; empty where it does. */
export function explainValue(unit: Unit, value: unknown, limit: number, budget: number, byName = false): Issue[] {
  const explanation = new Explanation(unit.compiler, Math.max(1, limit), byName);
  fuel.left = budget;
  try {
    explanation.applyReferred(unit.node, value, '', undefined);
  } catch (error) {
    // What was found until then is wrong all the same.
    if (error instanceof OutOfFuel) {
      if (explanation.issues.length === 0) explanation.issues.push(tooComplex);
    } else if (error instanceof RangeError)
      explanation.refuse('', 'depth', 'The value is nested too deeply', 'Nest arrays and objects less deeply');
    else throw error;
  }
  return explanation.issues;
}
