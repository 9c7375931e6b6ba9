import type { ReadFragment } from './link.ts';
import type { Component, Fragment, Port } from './model.ts';

/**
 * An nginx or Envoy configuration beside the one container that runs it describes the same thing: what the container
 * publishes is open, what the configuration says is how it is protected. With several such containers, or none, the
 * configuration stays a component of its own.
 */
export function absorb(read: readonly ReadFragment[]): readonly ReadFragment[] {
  let result = read;
  for (const technology of ['nginx', 'envoy'] as const) {
    const containers = result.flatMap(({ fragment }) =>
      fragment.components.filter((one) => one.technology === technology && one.source !== technology),
    );
    const configured = result
      .filter(({ source }) => source === technology)
      .flatMap(({ fragment }) => fragment.components);
    const [container, second] = containers;
    if (container === undefined || second !== undefined || configured.length === 0) continue;
    const whole = merged(container, configured);
    const absorbed = new Set(configured.map(({ id }) => id));
    result = result.map((one) => ({ ...one, fragment: withMerged(one.fragment, whole, absorbed) }));
  }
  return result;
}

function merged(container: Component, configured: readonly Component[]): Component {
  const said = configured.flatMap(({ ports }) => ports);
  const ports: Port[] = container.ports.map((port) => {
    const same = said.find(({ number }) => number === port.number);
    return same === undefined ? port : { ...same, exposure: port.exposure, management: port.management };
  });
  // What is configured and not published can be reached from inside only.
  for (const port of said)
    if (!ports.some(({ number }) => number === port.number)) ports.push({ ...port, exposure: 'internal' });
  return {
    ...container,
    ports,
    settings: unique([...container.settings, ...configured.flatMap(({ settings }) => settings)]),
  };
}

function unique<T>(values: readonly T[]): T[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const key = JSON.stringify(value);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function withMerged(fragment: Fragment, whole: Component, absorbed: ReadonlySet<string>): Fragment {
  return {
    ...fragment,
    components: fragment.components
      .filter(({ id }) => !absorbed.has(id))
      .map((one) => (one.id === whole.id ? whole : one)),
    flows: fragment.flows.map((flow) => (absorbed.has(flow.from) ? { ...flow, from: whole.id } : flow)),
  };
}
