import type { GuardCore } from '../core.ts';
import { enforcementOf, type Enforcement } from './enforcement.ts';

/** What a guard enforces as it is now. Read from its plans once for each contract and set of options, when first asked for. */
export class KnownEnforcement {
  readonly #core: () => GuardCore;
  readonly #computed = new WeakMap<GuardCore, { readonly ready: Promise<void>; value: Enforcement | undefined }>();

  constructor(core: () => GuardCore) {
    this.#core = core;
  }

  /** Undefined until it is known: what is not known is not said. */
  get now(): Enforcement | undefined {
    return this.#of(this.#core()).value;
  }

  /** When it is known. */
  ready(): Promise<void> {
    return this.#of(this.#core()).ready;
  }

  #of(core: GuardCore): { readonly ready: Promise<void>; value: Enforcement | undefined } {
    const known = this.#computed.get(core);
    if (known !== undefined) return known;
    const computed = {
      value: undefined as Enforcement | undefined,
      ready: enforcementOf(core).then(
        (value) => void (computed.value = value),
        // An operation whose plan cannot be compiled: its requests say why.
        () => undefined,
      ),
    };
    this.#computed.set(core, computed);
    return computed;
  }
}
