import type { SchemeConfiguration } from './configuration.ts';
import { LocalReplayMemory } from './replay.ts';
import type { ReplayMemory, TokenConfiguration } from './token-configuration.ts';

/** What was used once, by scheme; kept over a reload, because a proof must not be good again after it. */
export class KeptReplay {
  readonly #byScheme = new Map<string, ReplayMemory>();
  readonly #memoryOf: (scheme: string) => ReplayMemory;

  /** @param memoryOf where a scheme that names no memory remembers; default this process */
  constructor(memoryOf: (scheme: string) => ReplayMemory = () => new LocalReplayMemory()) {
    this.#memoryOf = memoryOf;
  }

  /** The configuration of a scheme, with the memory of this process where it names none. */
  within(scheme: string, configuration: SchemeConfiguration): SchemeConfiguration {
    let memory = this.#byScheme.get(scheme);
    if (memory === undefined) this.#byScheme.set(scheme, (memory = this.#memoryOf(scheme)));
    if ('issuers' in configuration) return { issuers: configuration.issuers.map((one) => withMemory(one, memory)) };
    if ('issuer' in configuration || 'secret' in configuration) return withMemory(configuration, memory);
    if (!('signatures' in configuration)) return configuration;
    const { signatures } = configuration;
    return { ...configuration, signatures: { ...signatures, replay: signatures.replay ?? memory } };
  }
}

function withMemory(configuration: TokenConfiguration, memory: ReplayMemory): TokenConfiguration {
  const { proof } = configuration;
  return {
    ...configuration,
    replay: configuration.replay ?? memory,
    ...(proof === undefined ? {} : { proof: { ...proof, replay: proof.replay ?? configuration.replay ?? memory } }),
  };
}
